"""Tables of validation plans: versions, rows with their courses, answers, signatures."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base, Exact
from workflows.mobility.models import Mobility
from workflows.people.models import Person


class ValidationPlan(Base):
    """One version of a mobility's validation plan; versions are added, never replaced.

    ``agreement`` is the frozen copy of who goes where and when (JSON of
    :class:`workflows.mobility.agreement.Agreement`). ``conversion_method`` is how grades
    will be converted, agreed before departure; ``conversion_note`` its details in words.
    """

    __tablename__ = "validation_plan"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    agreement: Mapped[str] = mapped_column(Text)
    conversion_method: Mapped[str | None] = mapped_column(Text)
    conversion_note: Mapped[str | None] = mapped_column(Text)
    partner_signs: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)

    mobility: Mapped[Mobility] = relationship()
    rows: Mapped[list[PlanRow]] = relationship(
        order_by="PlanRow.position", cascade="all, delete-orphan", lazy="selectin"
    )
    answers: Mapped[list[PlanAnswer]] = relationship(
        order_by="PlanAnswer.at, PlanAnswer.id", lazy="selectin"
    )
    signatures: Mapped[list[PlanSignature]] = relationship(
        order_by="PlanSignature.signed_at, PlanSignature.id", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("mobility_id", "number"),)


class PlanRow(Base):
    """One unit of the home curriculum, and what becomes of it during the stay.

    ``lineage`` stays with the unit from version to version. ``credits_text`` is the number
    as it was written. ``term`` is when the unit is taught and examined, one of
    :data:`workflows.validation_plan.policy.TERMS`. ``teacher_id`` is the teacher responsible
    for the unit.
    """

    __tablename__ = "validation_plan_row"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    plan_id: Mapped[int] = mapped_column(BIG, ForeignKey("validation_plan.id"))
    position: Mapped[int] = mapped_column(Integer)
    lineage: Mapped[str] = mapped_column(Text)
    unit_code: Mapped[str | None] = mapped_column(Text)
    unit_title: Mapped[str] = mapped_column(Text)
    credits: Mapped[Decimal | None] = mapped_column(Exact)
    credits_text: Mapped[str | None] = mapped_column(Text)
    term: Mapped[str | None] = mapped_column(Text)
    teacher_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("person.id"))
    disposition: Mapped[str | None] = mapped_column(Text)
    failure_rule: Mapped[str | None] = mapped_column(Text)
    conditions: Mapped[str | None] = mapped_column(Text)

    teacher: Mapped[Person | None] = relationship(lazy="selectin")
    courses: Mapped[list[PlanCourse]] = relationship(
        order_by="PlanCourse.position", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("plan_id", "position"),)


class PlanCourse(Base):
    """A course abroad that replaces a unit, alone or with others."""

    __tablename__ = "validation_plan_course"

    row_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("validation_plan_row.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    credits: Mapped[Decimal | None] = mapped_column(Exact)
    credits_text: Mapped[str | None] = mapped_column(Text)


class PlanAnswer(Base):
    """One answer to a version: ``stage`` is ``teacher``, ``coordinator``, ``student``,
    ``sending`` or ``partner``, ``outcome`` ``approve``, ``return`` or ``reject``.
    """

    __tablename__ = "validation_plan_answer"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    plan_id: Mapped[int] = mapped_column(BIG, ForeignKey("validation_plan.id"))
    stage: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    answered_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "plan_id"),)


class PlanSignature(Base):
    """One party's signature under one version, over the digest of exactly what was shown."""

    __tablename__ = "validation_plan_signature"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    plan_id: Mapped[int] = mapped_column(BIG, ForeignKey("validation_plan.id"))
    role: Mapped[str] = mapped_column(Text)
    signer_name: Mapped[str | None] = mapped_column(Text)
    signer_position: Mapped[str | None] = mapped_column(Text)
    signer_email: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("plan_id", "role"),)
