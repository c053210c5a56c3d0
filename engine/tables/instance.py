"""Process instances and who may see them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

instance = Table(
    "instance",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("definition_id", BIG, ForeignKey("definition.id"), nullable=False),
    Column("business_key", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    Column("state", LargeBinary),
    Column("subject", Text, nullable=False),
    Column("org_unit", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("started_at", BIG, nullable=False),
    Column("ended_at", BIG),
    Index(None, "business_key"),
    Index(None, "started_at"),
)

identity_link = Table(
    "identity_link",
    metadata,
    Column("group", Text, primary_key=True),
    Column("instance_id", BIG, ForeignKey("instance.id"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Groups that may see an instance beside those who hold its work items."""
