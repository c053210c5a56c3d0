"""Tables of substitutions, saved views of the inbox, mail settings, digests and mentions."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base


def _person(*, index: bool = False) -> Mapped[int]:
    return mapped_column(BIG, ForeignKey("person.id", ondelete="CASCADE"), index=index)


class Substitution(Base):
    """Who replaces whom, from when until when.

    It holds from ``starts_at`` up to ``ends_at``, or to ``ended_at`` where somebody ended it
    before. ``processes`` are process keys with commas between them; empty is all.
    ``created_by`` and ``ended_by`` are actor ids.
    """

    __tablename__ = "substitution"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int] = _person(index=True)
    substitute_id: Mapped[int] = _person(index=True)
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    processes: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_by: Mapped[str | None] = mapped_column(Text)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the processes it is for; none is all."""
        return tuple(filter(None, self.processes.split(",")))

    @property
    def until(self) -> datetime:
        """When it is over, or was."""
        return self.ends_at if self.ended_at is None else max(self.ended_at, self.starts_at)

    def holds(self, now: datetime) -> bool:
        """Whether it is in force at ``now``."""
        return self.starts_at <= now < self.until


class SavedView(Base):
    """A view of the inbox, or of another page, with its filters, under a name.

    ``query`` is the query string of its address. ``group`` shares it with the members of a
    group. One that was deleted is kept for a while, to be taken back.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int] = _person(index=True)
    name: Mapped[str] = mapped_column(Text)
    query: Mapped[str] = mapped_column(Text)
    group: Mapped[str | None] = mapped_column("group", Text, index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    deleted_at: Mapped[datetime | None] = mapped_column(Instant)
    page: Mapped[str] = mapped_column(Text, server_default="inbox")


class MailSetting(Base):
    """How somebody wants to hear of things; without a row, of everything at once.

    Each column but the hour holds ``now``, ``digest`` or ``never``. ``morning_hour`` is the
    hour of the digest in legal time.
    """

    __tablename__ = "mail_setting"

    person_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    task: Mapped[str] = mapped_column(Text)
    reminder: Mapped[str] = mapped_column(Text)
    escalation: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    mention: Mapped[str] = mapped_column(Text)
    morning_hour: Mapped[int] = mapped_column(Integer)


class Digest(Base):
    """When somebody's next digest is due; None while nothing waits for it.

    Whoever adds an entry or sends the digest locks the row of the person first.
    """

    __tablename__ = "digest"

    person_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    due_at: Mapped[datetime | None] = mapped_column(Instant)


class DigestEntry(Base):
    """A mail that is told in somebody's digest; it waits for the next until ``sent_at``.

    ``about`` is what kind of news it is, ``work_item_id`` the task it asks for, if it asks
    for one. ``news`` names what is told, once to each person.
    """

    __tablename__ = "digest_entry"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int] = _person()
    news: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    link: Mapped[str] = mapped_column(Text)
    work_item_id: Mapped[int | None] = mapped_column(BIG)
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("person_id", "news"),
        Index(
            "ix_digest_entry_waiting",
            "person_id",
            "id",
            sqlite_where=text("sent_at IS NULL"),
            postgresql_where=text("sent_at IS NULL"),
        ),
    )


class Mention(Base):
    """Somebody named in a comment with ``@login``; unread until ``seen_at``."""

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    comment_id: Mapped[int] = mapped_column(BIG, ForeignKey("comment.id"))
    instance_id: Mapped[int] = mapped_column(BIG)
    person_id: Mapped[int] = _person()
    at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("comment_id", "person_id"),
        Index(None, "instance_id"),
        Index(
            "ix_mention_unread",
            "person_id",
            "id",
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )
