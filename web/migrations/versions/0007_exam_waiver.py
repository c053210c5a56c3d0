"""Exam waivers: requests, decisions, exams, answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_request()
    _create_waiver()
    _create_exam()
    _create_answer()


def _create_request() -> None:
    op.create_table(
        "exam_waiver_request",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_exam_waiver_request_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_waiver_request")),
    )
    op.create_index(
        op.f("ix_exam_waiver_request_mobility_id"),
        "exam_waiver_request",
        ["mobility_id"],
        unique=False,
    )


def _create_waiver() -> None:
    references = {
        "mobility_id": "mobility.id",
        "request_id": "exam_waiver_request.id",
        "previous_id": "exam_waiver.id",
        "document_id": "document.id",
    }
    op.create_table(
        "exam_waiver",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("basis_kind", sa.Text(), nullable=False),
        sa.Column("basis_number", sa.Integer(), nullable=False),
        sa.Column("basis_digest", sa.Text(), nullable=False),
        sa.Column("academic_year", sa.Text(), nullable=False),
        sa.Column("retroactive", sa.Boolean(), nullable=False),
        sa.Column("appeal_months", sa.Integer(), nullable=False),
        sa.Column("request_id", BIG, nullable=True),
        sa.Column("previous_id", BIG, nullable=True),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.Column("exception", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("decided_at", BIG, nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", BIG, nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("record_reference", sa.Text(), nullable=True),
        sa.Column("document_id", BIG, nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_exam_waiver_{column}"))
            for column, target in references.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_waiver")),
        sa.UniqueConstraint(
            "mobility_id", "number", name=op.f("uq_exam_waiver_mobility_id_number")
        ),
    )
    op.create_index(
        op.f("ix_exam_waiver_instance_id"), "exam_waiver", ["instance_id"], unique=False
    )


def _create_exam() -> None:
    op.create_table(
        "exam_waiver_exam",
        sa.Column("id", BIG, nullable=False),
        sa.Column("waiver_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("credits", sa.Text(), nullable=True),
        sa.Column("semester", sa.Integer(), nullable=True),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Text(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["waiver_id"], ["exam_waiver.id"], name=op.f("fk_exam_waiver_exam_waiver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_waiver_exam")),
        sa.UniqueConstraint(
            "waiver_id", "position", name=op.f("uq_exam_waiver_exam_waiver_id_position")
        ),
    )


def _create_answer() -> None:
    op.create_table(
        "exam_waiver_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("waiver_id", BIG, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["waiver_id"], ["exam_waiver.id"], name=op.f("fk_exam_waiver_answer_waiver_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam_waiver_answer")),
    )
    op.create_index(
        op.f("ix_exam_waiver_answer_waiver_id"), "exam_waiver_answer", ["waiver_id"], unique=False
    )
