"""Mobilities: when it was decided that one does not take place."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add it; every mobility there is may take place."""
    op.add_column("mobility", sa.Column("called_off_at", BIG, nullable=True))
