"""Tables of people and their memberships."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG
from workflows.base import Base

LOCALES = ("fr", "en", "es")
"""Languages a person can choose; None follows the browser."""


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    login: Mapped[str] = mapped_column(Text)
    given_names: Mapped[str] = mapped_column(Text)
    family_name: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    locale: Mapped[str | None] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    demo: Mapped[bool] = mapped_column(Boolean, default=False)
    """Invented; one click signs in as them while the demo mode is on."""

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="person", cascade="all, delete-orphan"
    )

    __table_args__ = (UniqueConstraint("login"),)

    @property
    def name(self) -> str:
        """Given names, then family name."""
        return f"{self.given_names} {self.family_name}".strip()

    @property
    def groups(self) -> frozenset[str]:
        """The groups this person is a member of."""
        return frozenset(m.group for m in self.memberships)


class Membership(Base):
    """A person's place in a group such as ``ri`` or ``coordinator:lea``."""

    __tablename__ = "membership"

    person_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    group: Mapped[str] = mapped_column("group", Text, primary_key=True)

    person: Mapped[Person] = relationship(back_populates="memberships")

    __table_args__ = (Index(None, "group"),)
