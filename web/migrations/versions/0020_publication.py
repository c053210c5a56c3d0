"""Lifecycles that are retired, and publications that are set for a time to come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RETIRED = sa.text("resumed_at IS NULL")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "definition_retirement",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("retired_at", BIG, nullable=False),
        sa.Column("retired_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("resumed_at", BIG, nullable=True),
        sa.Column("resumed_by", sa.Text(), nullable=True),
        sa.Column("resumed_note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_retirement")),
    )
    op.create_index(
        "ix_definition_retired",
        "definition_retirement",
        ["key"],
        unique=True,
        sqlite_where=RETIRED,
        postgresql_where=RETIRED,
    )
    op.create_table(
        "definition_publication",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", BIG, nullable=False),
        sa.Column("job_id", BIG, nullable=True),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("replacing", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("set_at", BIG, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["key"],
            ["definition_draft.key"],
            name=op.f("fk_definition_publication_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition_publication")),
    )
