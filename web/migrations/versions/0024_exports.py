"""The log of accesses, the order of the feed, exports as background work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them, and take the events that are there into the feed, the oldest first."""
    op.create_table(
        "history_log",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_log")),
    )
    op.create_table(
        "history_feed",
        sa.Column("position", BIG, autoincrement=False, nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_history_feed")),
    )
    op.create_table(
        "history_export",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("order", sa.LargeBinary(), nullable=False),
        sa.Column("job_id", BIG, nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("done", BIG, nullable=False),
        sa.Column("size", BIG, nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("cancelled_at", BIG, nullable=True),
        sa.Column("removed_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history_export")),
    )
    op.execute(
        "INSERT INTO history_feed (position, instance_id, seq) "
        "SELECT row_number() OVER (ORDER BY at, instance_id, seq), instance_id, seq "
        "FROM history_event"
    )
    op.create_index("uq_history_feed_event", "history_feed", ["instance_id", "seq"], unique=True)
    _guard_feed()


def _guard_feed() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    refuse = (
        "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
        if sqlite
        else "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER history_feed_no_{verb.lower()} BEFORE {verb} ON history_feed {refuse}"
        )
