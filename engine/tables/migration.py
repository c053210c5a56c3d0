"""Migration orders, and what became of each case under one."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

migration_order = Table(
    "migration_order",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("source_id", BIG, ForeignKey("definition.id"), nullable=False),
    Column("target_id", BIG, ForeignKey("definition.id"), nullable=False),
    Column("mapping", LargeBinary, nullable=False),
    Column("org_unit", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", BIG, nullable=False),
    Column("ended_at", BIG),
    Index(None, "source_id"),
)

migration_result = Table(
    "migration_result",
    metadata,
    Column("order_id", BIG, ForeignKey("migration_order.id"), primary_key=True),
    Column("instance_id", BIG, ForeignKey("instance.id"), primary_key=True),
    Column("way", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("at", BIG, nullable=False),
    Index("ix_migration_result_way", "order_id", "way", "instance_id"),
    sqlite_with_rowid=False,
)
"""A case is in it once an order: with the way it went, or the reason why it stayed."""
