"""People, partners, mobilities, mails and sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_department()
    _create_institution()
    _create_mail_message()
    _create_person()
    _create_membership()
    _create_mobility()
    _create_sign_in()


def _create_department() -> None:
    op.create_table(
        "department",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_fr", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_es", sa.Text(), nullable=False),
        sa.Column("ounit_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
    )


def _create_institution() -> None:
    op.create_table(
        "institution",
        sa.Column("id", BIG, nullable=False),
        sa.Column("hei_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("erasmus_code", sa.Text(), nullable=True),
        sa.Column("contact_given_names", sa.Text(), nullable=True),
        sa.Column("contact_family_name", sa.Text(), nullable=True),
        sa.Column("contact_email", sa.Text(), nullable=True),
        sa.Column("course_catalogue_url", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institution")),
        sa.UniqueConstraint("hei_id", name=op.f("uq_institution_hei_id")),
    )


def _create_mail_message() -> None:
    op.create_table(
        "mail_message",
        sa.Column("id", BIG, nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sent_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_message_id")),
    )


def _create_person() -> None:
    op.create_table(
        "person",
        sa.Column("id", BIG, nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("given_names", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("login", name=op.f("uq_person_login")),
    )


def _create_membership() -> None:
    op.create_table(
        "membership",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_membership_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "group", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_group"), "membership", ["group"], unique=False)


def _create_mobility() -> None:
    op.create_table(
        "mobility",
        sa.Column("id", BIG, nullable=False),
        sa.Column("omobility_id", sa.Text(), nullable=False),
        sa.Column("mobility_type", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("sending_hei_id", sa.Text(), nullable=False),
        sa.Column("sending_ounit_name", sa.Text(), nullable=True),
        sa.Column("sending_ounit_id", sa.Text(), nullable=True),
        sa.Column("sending_contact_given_names", sa.Text(), nullable=True),
        sa.Column("sending_contact_family_name", sa.Text(), nullable=True),
        sa.Column("sending_contact_email", sa.Text(), nullable=True),
        sa.Column("sending_contact_phone_e164", sa.Text(), nullable=True),
        sa.Column("sending_contact_phone_ext", sa.Text(), nullable=True),
        sa.Column("sending_contact_phone_other_format", sa.Text(), nullable=True),
        sa.Column("receiving_hei_id", sa.Text(), nullable=False),
        sa.Column("receiving_ounit_name", sa.Text(), nullable=True),
        sa.Column("receiving_ounit_id", sa.Text(), nullable=True),
        sa.Column("receiving_contact_given_names", sa.Text(), nullable=True),
        sa.Column("receiving_contact_family_name", sa.Text(), nullable=True),
        sa.Column("receiving_contact_email", sa.Text(), nullable=True),
        sa.Column("receiving_contact_phone_e164", sa.Text(), nullable=True),
        sa.Column("receiving_contact_phone_ext", sa.Text(), nullable=True),
        sa.Column("receiving_contact_phone_other_format", sa.Text(), nullable=True),
        sa.Column("receiving_academic_year_id", sa.Text(), nullable=True),
        sa.Column("student_given_names", sa.Text(), nullable=True),
        sa.Column("student_family_name", sa.Text(), nullable=True),
        sa.Column("student_global_id", sa.Text(), nullable=True),
        sa.Column("student_birth_date", sa.Text(), nullable=True),
        sa.Column("student_citizenship", sa.Text(), nullable=True),
        sa.Column("student_gender", sa.Text(), nullable=True),
        sa.Column("student_email", sa.Text(), nullable=True),
        sa.Column("start_date", sa.Text(), nullable=True),
        sa.Column("start_year_month", sa.Text(), nullable=True),
        sa.Column("end_date", sa.Text(), nullable=True),
        sa.Column("end_year_month", sa.Text(), nullable=True),
        sa.Column("eqf_level_studied_at_departure", sa.Text(), nullable=True),
        sa.Column("isced_f_code", sa.Text(), nullable=True),
        sa.Column("isced_clarification", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("cefr_level", sa.Text(), nullable=True),
        sa.Column("learning_outcomes_url", sa.Text(), nullable=True),
        sa.Column("provisions_url", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mobility_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mobility")),
        sa.UniqueConstraint(
            "sending_hei_id", "omobility_id", name=op.f("uq_mobility_sending_hei_id_omobility_id")
        ),
    )
    op.create_index(op.f("ix_mobility_instance_id"), "mobility", ["instance_id"], unique=False)
    op.create_index(op.f("ix_mobility_person_id"), "mobility", ["person_id"], unique=False)


def _create_sign_in() -> None:
    op.create_table(
        "sign_in",
        sa.Column("token_digest", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("pk_sign_in")),
    )
