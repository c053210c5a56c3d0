"""Tables of documents: what is known of one, and apart from it its bytes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base


class Document(Base):
    """One file of a case, made here or uploaded; never changed once it is stored.

    ``business_key`` says whose case it belongs to; with ``instance_id`` only who may see
    that one instance may see it. ``kind`` names what it is, such as ``exam_waiver.decision``
    or ``upload.transcript``. ``code`` is the verification code printed on documents made
    here, None for uploads. ``sha256`` (hexadecimal) and ``size`` (bytes) are those of the
    content exactly as stored, with its seal. A later version is named by ``superseded_by``;
    ``revoked_at`` is since when a document without successor no longer holds.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    business_key: Mapped[str] = mapped_column(Text)
    instance_id: Mapped[int | None] = mapped_column(BIG)
    kind: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    filename: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    code: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    superseded_by: Mapped[int | None] = mapped_column(BIG, ForeignKey("document.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("code"),
        Index(None, "business_key"),
        Index(None, "superseded_by"),
    )

    @property
    def uploaded(self) -> bool:
        """Whether somebody sent it in, rather than this house having made it."""
        return self.code is None

    @property
    def in_force(self) -> bool:
        """Whether nothing has taken its place and nobody has revoked it."""
        return self.superseded_by is None and self.revoked_at is None


class DocumentContent(Base):
    """The bytes of a document; apart, so that lists of documents never read them."""

    __tablename__ = "document_content"

    document_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("document.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)
