"""Process instances and who may see them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    false,
    text,
)

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
    Column("restricted", Boolean, nullable=False, server_default=false()),
    Column("erased_at", BIG),
    Index(None, "business_key"),
    Index(None, "started_at"),
    Index(None, "definition_id"),
    Index(None, "org_unit"),
    Index(None, "counterparty"),
    Index(
        "ix_instance_restricted",
        "id",
        sqlite_where=text("restricted = 1"),
        postgresql_where=text("restricted"),
    ),
    Index(
        "ix_instance_running",
        "definition_id",
        sqlite_where=text("status = 0"),
        postgresql_where=text("status = 0"),
    ),
)
"""``restricted`` hides an instance from those who oversee and have no part in it; since
``erased_at`` all that was personal in it is gone."""

identity_link = Table(
    "identity_link",
    metadata,
    Column("group", Text, primary_key=True),
    Column("instance_id", BIG, ForeignKey("instance.id"), primary_key=True),
    sqlite_with_rowid=False,
)
"""Groups that may see an instance beside those who hold its work items."""
