"""Stays that end before their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "shortened_stay",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("told_by", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_shortened_stay_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortened_stay")),
    )
    op.create_index(
        op.f("ix_shortened_stay_mobility_id"), "shortened_stay", ["mobility_id"], unique=False
    )
