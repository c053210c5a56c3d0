"""Retention: rules, legal holds, purges and what was erased; anchors mailed and time-stamped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HOLDING = sa.text("lifted_at IS NULL")


def upgrade() -> None:
    """Create them."""
    _create_stamps_and_attachments()
    _create_bundles()
    op.add_column("instance", sa.Column("erased_at", BIG, nullable=True))
    _create_holds_and_reports()
    op.create_table(
        "retention_rule",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("keep_active", sa.Integer(), nullable=False),
        sa.Column("keep_intermediate", sa.Integer(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("set_at", BIG, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "revision", name=op.f("pk_retention_rule")),
    )
    op.create_table(
        "purge",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("started_at", BIG, nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge")),
    )
    op.create_table(
        "person_erasure",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_erasure_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_erasure")),
    )


def _create_stamps_and_attachments() -> None:
    op.create_table(
        "history_anchor_stamp",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["history_anchor.number"], name=op.f("fk_history_anchor_stamp_number")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_history_anchor_stamp")),
    )
    op.create_table(
        "mail_attachment",
        sa.Column("mail_id", BIG, nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"],
            ["mail_message.id"],
            name=op.f("fk_mail_attachment_mail_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mail_attachment")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE"):
        refuse = (
            "BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            if sqlite
            else "FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        )
        op.execute(
            f"CREATE TRIGGER history_anchor_stamp_no_{verb.lower()} "
            f"BEFORE {verb} ON history_anchor_stamp {refuse}"
        )


def _create_holds_and_reports() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("instance_id", BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", BIG, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("lifted_at", BIG, nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_legal_hold_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
    )
    op.create_index(
        "ix_legal_hold_instance_id",
        "legal_hold",
        ["instance_id"],
        unique=True,
        sqlite_where=_HOLDING,
        postgresql_where=_HOLDING,
    )
    op.create_table(
        "erasure",
        sa.Column("instance_id", BIG, autoincrement=False, nullable=False),
        sa.Column("run_id", BIG, nullable=True),
        sa.Column("at", BIG, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("payloads", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("archive", sa.Text(), nullable=False),
        sa.Column("archive_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_erasure_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_erasure")),
    )
    op.create_index(op.f("ix_erasure_run_id"), "erasure", ["run_id"])


def _create_bundles() -> None:
    op.create_table(
        "evidence_bundle",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("altered", sa.Text(), nullable=False),
        sa.Column("anchor", sa.Integer(), nullable=True),
        sa.Column("ended_at", BIG, nullable=True),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("expired_at", BIG, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_bundle")),
    )
    op.create_table(
        "evidence_bundle_case",
        sa.Column("bundle_id", BIG, autoincrement=False, nullable=False),
        sa.Column("instance_id", BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["bundle_id"],
            ["evidence_bundle.id"],
            name=op.f("fk_evidence_bundle_case_bundle_id"),
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_evidence_bundle_case_instance_id")
        ),
        sa.PrimaryKeyConstraint("bundle_id", "instance_id", name=op.f("pk_evidence_bundle_case")),
    )
