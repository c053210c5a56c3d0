"""Changes of contracts, semester dates, validation plans."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_contract_change()
    _create_contract_correction()
    _create_semester_start()
    _create_validation_plan()
    _create_validation_plan_row()
    _create_validation_plan_course()
    _create_validation_plan_answer()
    _create_validation_plan_signature()


def _create_contract_change() -> None:
    op.create_table(
        "contract_change",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("case_before", BIG, nullable=True),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("late_reason", sa.Text(), nullable=True),
        sa.Column("counted_from", sa.Text(), nullable=False),
        sa.Column("window_ends", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("requester_name", sa.Text(), nullable=False),
        sa.Column("requested_at", BIG, nullable=False),
        sa.Column("admission", sa.Text(), nullable=True),
        sa.Column("admitted_by", sa.Text(), nullable=True),
        sa.Column("agree_by", BIG, nullable=True),
        sa.Column("prolonged", sa.Text(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_contract_change_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_change")),
    )
    op.create_index(
        op.f("ix_contract_change_instance_id"), "contract_change", ["instance_id"], unique=False
    )
    op.create_index(
        op.f("ix_contract_change_mobility_id"), "contract_change", ["mobility_id"], unique=False
    )


def _create_contract_correction() -> None:
    op.create_table(
        "contract_correction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_contract_correction_mobility_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contract_version.id"], name=op.f("fk_contract_correction_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_correction")),
    )
    op.create_index(
        op.f("ix_contract_correction_mobility_id"),
        "contract_correction",
        ["mobility_id"],
        unique=False,
    )


def _create_semester_start() -> None:
    op.create_table(
        "semester_start",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hei_id", sa.Text(), nullable=False),
        sa.Column("academic_year", sa.Text(), nullable=False),
        sa.Column("semester", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_semester_start")),
        sa.UniqueConstraint(
            "hei_id",
            "academic_year",
            "semester",
            name=op.f("uq_semester_start_hei_id_academic_year_semester"),
        ),
    )


def _create_validation_plan() -> None:
    op.create_table(
        "validation_plan",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("conversion_method", sa.Text(), nullable=True),
        sa.Column("conversion_note", sa.Text(), nullable=True),
        sa.Column("partner_signs", sa.Boolean(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("submitted_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_validation_plan_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_plan")),
        sa.UniqueConstraint(
            "mobility_id", "number", name=op.f("uq_validation_plan_mobility_id_number")
        ),
    )


def _create_validation_plan_row() -> None:
    op.create_table(
        "validation_plan_row",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Text(), nullable=False),
        sa.Column("unit_code", sa.Text(), nullable=True),
        sa.Column("unit_title", sa.Text(), nullable=False),
        sa.Column("credits", EXACT, nullable=True),
        sa.Column("credits_text", sa.Text(), nullable=True),
        sa.Column("term", sa.Text(), nullable=True),
        sa.Column("teacher_id", BIG, nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("failure_rule", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["validation_plan.id"], name=op.f("fk_validation_plan_row_plan_id")
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["person.id"], name=op.f("fk_validation_plan_row_teacher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_plan_row")),
        sa.UniqueConstraint(
            "plan_id", "position", name=op.f("uq_validation_plan_row_plan_id_position")
        ),
    )


def _create_validation_plan_course() -> None:
    op.create_table(
        "validation_plan_course",
        sa.Column("row_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("credits", EXACT, nullable=True),
        sa.Column("credits_text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["row_id"],
            ["validation_plan_row.id"],
            name=op.f("fk_validation_plan_course_row_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("row_id", "position", name=op.f("pk_validation_plan_course")),
    )


def _create_validation_plan_answer() -> None:
    op.create_table(
        "validation_plan_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["validation_plan.id"], name=op.f("fk_validation_plan_answer_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_plan_answer")),
    )
    op.create_index(
        op.f("ix_validation_plan_answer_plan_id"),
        "validation_plan_answer",
        ["plan_id"],
        unique=False,
    )


def _create_validation_plan_signature() -> None:
    op.create_table(
        "validation_plan_signature",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=True),
        sa.Column("signer_position", sa.Text(), nullable=True),
        sa.Column("signer_email", sa.Text(), nullable=True),
        sa.Column("signed_at", BIG, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["validation_plan.id"], name=op.f("fk_validation_plan_signature_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_validation_plan_signature")),
        sa.UniqueConstraint(
            "plan_id", "role", name=op.f("uq_validation_plan_signature_plan_id_role")
        ),
    )
