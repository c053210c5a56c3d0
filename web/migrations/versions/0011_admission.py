"""Incoming students: nominations, and what each department answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    op.create_table(
        "admission_nomination",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("academic_year", sa.Text(), nullable=False),
        sa.Column("departments", sa.Text(), nullable=False),
        sa.Column("received_at", BIG, nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("request_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("failed_rules", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("student_number", sa.Text(), nullable=True),
        sa.Column("arrived_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_admission_nomination_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_nomination")),
        sa.UniqueConstraint("mobility_id", name=op.f("uq_admission_nomination_mobility_id")),
        sa.UniqueConstraint("request_key", name=op.f("uq_admission_nomination_request_key")),
    )
    op.create_table(
        "admission_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("nomination_id", BIG, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("answered_at", BIG, nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["admission_nomination.id"],
            name=op.f("fk_admission_answer_nomination_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission_answer")),
        sa.UniqueConstraint(
            "nomination_id", "department", name=op.f("uq_admission_answer_nomination_id_department")
        ),
    )
