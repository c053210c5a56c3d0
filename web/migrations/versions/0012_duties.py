"""Restricted cases; grants, partnerships, meetings, difficulties, correspondence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _restrict_instances()
    _create_meeting()
    _create_partnership()
    _create_meeting_department()
    _create_meeting_seat()
    _create_partnership_opinion()
    _create_difficulty()
    _create_mobility_grant()
    _create_relay_letter()
    _create_mobility_grant_event()
    _create_relay_enclosure()


def _restrict_instances() -> None:
    op.add_column(
        "instance",
        sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index(
        "ix_instance_restricted",
        "instance",
        ["id"],
        sqlite_where=sa.text("restricted = 1"),
        postgresql_where=sa.text("restricted"),
    )


def _create_meeting() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("ends_at", BIG, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("organizer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("changed_at", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_starts_at"), "meeting", ["starts_at"], unique=False)


def _create_partnership() -> None:
    op.create_table(
        "partnership",
        sa.Column("id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("hei_id", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("isced_f", sa.Text(), nullable=False),
        sa.Column("places_out", sa.Integer(), nullable=False),
        sa.Column("places_in", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("renewal_on", sa.Date(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("home_curriculum", sa.Text(), nullable=False),
        sa.Column("partner_curriculum", sa.Text(), nullable=False),
        sa.Column("grade_grid", sa.Text(), nullable=False),
        sa.Column("renewal_of", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("signed_at", BIG, nullable=True),
        sa.CheckConstraint("years >= 0", name=op.f("ck_partnership_years_not_negative")),
        sa.ForeignKeyConstraint(
            ["renewal_of"], ["partnership.id"], name=op.f("fk_partnership_renewal_of")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership")),
    )
    op.create_index(op.f("ix_partnership_hei_id"), "partnership", ["hei_id"], unique=False)
    op.create_index(op.f("ix_partnership_renewal_of"), "partnership", ["renewal_of"], unique=False)


def _create_meeting_department() -> None:
    op.create_table(
        "meeting_department",
        sa.Column("meeting_id", BIG, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meeting.id"],
            name=op.f("fk_meeting_department_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "department", name=op.f("pk_meeting_department")),
    )


def _create_meeting_seat() -> None:
    op.create_table(
        "meeting_seat",
        sa.Column("id", BIG, nullable=False),
        sa.Column("meeting_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("signed_up_at", BIG, nullable=True),
        sa.Column("attended", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_seat_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_meeting_seat_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_seat")),
        sa.UniqueConstraint(
            "meeting_id", "person_id", name=op.f("uq_meeting_seat_meeting_id_person_id")
        ),
    )
    op.create_index(op.f("ix_meeting_seat_person_id"), "meeting_seat", ["person_id"], unique=False)


def _create_partnership_opinion() -> None:
    op.create_table(
        "partnership_opinion",
        sa.Column("id", BIG, nullable=False),
        sa.Column("partnership_id", BIG, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"],
            ["partnership.id"],
            name=op.f("fk_partnership_opinion_partnership_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partnership_opinion")),
    )
    op.create_index(
        op.f("ix_partnership_opinion_partnership_id"),
        "partnership_opinion",
        ["partnership_id"],
        unique=False,
    )


def _create_difficulty() -> None:
    op.create_table(
        "difficulty",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", BIG, nullable=False),
        sa.Column("follower", sa.Text(), nullable=False),
        sa.Column("set_aside_because", sa.Text(), nullable=False),
        sa.Column("contacted_on", sa.Date(), nullable=True),
        sa.Column("contact_summary", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("arrangement", sa.Text(), nullable=False),
        sa.Column("arranged_from", sa.Date(), nullable=True),
        sa.Column("arranged_until", sa.Date(), nullable=True),
        sa.Column("change_id", BIG, nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("closed_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_difficulty_mobility_id")
        ),
        sa.ForeignKeyConstraint(
            ["change_id"], ["contract_change.id"], name=op.f("fk_difficulty_change_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_difficulty")),
    )
    op.create_index(op.f("ix_difficulty_instance_id"), "difficulty", ["instance_id"], unique=False)
    op.create_index(op.f("ix_difficulty_mobility_id"), "difficulty", ["mobility_id"], unique=False)


def _create_mobility_grant() -> None:
    op.create_table(
        "mobility_grant",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("academic_year", sa.Text(), nullable=False),
        sa.Column("stay_start", sa.Date(), nullable=True),
        sa.Column("stay_end", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("cycle_days", sa.Integer(), nullable=False),
        sa.Column("enrolled", sa.Boolean(), nullable=False),
        sa.Column("crous_holder", sa.Boolean(), nullable=False),
        sa.Column("monthly_amount", EXACT, nullable=False),
        sa.Column("days_per_month", sa.Integer(), nullable=False),
        sa.Column("prefinancing_percent", sa.Integer(), nullable=False),
        sa.Column("total", EXACT, nullable=False),
        sa.Column("prefinancing", EXACT, nullable=False),
        sa.Column("paid", EXACT, nullable=False),
        sa.Column("balance", EXACT, nullable=False),
        sa.Column("failed_rules", sa.Text(), nullable=False),
        sa.Column("exception", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_mobility_grant_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mobility_grant")),
    )
    op.create_index(
        op.f("ix_mobility_grant_mobility_id"), "mobility_grant", ["mobility_id"], unique=False
    )


def _create_relay_letter() -> None:
    op.create_table(
        "relay_letter",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("to_student", sa.Boolean(), nullable=False),
        sa.Column("to_coordinator", sa.Boolean(), nullable=False),
        sa.Column("to_ri", sa.Boolean(), nullable=False),
        sa.Column("to_partner", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_relay_letter_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_letter")),
        sa.UniqueConstraint(
            "mobility_id", "author", "key", name=op.f("uq_relay_letter_mobility_id_author_key")
        ),
    )


def _create_mobility_grant_event() -> None:
    op.create_table(
        "mobility_grant_event",
        sa.Column("id", BIG, nullable=False),
        sa.Column("grant_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("amount", EXACT, nullable=True),
        sa.Column("total", EXACT, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["mobility_grant.id"], name=op.f("fk_mobility_grant_event_grant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mobility_grant_event")),
    )
    op.create_index(
        op.f("ix_mobility_grant_event_grant_id"), "mobility_grant_event", ["grant_id"], unique=False
    )


def _create_relay_enclosure() -> None:
    op.create_table(
        "relay_enclosure",
        sa.Column("document_id", BIG, nullable=False),
        sa.Column("letter_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_relay_enclosure_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["relay_letter.id"], name=op.f("fk_relay_enclosure_letter_id")
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_relay_enclosure")),
    )
    op.create_index(
        op.f("ix_relay_enclosure_letter_id"), "relay_enclosure", ["letter_id"], unique=False
    )
