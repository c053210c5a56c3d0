"""Recognition: what was agreed, what the transcript says, what was decided."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_recognition()
    _create_partner_transcript()
    _create_recognition_agreed()
    _create_recognition_unit()
    _create_recognition_replacement()
    _create_recognition_line()
    _create_recognition_answer()


def _create_recognition() -> None:
    op.create_table(
        "recognition",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("definition_id", BIG, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Integer(), nullable=False),
        sa.Column("verdict_by_rule", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("verdict_reason", sa.Text(), nullable=True),
        sa.Column("mean", sa.Text(), nullable=True),
        sa.Column("credits_awarded", EXACT, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_recognition_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_recognition_instance_id")),
    )
    op.create_index(op.f("ix_recognition_mobility_id"), "recognition", ["mobility_id"])


def _create_recognition_agreed() -> None:
    op.create_table(
        "recognition_agreed",
        sa.Column("id", BIG, nullable=False),
        sa.Column("transcript_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("los_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("credits", EXACT, nullable=True),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["partner_transcript.id"],
            name=op.f("fk_recognition_agreed_transcript_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_agreed")),
        sa.UniqueConstraint(
            "transcript_id", "position", name=op.f("uq_recognition_agreed_transcript_id_position")
        ),
    )


def _create_recognition_unit() -> None:
    op.create_table(
        "recognition_unit",
        sa.Column("id", BIG, nullable=False),
        sa.Column("transcript_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("credits", EXACT, nullable=True),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.Column("failure_rule", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["partner_transcript.id"],
            name=op.f("fk_recognition_unit_transcript_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_unit")),
        sa.UniqueConstraint(
            "transcript_id", "position", name=op.f("uq_recognition_unit_transcript_id_position")
        ),
    )


def _create_recognition_replacement() -> None:
    op.create_table(
        "recognition_replacement",
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("component_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["recognition_unit.id"], name=op.f("fk_recognition_replacement_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["recognition_agreed.id"],
            name=op.f("fk_recognition_replacement_component_id"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "component_id", name=op.f("pk_recognition_replacement")),
    )


def _create_partner_transcript() -> None:
    op.create_table(
        "partner_transcript",
        sa.Column("id", BIG, nullable=False),
        sa.Column("recognition_id", BIG, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("document_id", BIG, nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("issued_on", sa.Text(), nullable=True),
        sa.Column("received_on", sa.Text(), nullable=True),
        sa.Column("scale", sa.Text(), nullable=True),
        sa.Column("tables", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.Column("contract_version_id", BIG, nullable=True),
        sa.Column("validation_plan_id", BIG, nullable=True),
        sa.Column("agreed_digest", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognition.id"],
            name=op.f("fk_partner_transcript_recognition_id"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_partner_transcript_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["contract_version_id"],
            ["contract_version.id"],
            name=op.f("fk_partner_transcript_contract_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["validation_plan_id"],
            ["validation_plan.id"],
            name=op.f("fk_partner_transcript_validation_plan_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_transcript")),
    )
    op.create_index(
        op.f("ix_partner_transcript_recognition_id"), "partner_transcript", ["recognition_id"]
    )


def _create_recognition_line() -> None:
    op.create_table(
        "recognition_line",
        sa.Column("id", BIG, nullable=False),
        sa.Column("transcript_id", BIG, nullable=False),
        sa.Column("agreed_id", BIG, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("present", sa.Boolean(), nullable=False),
        sa.Column("los_id", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("credits", EXACT, nullable=True),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("isced_f", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("proposed_grade", EXACT, nullable=True),
        sa.Column("coordinator_set", sa.Boolean(), nullable=False),
        sa.Column("coordinator_grade", EXACT, nullable=True),
        sa.Column("coordinator_reason", sa.Text(), nullable=True),
        sa.Column("jury_set", sa.Boolean(), nullable=False),
        sa.Column("jury_grade", EXACT, nullable=True),
        sa.Column("jury_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcript_id"],
            ["partner_transcript.id"],
            name=op.f("fk_recognition_line_transcript_id"),
        ),
        sa.ForeignKeyConstraint(
            ["agreed_id"], ["recognition_agreed.id"], name=op.f("fk_recognition_line_agreed_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_line")),
        sa.UniqueConstraint(
            "transcript_id", "position", name=op.f("uq_recognition_line_transcript_id_position")
        ),
    )


def _create_recognition_answer() -> None:
    op.create_table(
        "recognition_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("recognition_id", BIG, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["recognition_id"],
            ["recognition.id"],
            name=op.f("fk_recognition_answer_recognition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recognition_answer")),
    )
    op.create_index(
        op.f("ix_recognition_answer_recognition_id"), "recognition_answer", ["recognition_id"]
    )
