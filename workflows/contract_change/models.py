"""Tables of changes: who asked for what, corrections without signatures, semester dates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base
from workflows.mobility.models import Mobility


class ChangeRequest(Base):
    """One request to change a signed contract, and what became of it.

    ``party`` asked, ``about`` says for what (``components`` or ``extension``). Days are
    ISO 8601 dates: ``counted_from`` is the semester start the window is counted from,
    ``window_ends`` its last day as the decision table had it. ``late_reason`` is why a late
    request should be admitted all the same, ``admission`` what the coordinator answered.
    ``agree_by`` is until when all have to agree, None before a late request is admitted;
    ``prolonged`` why RI has set it later as an exception. ``case_before`` is
    the contract's case at the time of the request. ``result`` is ``signed``,
    ``refused``, ``withdrawn`` or ``lapsed``, None while it is open.
    """

    __tablename__ = "contract_change"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    instance_id: Mapped[int | None] = mapped_column(BIG)
    case_before: Mapped[int | None] = mapped_column(BIG)
    party: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    late_reason: Mapped[str | None] = mapped_column(Text)
    counted_from: Mapped[str] = mapped_column(Text)
    window_ends: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    requester_name: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime] = mapped_column(Instant)
    admission: Mapped[str | None] = mapped_column(Text)
    admitted_by: Mapped[str | None] = mapped_column(Text)
    agree_by: Mapped[datetime | None] = mapped_column(Instant)
    prolonged: Mapped[str | None] = mapped_column(Text)
    result: Mapped[str | None] = mapped_column(Text)
    closing_reason: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)

    mobility: Mapped[Mobility] = relationship()

    __table_args__ = (Index(None, "mobility_id"), Index(None, "instance_id"))


class Correction(Base):
    """A corrected contact or date, without a new version and without new signatures.

    ``changes`` is JSON: a list of ``[field, before, after]``. ``version_id`` is the version
    in force at that moment; its signed copy of the fields stays as it was.
    """

    __tablename__ = "contract_correction"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract_version.id"))
    changes: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    corrected_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "mobility_id"),)


class SemesterStart(Base):
    """The day a semester begins at a partner university; ``semester`` counts from 1."""

    __tablename__ = "semester_start"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    hei_id: Mapped[str] = mapped_column(Text)
    academic_year: Mapped[str] = mapped_column(Text)
    semester: Mapped[int] = mapped_column(Integer)
    starts_on: Mapped[str] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("hei_id", "academic_year", "semester"),)
