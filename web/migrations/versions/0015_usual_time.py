"""An index that tells how long a step usually takes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

DONE = sa.text("status = 1")


def upgrade() -> None:
    """Create it."""
    op.create_index(
        "ix_work_item_done",
        "work_item",
        ["element", "completed_at"],
        unique=False,
        sqlite_where=DONE,
        postgresql_where=DONE,
    )
