"""Tables of admissions: what the partner nominated, and what each department answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base
from workflows.mobility.models import Mobility


class IncomingNomination(Base):
    """An incoming student as a partner nominated them; one a mobility.

    ``request_key`` is that of the command that recorded it: repeated, it records nothing.
    ``status`` follows the OMobilities v3 vocabulary: ``pending``, ``approved`` (every
    department accepts), ``rejected``, ``cancelled`` (the student does not come).
    ``failed_rules`` are the codes of the conditions that were not met when it was screened,
    joined by commas; ``arrived_on`` is an ISO date.
    """

    __tablename__ = "admission_nomination"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    instance_id: Mapped[int | None] = mapped_column(BIG)
    academic_year: Mapped[str] = mapped_column(Text)
    departments: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_by: Mapped[str] = mapped_column(Text)
    request_key: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    months: Mapped[int | None] = mapped_column(Integer)
    failed_rules: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str | None] = mapped_column(Text)
    student_number: Mapped[str | None] = mapped_column(Text)
    arrived_on: Mapped[str | None] = mapped_column(Text)

    mobility: Mapped[Mobility] = relationship(lazy="selectin")
    answers: Mapped[list[DepartmentAnswer]] = relationship(
        order_by="DepartmentAnswer.id", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("mobility_id"), UniqueConstraint("request_key"))

    @property
    def department_codes(self) -> tuple[str, ...]:
        """The departments that have to accept."""
        return tuple(self.departments.split(","))

    @property
    def failed(self) -> tuple[str, ...]:
        """The codes of the conditions not met, see :mod:`workflows.admission.policy`."""
        return tuple(code for code in self.failed_rules.split(",") if code)


class DepartmentAnswer(Base):
    """What one department said to a nomination: ``approve`` or ``reject``."""

    __tablename__ = "admission_answer"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    nomination_id: Mapped[int] = mapped_column(BIG, ForeignKey("admission_nomination.id"))
    department: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(Instant)
    answered_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("nomination_id", "department"),)
