"""Migration orders and what became of each case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "migration_order",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("target_id", BIG, nullable=False),
        sa.Column("mapping", sa.LargeBinary(), nullable=False),
        sa.Column("org_unit", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"], ["definition.id"], name=op.f("fk_migration_order_source_id")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["definition.id"], name=op.f("fk_migration_order_target_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_order")),
    )
    op.create_index(
        op.f("ix_migration_order_source_id"), "migration_order", ["source_id"], unique=False
    )
    op.create_table(
        "migration_result",
        sa.Column("order_id", BIG, autoincrement=False, nullable=False),
        sa.Column("instance_id", BIG, autoincrement=False, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["migration_order.id"], name=op.f("fk_migration_result_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_migration_result_instance_id")
        ),
        sa.PrimaryKeyConstraint("order_id", "instance_id", name=op.f("pk_migration_result")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_migration_result_way",
        "migration_result",
        ["order_id", "way", "instance_id"],
        unique=False,
    )
