"""What keeps an instance's content, and what has been erased of which instance, and why."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from engine.tables.meta import metadata
from engine.tables.types import BIG

_HOLDING = text("lifted_at IS NULL")

legal_hold = Table(
    "legal_hold",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, ForeignKey("instance.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_at", BIG, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("lifted_at", BIG),
    Column("lifted_by", Text),
    Column("lifted_because", Text),
    Index(
        "ix_legal_hold_instance_id",
        "instance_id",
        unique=True,
        sqlite_where=_HOLDING,
        postgresql_where=_HOLDING,
    ),
)
"""While one is not lifted, nothing of its instance is erased."""

erasure = Table(
    "erasure",
    metadata,
    Column("instance_id", BIG, ForeignKey("instance.id"), primary_key=True, autoincrement=False),
    Column("run_id", BIG),
    Column("at", BIG, nullable=False),
    Column("actor", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("payloads", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("mails", Integer, nullable=False),
    Column("archive", Text, nullable=False),
    Column("archive_sha256", Text, nullable=False),
    Index(None, "run_id"),
)
"""What went of an instance: under which ``rule`` in which ``revision``, or for which ``reason``.

``archive`` is the file its evidence was written to before, empty where it was destroyed.
"""
