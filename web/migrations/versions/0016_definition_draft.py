"""Drafts of process definitions, and an index that counts running cases by version."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNNING = sa.text("status = 0")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "definition_draft",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("saved_at", BIG, nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_definition_draft")),
    )
    op.create_table(
        "definition_draft_file",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["key"],
            ["definition_draft.key"],
            name=op.f("fk_definition_draft_file_key"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "name", name=op.f("pk_definition_draft_file")),
    )
    op.create_index(
        "ix_instance_running",
        "instance",
        ["definition_id"],
        unique=False,
        sqlite_where=RUNNING,
        postgresql_where=RUNNING,
    )
