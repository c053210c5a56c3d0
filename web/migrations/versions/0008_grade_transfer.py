"""Tables of grade transfer, and the grading tables it shares with recognition."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_grading_table()
    _create_incoming_stay()
    _create_graded_course()
    _create_grade_entry()
    _create_transcript()


def _create_grading_table() -> None:
    op.create_table(
        "grading_table",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hei_id", sa.Text(), nullable=False),
        sa.Column("isced_f", sa.Text(), nullable=False),
        sa.Column("eqf", sa.Integer(), nullable=False),
        sa.Column("years", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_table")),
        sa.UniqueConstraint(
            "hei_id",
            "isced_f",
            "eqf",
            "scale",
            "version",
            name=op.f("uq_grading_table_hei_id_isced_f_eqf_scale_version"),
        ),
    )


def _create_incoming_stay() -> None:
    op.create_table(
        "incoming_stay",
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("first_day", sa.Text(), nullable=True),
        sa.Column("last_day", sa.Text(), nullable=True),
        sa.Column("withdrawn_on", sa.Text(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=True),
        sa.Column("recorded_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_incoming_stay_mobility_id")
        ),
        sa.PrimaryKeyConstraint("mobility_id", name=op.f("pk_incoming_stay")),
    )


def _create_graded_course() -> None:
    op.create_table(
        "graded_course",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("lineage", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("academic_year", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("title_fr", sa.Text(), nullable=True),
        sa.Column("title_en", sa.Text(), nullable=True),
        sa.Column("title_es", sa.Text(), nullable=True),
        sa.Column("term_number", sa.Text(), nullable=True),
        sa.Column("total_terms", sa.Text(), nullable=True),
        sa.Column("ects", EXACT, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.Text(), nullable=True),
        sa.Column("entered_at", BIG, nullable=True),
        sa.Column("certified_by", sa.Text(), nullable=True),
        sa.Column("certified_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_graded_course_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_graded_course")),
        sa.UniqueConstraint(
            "mobility_id", "lineage", name=op.f("uq_graded_course_mobility_id_lineage")
        ),
    )
    op.create_index(
        op.f("ix_graded_course_department_academic_year"),
        "graded_course",
        ["department", "academic_year"],
        unique=False,
    )


def _create_grade_entry() -> None:
    op.create_table(
        "grade_entry",
        sa.Column("id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["graded_course.id"], name=op.f("fk_grade_entry_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade_entry")),
    )
    op.create_index(op.f("ix_grade_entry_course_id"), "grade_entry", ["course_id"], unique=False)


def _create_transcript() -> None:
    documents = [f"document_{language}" for language in ("fr", "en", "es")]
    op.create_table(
        "transcript",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("checked_by", sa.Text(), nullable=False),
        sa.Column("checked_at", BIG, nullable=False),
        sa.Column("signatory_name", sa.Text(), nullable=True),
        sa.Column("signatory_position", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Text(), nullable=True),
        sa.Column("signed_at", BIG, nullable=True),
        sa.Column("issued_at", BIG, nullable=True),
        sa.Column("superseded_at", BIG, nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledged_at", BIG, nullable=True),
        sa.Column("returned", sa.Text(), nullable=True),
        sa.Column("contested", sa.Text(), nullable=True),
        *(sa.Column(name, BIG, nullable=True) for name in documents),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_transcript_mobility_id")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["document.id"], name=op.f(f"fk_transcript_{name}"))
            for name in documents
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcript")),
        sa.UniqueConstraint("mobility_id", "number", name=op.f("uq_transcript_mobility_id_number")),
    )
