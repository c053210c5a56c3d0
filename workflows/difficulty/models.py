"""The table of difficulties."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base

KINDS = ("exam_clash", "language", "workload", "course_closed", "method", "other")
"""Exams at the same time; the language of a course; too much work; a course that is full or
does not take place; how one studies here; anything else."""

MEASURES = ("advice", "adjusted_calendar", "contract_change")
"""What was agreed: advice is enough, exams or dates are arranged, the contract is changed."""


class Difficulty(Base):
    """One difficulty of one student, and what was done about it.

    Read by those alone who may see its case. Nothing about anybody's health belongs here.
    ``reported_by`` is the actor; ``follower`` the group that follows the student.
    ``change_id`` is the request to change the contract that came of it, which says nothing
    of the difficulty; ``arranged_from`` and ``arranged_until`` are the days of exams or
    classes that were arranged otherwise.
    """

    __tablename__ = "difficulty"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    instance_id: Mapped[int | None] = mapped_column(BIG)
    kind: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reported_by: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime] = mapped_column(Instant)
    follower: Mapped[str] = mapped_column(Text, default="")
    set_aside_because: Mapped[str] = mapped_column(Text, default="")
    contacted_on: Mapped[date | None] = mapped_column(Date)
    contact_summary: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    arrangement: Mapped[str] = mapped_column(Text, default="")
    arranged_from: Mapped[date | None] = mapped_column(Date)
    arranged_until: Mapped[date | None] = mapped_column(Date)
    change_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("contract_change.id"))
    conclusion: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index(None, "mobility_id"), Index(None, "instance_id"))
