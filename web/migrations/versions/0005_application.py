"""Campaigns and applications: places, wishes, points, results, nominations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_campaign()
    _create_campaign_ranking()
    _create_application()
    _create_campaign_commission()
    _create_campaign_place()
    _create_application_language()
    _create_application_result()
    _create_application_review()
    _create_application_wish()
    _create_campaign_seat()
    _create_nomination()
    _create_application_points()


def _create_campaign() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", BIG, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("academic_year", sa.Text(), nullable=False),
        sa.Column("opens_at", BIG, nullable=False),
        sa.Column("closes_at", BIG, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("allow_debt", sa.Boolean(), nullable=False),
        sa.Column("min_score", EXACT, nullable=True),
        sa.Column("required_documents", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )


def _create_campaign_ranking() -> None:
    op.create_table(
        "campaign_ranking",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("weight_motivation", sa.Integer(), nullable=False),
        sa.Column("weight_language", sa.Integer(), nullable=False),
        sa.Column("weight_results", sa.Integer(), nullable=False),
        sa.Column("weight_coherence", sa.Integer(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("allocated_at", BIG, nullable=True),
        sa.Column("allocated_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_ranking_campaign_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_ranking")),
        sa.UniqueConstraint(
            "campaign_id", "department", name=op.f("uq_campaign_ranking_campaign_id_department")
        ),
    )


def _create_application() -> None:
    op.create_table(
        "application",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ranking_id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("submitted_at", BIG, nullable=True),
        sa.Column("student_number", sa.Text(), nullable=False),
        sa.Column("enrolled", sa.Boolean(), nullable=True),
        sa.Column("years_completed", sa.Integer(), nullable=True),
        sa.Column("debts", sa.Boolean(), nullable=True),
        sa.Column("conditional", sa.Boolean(), nullable=True),
        sa.Column("eqf_level", sa.Integer(), nullable=True),
        sa.Column("isced_f", sa.Text(), nullable=False),
        sa.Column("erasmus_months", sa.Integer(), nullable=True),
        sa.Column("motivation", sa.Text(), nullable=False),
        sa.Column("tie_order", sa.Integer(), nullable=True),
        sa.Column("tie_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_application_campaign_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_application_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["ranking_id"], ["campaign_ranking.id"], name=op.f("fk_application_ranking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint(
            "campaign_id", "person_id", name=op.f("uq_application_campaign_id_person_id")
        ),
    )
    op.create_index(op.f("ix_application_person_id"), "application", ["person_id"], unique=False)
    op.create_index(op.f("ix_application_ranking_id"), "application", ["ranking_id"], unique=False)


def _create_campaign_commission() -> None:
    op.create_table(
        "campaign_commission",
        sa.Column("ranking_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_campaign_commission_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["ranking_id"],
            ["campaign_ranking.id"],
            name=op.f("fk_campaign_commission_ranking_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ranking_id", "person_id", name=op.f("pk_campaign_commission")),
    )


def _create_campaign_place() -> None:
    op.create_table(
        "campaign_place",
        sa.Column("id", BIG, nullable=False),
        sa.Column("ranking_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hei_id", sa.Text(), nullable=False),
        sa.Column("isced_f", sa.Text(), nullable=False),
        sa.Column("eqf_level", sa.Integer(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("cefr", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_campaign_place_months_positive")),
        sa.ForeignKeyConstraint(
            ["ranking_id"], ["campaign_ranking.id"], name=op.f("fk_campaign_place_ranking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_place")),
    )
    op.create_index(
        op.f("ix_campaign_place_ranking_id"), "campaign_place", ["ranking_id"], unique=False
    )


def _create_application_language() -> None:
    op.create_table(
        "application_language",
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("cefr", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_language_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", "language", name=op.f("pk_application_language")),
    )


def _create_application_result() -> None:
    op.create_table(
        "application_result",
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("place_id", BIG, nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_result_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["campaign_place.id"], name=op.f("fk_application_result_place_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_application_result")),
    )


def _create_application_review() -> None:
    op.create_table(
        "application_review",
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_review_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_application_review_person_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_application_review")),
    )


def _create_application_wish() -> None:
    op.create_table(
        "application_wish",
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("failed", sa.Text(), nullable=False),
        sa.Column("admitted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_wish_application_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["campaign_place.id"], name=op.f("fk_application_wish_place_id")
        ),
        sa.PrimaryKeyConstraint("application_id", "rank", name=op.f("pk_application_wish")),
        sa.UniqueConstraint(
            "application_id", "place_id", name=op.f("uq_application_wish_application_id_place_id")
        ),
    )
    op.create_index(
        op.f("ix_application_wish_place_id"), "application_wish", ["place_id"], unique=False
    )


def _create_campaign_seat() -> None:
    op.create_table(
        "campaign_seat",
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("application_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_campaign_seat_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["campaign_place.id"],
            name=op.f("fk_campaign_seat_place_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "number", name=op.f("pk_campaign_seat")),
        sa.UniqueConstraint("application_id", name=op.f("uq_campaign_seat_application_id")),
    )


def _create_nomination() -> None:
    op.create_table(
        "nomination",
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("place_id", BIG, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sent_at", BIG, nullable=False),
        sa.Column("sent_by", sa.Text(), nullable=False),
        sa.Column("answered_at", BIG, nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("mobility_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_nomination_application_id")
        ),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_nomination_mobility_id")
        ),
        sa.ForeignKeyConstraint(
            ["place_id"], ["campaign_place.id"], name=op.f("fk_nomination_place_id")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_nomination")),
    )


def _create_application_points() -> None:
    op.create_table(
        "application_points",
        sa.Column("application_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("points", EXACT, nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id", "person_id"],
            ["application_review.application_id", "application_review.person_id"],
            name=op.f("fk_application_points_application_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "application_id", "person_id", "criterion", name=op.f("pk_application_points")
        ),
    )
