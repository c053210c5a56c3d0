"""Tables of grade transfer: stays, courses with their grades, what was entered, transcripts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base, Exact
from workflows.mobility.models import Mobility


class Stay(Base):
    """What the transcript says of an incoming mobility beside its courses.

    Days are ISO 8601 texts: the actual first and last day of presence, and the day from
    which the student was no longer here when they gave up. ``programme`` is what they
    followed, in words. ``request`` is what RI last asked of the departments when it
    returned the results. ``transcript_due`` is the day by which the transcript has to be sent,
    None while none is owed.
    """

    __tablename__ = "incoming_stay"

    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"), primary_key=True)
    first_day: Mapped[str | None] = mapped_column(Text)
    last_day: Mapped[str | None] = mapped_column(Text)
    withdrawn_on: Mapped[str | None] = mapped_column(Text)
    programme: Mapped[str | None] = mapped_column(Text)
    request: Mapped[str | None] = mapped_column(Text)
    recorded_by: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime | None] = mapped_column(Instant)
    transcript_due: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ix_incoming_stay_transcript_due",
            "transcript_due",
            sqlite_where=text("transcript_due IS NOT NULL"),
            postgresql_where=text("transcript_due IS NOT NULL"),
        ),
    )


class Course(Base):
    """One course of one incoming student, with its present mark.

    ``lineage`` is the component's in the contract, None for a course outside it (annex).
    ``dropped`` marks one that a later version of the contract no longer has. ``mark`` is
    the text of :class:`workflows.grade_transfer.marks.Mark`; ``certified_at`` closes it.
    ``session`` is 1, or 2 once a resit has given the result.
    """

    __tablename__ = "graded_course"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    lineage: Mapped[str | None] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    department: Mapped[str] = mapped_column(Text)
    academic_year: Mapped[str] = mapped_column(Text)
    code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    title_fr: Mapped[str | None] = mapped_column(Text)
    title_en: Mapped[str | None] = mapped_column(Text)
    title_es: Mapped[str | None] = mapped_column(Text)
    term_number: Mapped[str | None] = mapped_column(Text)
    total_terms: Mapped[str | None] = mapped_column(Text)
    ects: Mapped[Decimal] = mapped_column(Exact)
    language: Mapped[str] = mapped_column(Text, default="fr")
    scale: Mapped[str] = mapped_column(Text, default="FR")
    dropped: Mapped[bool] = mapped_column(Boolean, default=False)
    session: Mapped[int] = mapped_column(Integer, default=1)
    mark: Mapped[str] = mapped_column(Text, default="")
    entered_by: Mapped[str | None] = mapped_column(Text)
    entered_at: Mapped[datetime | None] = mapped_column(Instant)
    certified_by: Mapped[str | None] = mapped_column(Text)
    certified_at: Mapped[datetime | None] = mapped_column(Instant)

    mobility: Mapped[Mobility] = relationship()

    __table_args__ = (
        UniqueConstraint("mobility_id", "lineage"),
        Index(None, "department", "academic_year"),
    )


class GradeEntry(Base):
    """One change of a course's mark or of its certification; never changed again.

    ``kind`` is ``entered``, ``certified`` or ``reopened``; ``reason`` says why a certified
    mark was opened again.
    """

    __tablename__ = "grade_entry"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    course_id: Mapped[int] = mapped_column(BIG, ForeignKey("graded_course.id"))
    kind: Mapped[str] = mapped_column(Text)
    mark: Mapped[str] = mapped_column(Text)
    session: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    on_behalf_of: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "course_id"),)


class Transcript(Base):
    """One version of a mobility's transcript of records; versions are added, never replaced.

    ``content`` is the frozen JSON every language is printed from, ``digest`` its SHA-256.
    ``status`` is ``checked``, ``returned``, ``signed``, ``issued`` or ``superseded``;
    ``number`` is counted among the issued ones and is None until then. ``reason`` is why
    it follows an earlier one (a code), ``returned`` why it went back before it was signed,
    ``contested`` what the partner said against it.
    """

    __tablename__ = "transcript"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    number: Mapped[int | None] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    partial: Mapped[bool] = mapped_column(Boolean, default=False)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    checked_by: Mapped[str] = mapped_column(Text)
    checked_at: Mapped[datetime] = mapped_column(Instant)
    signatory_name: Mapped[str | None] = mapped_column(Text)
    signatory_position: Mapped[str | None] = mapped_column(Text)
    signed_by: Mapped[str | None] = mapped_column(Text)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
    issued_at: Mapped[datetime | None] = mapped_column(Instant)
    superseded_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    returned: Mapped[str | None] = mapped_column(Text)
    contested: Mapped[str | None] = mapped_column(Text)
    document_fr: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"))
    document_en: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"))
    document_es: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"))

    mobility: Mapped[Mobility] = relationship()

    __table_args__ = (UniqueConstraint("mobility_id", "number"),)

    @property
    def documents(self) -> dict[str, int]:
        """The documents of an issued version by language; empty before."""
        found = {"fr": self.document_fr, "en": self.document_en, "es": self.document_es}
        return {language: number for language, number in found.items() if number is not None}
