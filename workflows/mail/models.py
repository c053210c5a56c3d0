"""The outbox of mails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base


class MailMessage(Base):
    """A mail as it is sent, or as it would be if there were a mail server.

    ``status`` is ``queued``, ``sent`` or ``stored`` (no server configured). ``message_id``
    is the left side of its Message-ID, the same at every attempt.
    """

    __tablename__ = "mail_message"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    to: Mapped[str] = mapped_column("to", Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("message_id"),)


class MailAttachment(Base):
    """The file that a mail carries."""

    __tablename__ = "mail_attachment"

    mail_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("mail_message.id", ondelete="CASCADE"), primary_key=True
    )
    filename: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
