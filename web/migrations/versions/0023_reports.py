"""Reports that are computed once and kept; tasks by when they were taken or late; what is owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TAKEN = sa.text("kind IN ('work_item_claimed', 'work_item_assigned', 'work_item_delegated')")
OWED = sa.text("transcript_due IS NOT NULL")
LATE = sa.text("status = 1 AND completed_at > due_at")


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_table(
        "history_report",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("job_id", BIG, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("computed_at", BIG),
        sa.Column("answer", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_history_report")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_history_event_taken",
        "history_event",
        ["work_item_id", "at"],
        sqlite_where=TAKEN,
        postgresql_where=TAKEN,
    )
    op.create_index(
        "ix_work_item_late",
        "work_item",
        ["completed_at", "id"],
        sqlite_where=LATE,
        postgresql_where=LATE,
    )
    op.add_column("incoming_stay", sa.Column("transcript_due", sa.Text(), nullable=True))
    op.create_index(
        "ix_incoming_stay_transcript_due",
        "incoming_stay",
        ["transcript_due"],
        sqlite_where=OWED,
        postgresql_where=OWED,
    )
