"""How often somebody was refused within an hour, which the log of accesses tells in few events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the count."""
    op.create_table(
        "access_refused",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("times", BIG, nullable=False),
        sa.PrimaryKeyConstraint("actor", "policy", name=op.f("pk_access_refused")),
    )
