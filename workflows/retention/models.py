"""Tables of retention: the rules as the office has set them, purges, erased persons."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base

DESTROY, ARCHIVE = "destroy", "archive"
FATES = (DESTROY, ARCHIVE)
"""What becomes of a file in the end: it is destroyed, or handed to the archives before."""


class RetentionRule(Base):
    """One revision of the rule for one kind of file; the last one is in force.

    ``keep_active`` and ``keep_intermediate`` are months, one period after the other, from the
    end of the case. ``basis`` says in the office's words on what grounds.
    """

    __tablename__ = "retention_rule"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    keep_active: Mapped[int] = mapped_column(Integer)
    keep_intermediate: Mapped[int] = mapped_column(Integer)
    fate: Mapped[str] = mapped_column(Text)
    basis: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)
    set_by: Mapped[str] = mapped_column(Text)


class Purge(Base):
    """One purge and how far it is.

    ``kept`` is JSON: cases that were due and could not be erased, each with the reason.
    """

    __tablename__ = "purge"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    started_at: Mapped[datetime] = mapped_column(Instant)
    started_by: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    erased: Mapped[int] = mapped_column(Integer, default=0)
    mails: Mapped[int] = mapped_column(Integer, default=0)
    kept: Mapped[str] = mapped_column(Text, default="[]")


class PersonErasure(Base):
    """That a person was erased, by whom and why; ``person_id`` is the account they had, if any.

    The account stays as a number without name, so that no other person ever gets it.
    """

    __tablename__ = "person_erasure"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    cases: Mapped[int] = mapped_column(Integer)
    rows: Mapped[int] = mapped_column(Integer)
    mails: Mapped[int] = mapped_column(Integer)
