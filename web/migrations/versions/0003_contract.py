"""The learning agreement: versions, components, reviews, signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EXACT = sa.Numeric().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create them."""
    _create_contract_version()
    _create_contract_component()
    _create_contract_partner_comment()
    _create_contract_review()
    _create_contract_signature()
    _create_contract_component_credit()


def _create_contract_version() -> None:
    op.create_table(
        "contract_version",
        sa.Column("id", BIG, nullable=False),
        sa.Column("mobility_id", BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changes_proposal_id", sa.Text(), nullable=True),
        sa.Column("base_id", BIG, nullable=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("submitted_at", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["base_id"], ["contract_version.id"], name=op.f("fk_contract_version_base_id")
        ),
        sa.ForeignKeyConstraint(
            ["mobility_id"], ["mobility.id"], name=op.f("fk_contract_version_mobility_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_version")),
        sa.UniqueConstraint(
            "mobility_id", "number", name=op.f("uq_contract_version_mobility_id_number")
        ),
    )


def _create_contract_component() -> None:
    op.create_table(
        "contract_component",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("lineage", sa.Text(), nullable=False),
        sa.Column("los_id", sa.Text(), nullable=True),
        sa.Column("los_code", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("loi_id", sa.Text(), nullable=True),
        sa.Column("term_number", sa.Text(), nullable=True),
        sa.Column("total_terms", sa.Text(), nullable=True),
        sa.Column("recognition_conditions", sa.Text(), nullable=True),
        sa.Column("short_description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.Text(), nullable=True),
        sa.Column("reason_text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contract_version.id"], name=op.f("fk_contract_component_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_component")),
        sa.UniqueConstraint(
            "version_id",
            "part",
            "position",
            name=op.f("uq_contract_component_version_id_part_position"),
        ),
    )


def _create_contract_partner_comment() -> None:
    op.create_table(
        "contract_partner_comment",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=True),
        sa.Column("signer_position", sa.Text(), nullable=True),
        sa.Column("signer_email", sa.Text(), nullable=True),
        sa.Column("signer_app", sa.Text(), nullable=True),
        sa.Column("timestamp", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["contract_version.id"],
            name=op.f("fk_contract_partner_comment_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_partner_comment")),
    )
    op.create_index(
        op.f("ix_contract_partner_comment_version_id"),
        "contract_partner_comment",
        ["version_id"],
        unique=False,
    )


def _create_contract_review() -> None:
    op.create_table(
        "contract_review",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("checks", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reviewer_name", sa.Text(), nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contract_version.id"], name=op.f("fk_contract_review_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_review")),
    )
    op.create_index(
        op.f("ix_contract_review_version_id"), "contract_review", ["version_id"], unique=False
    )


def _create_contract_signature() -> None:
    op.create_table(
        "contract_signature",
        sa.Column("id", BIG, nullable=False),
        sa.Column("version_id", BIG, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("signer_name", sa.Text(), nullable=True),
        sa.Column("signer_position", sa.Text(), nullable=True),
        sa.Column("signer_email", sa.Text(), nullable=True),
        sa.Column("signer_app", sa.Text(), nullable=True),
        sa.Column("timestamp", sa.Text(), nullable=False),
        sa.Column("signed_at", BIG, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"], ["contract_version.id"], name=op.f("fk_contract_signature_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_signature")),
        sa.UniqueConstraint(
            "version_id", "role", name=op.f("uq_contract_signature_version_id_role")
        ),
    )


def _create_contract_component_credit() -> None:
    op.create_table(
        "contract_component_credit",
        sa.Column("component_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"],
            ["contract_component.id"],
            name=op.f("fk_contract_component_credit_component_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "component_id", "position", name=op.f("pk_contract_component_credit")
        ),
    )
