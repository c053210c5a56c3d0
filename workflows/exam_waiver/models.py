"""Tables of exam waivers: what was asked, what was decided, which exams it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base
from workflows.mobility.models import Mobility
from workflows.papers.models import Document


class WaiverRequest(Base):
    """A waiver that somebody asked for after the fact, or anew after a refusal.

    ``answered`` once a decision has taken it into account.
    """

    __tablename__ = "exam_waiver_request"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    answered: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (Index(None, "mobility_id"),)


class Waiver(Base):
    """One list of exams derived from what was signed, and the decision about it.

    ``basis_kind`` is ``contract`` or ``validation_plan``, ``basis_number`` the version and
    ``basis_digest`` what was signed in it. ``previous_id`` is the decision in force that
    this one adds to or takes from. ``last_day`` is the last day of a stay that was known to
    be cut short, ISO 8601. ``exception`` is why exams that are over already should
    be excused all the same, ``reason`` why the waiver was refused.
    """

    __tablename__ = "exam_waiver"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    number: Mapped[int] = mapped_column(Integer)
    instance_id: Mapped[int] = mapped_column(BIG)
    status: Mapped[str] = mapped_column(Text)
    basis_kind: Mapped[str] = mapped_column(Text)
    basis_number: Mapped[int] = mapped_column(Integer)
    basis_digest: Mapped[str] = mapped_column(Text)
    academic_year: Mapped[str] = mapped_column(Text)
    retroactive: Mapped[bool] = mapped_column(Boolean)
    appeal_months: Mapped[int] = mapped_column(Integer)
    request_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("exam_waiver_request.id"))
    previous_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("exam_waiver.id"))
    last_day: Mapped[str | None] = mapped_column(Text)
    exception: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    recorded_by: Mapped[str | None] = mapped_column(Text)
    record_reference: Mapped[str | None] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"))

    mobility: Mapped[Mobility] = relationship()
    request: Mapped[WaiverRequest | None] = relationship(lazy="selectin")
    previous: Mapped[Waiver | None] = relationship(remote_side="Waiver.id")
    document: Mapped[Document | None] = relationship(lazy="selectin")
    exams: Mapped[list[WaiverExam]] = relationship(
        order_by="WaiverExam.position", cascade="all, delete-orphan", lazy="selectin"
    )
    answers: Mapped[list[WaiverAnswer]] = relationship(
        order_by="WaiverAnswer.at, WaiverAnswer.id", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("mobility_id", "number"),
        Index(None, "instance_id"),
    )


class WaiverExam(Base):
    """One exam of one unit in one session.

    ``unit`` is what the unit is known by from version to version. ``credits`` is the number
    as it was written. ``semester`` is 1 or 2, None where the contract does not tell;
    ``session`` 1 (main) or 2 (resits). ``starts_on`` and ``ends_on`` are the days of the
    session, ISO 8601, None where the calendar has none. ``mark`` says what became of it
    since the decision in force; ``cause`` why it is not excused. Both as in
    :mod:`workflows.exam_waiver.policy`.
    """

    __tablename__ = "exam_waiver_exam"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    waiver_id: Mapped[int] = mapped_column(BIG, ForeignKey("exam_waiver.id"))
    position: Mapped[int] = mapped_column(Integer)
    unit: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    credits: Mapped[str | None] = mapped_column(Text)
    semester: Mapped[int | None] = mapped_column(Integer)
    session: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[str | None] = mapped_column(Text)
    ends_on: Mapped[str | None] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("waiver_id", "position"),)


class WaiverAnswer(Base):
    """One answer: ``stage`` is ``coordinator``, ``head`` or ``registrar``."""

    __tablename__ = "exam_waiver_answer"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    waiver_id: Mapped[int] = mapped_column(BIG, ForeignKey("exam_waiver.id"))
    stage: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    answered_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "waiver_id"),)
