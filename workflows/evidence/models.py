"""Tables of evidence bundles: what was asked for, how far it is, which cases are in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base


class EvidenceBundle(Base):
    """The evidence of the cases of a filter, made in the background.

    ``filter`` is its query string. ``altered`` are cases whose history is not what was written:
    they are left out, JSON. Once ``ended_at``, ``size`` and ``sha256`` are those of the file;
    after ``expired_at`` there is none any more.
    """

    __tablename__ = "evidence_bundle"

    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=False)
    filter: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[str] = mapped_column(Text)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    altered: Mapped[str] = mapped_column(Text, default="[]")
    anchor: Mapped[int | None] = mapped_column(Integer)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    size: Mapped[int] = mapped_column(BIG, default=0)
    sha256: Mapped[str] = mapped_column(Text, default="")
    expired_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"evidence-bundle-{self.id}.zip"

    @property
    def ready(self) -> bool:
        """Whether its file is there."""
        return self.ended_at is not None and self.expired_at is None


class BundledCase(Base):
    """A case of a bundle."""

    __tablename__ = "evidence_bundle_case"

    bundle_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("evidence_bundle.id"), primary_key=True, autoincrement=False
    )
    instance_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("instance.id"), primary_key=True, autoincrement=False
    )
