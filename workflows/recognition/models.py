"""Tables of recognition: what was agreed, what the transcript says, what was decided."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base, Exact

_OTHERWISE = text("verdict <> verdict_by_rule")
_SET = text("coordinator_set OR jury_set")


class Recognition(Base):
    """The recognition of one mobility in one process instance.

    ``rule`` is the department's rule as it was when the first transcript was entered (JSON
    of :class:`workflows.recognition.policy.Rule`, empty before that), ``definition_id`` the
    version of the process whose decision tables it came from. ``mean`` is the exact average
    weighted by credits, a fraction such as ``1217/100``. ``proposal`` changes with every
    proposal, so that nobody decides on another one than was shown.
    """

    __tablename__ = "recognition"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    instance_id: Mapped[int] = mapped_column(BIG)
    definition_id: Mapped[int] = mapped_column(BIG)
    rule: Mapped[str] = mapped_column(Text)
    proposal: Mapped[int] = mapped_column(Integer, default=0)
    verdict_by_rule: Mapped[str | None] = mapped_column(Text)
    verdict: Mapped[str | None] = mapped_column(Text)
    verdict_reason: Mapped[str | None] = mapped_column(Text)
    mean: Mapped[str | None] = mapped_column(Text)
    credits_awarded: Mapped[Decimal | None] = mapped_column(Exact)
    created_at: Mapped[datetime] = mapped_column(Instant)

    transcripts: Mapped[list[PartnerTranscript]] = relationship(
        order_by="PartnerTranscript.id", cascade="all, delete-orphan", lazy="selectin"
    )
    answers: Mapped[list[RecognitionAnswer]] = relationship(
        order_by="RecognitionAnswer.at, RecognitionAnswer.id", lazy="selectin"
    )

    __table_args__ = (
        UniqueConstraint("instance_id"),
        Index(None, "mobility_id"),
        Index(
            "ix_recognition_decided_otherwise",
            "instance_id",
            sqlite_where=_OTHERWISE,
            postgresql_where=_OTHERWISE,
        ),
    )

    @property
    def transcript(self) -> PartnerTranscript | None:
        """The transcript that counts: the last one that was entered."""
        entered = [each for each in self.transcripts if each.entered]
        return entered[-1] if entered else None


replacement = Table(
    "recognition_replacement",
    Base.metadata,
    Column("unit_id", BIG, ForeignKey("recognition_unit.id"), primary_key=True),
    Column("component_id", BIG, ForeignKey("recognition_agreed.id"), primary_key=True),
)
"""Which components a validation plan replaces a unit with."""


class AgreedComponent(Base):
    """A component abroad as the contract or the plan in force names it."""

    __tablename__ = "recognition_agreed"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(BIG, ForeignKey("partner_transcript.id"))
    position: Mapped[int] = mapped_column(Integer)
    los_id: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    credits: Mapped[Decimal | None] = mapped_column(Exact)

    __table_args__ = (UniqueConstraint("transcript_id", "position"),)


class RecognitionUnit(Base):
    """A unit of the diploma that the components abroad replace.

    With a contract they do so as a group. With a validation plan ``components`` are those of
    this unit, ``failure_rule`` what failing them leads to, one of
    :data:`workflows.validation_plan.policy.FAILURE_RULES`.
    """

    __tablename__ = "recognition_unit"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(BIG, ForeignKey("partner_transcript.id"))
    position: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    credits: Mapped[Decimal | None] = mapped_column(Exact)
    recognised: Mapped[bool] = mapped_column(Boolean, default=False)
    failure_rule: Mapped[str | None] = mapped_column(Text)

    components: Mapped[list[AgreedComponent]] = relationship(
        secondary=replacement, order_by="AgreedComponent.position", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("transcript_id", "position"),)


class PartnerTranscript(Base):
    """One transcript of records of the partner, typed in or read from a document.

    ``source`` is ``entered``, ``elmo`` or ``ewp``. ``tables`` are the grading tables the
    document brought (JSON of :mod:`workflows.recognition.tables`), ``warnings`` what was
    noticed when it was read (JSON, a list of code and parameters). Until somebody has
    looked it over and sent it, ``entered`` is False. Days are ISO 8601 texts. The contract
    or the validation plan it was matched with is named by version and digest; what that
    agreed is copied into ``agreed`` and ``units``.
    """

    __tablename__ = "partner_transcript"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    recognition_id: Mapped[int] = mapped_column(BIG, ForeignKey("recognition.id"))
    source: Mapped[str] = mapped_column(Text)
    document_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"))
    issuer: Mapped[str | None] = mapped_column(Text)
    issued_on: Mapped[str | None] = mapped_column(Text)
    received_on: Mapped[str | None] = mapped_column(Text)
    scale: Mapped[str | None] = mapped_column(Text)
    tables: Mapped[str] = mapped_column(Text, default="[]")
    warnings: Mapped[str] = mapped_column(Text, default="[]")
    entered: Mapped[bool] = mapped_column(Boolean, default=False)
    contract_version_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("contract_version.id"))
    validation_plan_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("validation_plan.id"))
    agreed_digest: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)

    agreed: Mapped[list[AgreedComponent]] = relationship(
        order_by="AgreedComponent.position", cascade="all, delete-orphan", lazy="selectin"
    )
    units: Mapped[list[RecognitionUnit]] = relationship(
        order_by="RecognitionUnit.position", cascade="all, delete-orphan", lazy="selectin"
    )
    lines: Mapped[list[ResultLine]] = relationship(
        order_by="ResultLine.position", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (Index(None, "recognition_id"),)

    @property
    def on_plan(self) -> bool:
        """Whether a validation plan, and not a contract, says what it is worth."""
        return self.validation_plan_id is not None


class ResultLine(Base):
    """One course of the transcript, or one agreed component that it does not mention.

    ``agreed_id`` is the component it answers, None for a course that was not agreed.
    ``present`` is False for the component that is missing. ``trace`` tells how
    ``proposed_grade`` was found (JSON of :class:`workflows.recognition.trace.Trace`);
    a grade that somebody set instead stands beside it with the reason.
    """

    __tablename__ = "recognition_line"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    transcript_id: Mapped[int] = mapped_column(BIG, ForeignKey("partner_transcript.id"))
    agreed_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("recognition_agreed.id"))
    position: Mapped[int] = mapped_column(Integer)
    present: Mapped[bool] = mapped_column(Boolean)
    los_id: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    credits: Mapped[Decimal | None] = mapped_column(Exact)
    grade: Mapped[str] = mapped_column(Text)
    passed: Mapped[bool | None] = mapped_column(Boolean)
    isced_f: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text)
    trace: Mapped[str | None] = mapped_column(Text)
    proposed_grade: Mapped[Decimal | None] = mapped_column(Exact)
    coordinator_set: Mapped[bool] = mapped_column(Boolean, default=False)
    coordinator_grade: Mapped[Decimal | None] = mapped_column(Exact)
    coordinator_reason: Mapped[str | None] = mapped_column(Text)
    jury_set: Mapped[bool] = mapped_column(Boolean, default=False)
    jury_grade: Mapped[Decimal | None] = mapped_column(Exact)
    jury_reason: Mapped[str | None] = mapped_column(Text)

    agreed: Mapped[AgreedComponent | None] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("transcript_id", "position"),
        Index("ix_recognition_line_set", "transcript_id", sqlite_where=_SET, postgresql_where=_SET),
    )

    @property
    def final_grade(self) -> Decimal | None:
        """The grade as it stands: the jury's, else the coordinator's, else the proposal."""
        if self.jury_set:
            return self.jury_grade
        return self.coordinator_grade if self.coordinator_set else self.proposed_grade


class RecognitionAnswer(Base):
    """One answer of coordinator, jury or registrar; ``reference`` is the register's entry."""

    __tablename__ = "recognition_answer"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    recognition_id: Mapped[int] = mapped_column(BIG, ForeignKey("recognition.id"))
    stage: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    reference: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "recognition_id"),)
