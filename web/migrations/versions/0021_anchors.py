"""Anchors of the record, guarded as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

GUARDED = ("history_anchor", "history_anchored")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "history_anchor",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_history_anchor")),
    )
    op.create_table(
        "history_anchored",
        sa.Column("instance_id", BIG, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["history_anchor.number"], name=op.f("fk_history_anchored_number")
        ),
        sa.PrimaryKeyConstraint("instance_id", "number", name=op.f("pk_history_anchored")),
        sqlite_with_rowid=False,
    )
    _create_check()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in GUARDED:
        for verb in ("UPDATE", "DELETE"):
            refuse = (
                "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
                if sqlite
                else "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {refuse}"
            )


def _create_check() -> None:
    op.create_table(
        "history_check",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("anchor", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("instances", sa.Integer(), nullable=False),
        sa.Column("events", BIG, nullable=False),
        sa.Column("erased", BIG, nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("faults", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_check")),
    )
