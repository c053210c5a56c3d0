"""Tables of meetings and of who comes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base
from workflows.people.models import Person

PLANNED, PUBLISHED, CANCELLED, HELD, CLOSED = (
    "planned",
    "published",
    "cancelled",
    "held",
    "closed",
)


class Meeting(Base):
    """One information meeting.

    ``organizer`` is the group that answers for it. It is in a ``place``, at a ``url``, or
    both. ``languages`` are codes separated by blanks; ``capacity`` is None where there is
    room for everybody. ``revision`` counts what those signed up have been told of changes.
    """

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(BIG)
    title: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    place: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(Text, default="")
    languages: Mapped[str] = mapped_column(Text, default="")
    capacity: Mapped[int | None] = mapped_column(Integer)
    organizer: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)

    departments: Mapped[list[MeetingDepartment]] = relationship(
        order_by="MeetingDepartment.department", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (Index(None, "starts_at"),)

    @property
    def department_codes(self) -> list[str]:
        """The departments it is for; none means all of them."""
        return [each.department for each in self.departments]


class MeetingDepartment(Base):
    """A department a meeting is for."""

    __tablename__ = "meeting_department"

    meeting_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("meeting.id", ondelete="CASCADE"), primary_key=True
    )
    department: Mapped[str] = mapped_column(Text, primary_key=True)


class MeetingSeat(Base):
    """Somebody's place in a meeting.

    ``signed_up_at`` is None for who came without; ``attended`` None until it is recorded.
    """

    __tablename__ = "meeting_seat"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(BIG, ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"))
    signed_up_at: Mapped[datetime | None] = mapped_column(Instant)
    attended: Mapped[bool | None] = mapped_column(Boolean)

    person: Mapped[Person] = relationship()

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"), Index(None, "person_id"))
