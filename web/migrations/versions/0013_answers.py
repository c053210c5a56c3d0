"""Answers of a group at a step, the latest first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_DONE = sa.text("status = 1")


def upgrade() -> None:
    """Add the index by which a page says how long a step usually takes."""
    op.create_index(
        "ix_work_item_done",
        "work_item",
        ["candidate", "element", "completed_at"],
        sqlite_where=_DONE,
        postgresql_where=_DONE,
    )
