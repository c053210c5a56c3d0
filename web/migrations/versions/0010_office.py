"""Substitutions, saved views, mail settings, digests, mentions; when a mail was written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNREAD = sa.text("seen_at IS NULL")
WAITING = sa.text("sent_at IS NULL")


def upgrade() -> None:
    """Create them."""
    op.add_column("mail_message", sa.Column("created_at", BIG, nullable=True))
    _create_substitution()
    _create_saved_view()
    _create_mail_setting()
    _create_digest()
    _create_digest_entry()
    _create_mention()


def _person(table: str, column: str = "person_id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], ["person.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"
    )


def _create_substitution() -> None:
    op.create_table(
        "substitution",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("substitute_id", BIG, nullable=False),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=False),
        sa.Column("processes", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        _person("substitution"),
        _person("substitution", "substitute_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitution")),
    )
    op.create_index(op.f("ix_substitution_person_id"), "substitution", ["person_id"])
    op.create_index(op.f("ix_substitution_substitute_id"), "substitution", ["substitute_id"])


def _create_saved_view() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("deleted_at", BIG, nullable=True),
        _person("saved_view"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_person_id"), "saved_view", ["person_id"])
    op.create_index(op.f("ix_saved_view_group"), "saved_view", ["group"])


def _create_mail_setting() -> None:
    op.create_table(
        "mail_setting",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("reminder", sa.Text(), nullable=False),
        sa.Column("escalation", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("morning_hour", sa.Integer(), nullable=False),
        _person("mail_setting"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_setting")),
    )


def _create_digest() -> None:
    op.create_table(
        "digest",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=True),
        _person("digest"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_digest")),
    )


def _create_digest_entry() -> None:
    op.create_table(
        "digest_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("news", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("work_item_id", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("sent_at", BIG, nullable=True),
        _person("digest_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_entry")),
        sa.UniqueConstraint("person_id", "news", name=op.f("uq_digest_entry_person_id_news")),
    )
    op.create_index(
        "ix_digest_entry_waiting",
        "digest_entry",
        ["person_id", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def _create_mention() -> None:
    op.create_table(
        "mention",
        sa.Column("id", BIG, nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_mention_comment_id")),
        _person("mention"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mention")),
        sa.UniqueConstraint(
            "comment_id", "person_id", name=op.f("uq_mention_comment_id_person_id")
        ),
    )
    op.create_index(op.f("ix_mention_instance_id"), "mention", ["instance_id"])
    op.create_index(
        "ix_mention_unread",
        "mention",
        ["person_id", "id"],
        sqlite_where=UNREAD,
        postgresql_where=UNREAD,
    )
