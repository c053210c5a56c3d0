"""What the engine remembers of the outside: answers given, messages received,
incidents raised.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, SmallInteger, Table, Text, text

from engine.tables.meta import metadata
from engine.tables.types import BIG

_OPEN = text("status = 0")

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", Text, primary_key=True),
    Column("command", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("at", BIG, nullable=False),
    sqlite_with_rowid=False,
)

received_message = Table(
    "received_message",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("at", BIG, nullable=False),
    Column("instance_id", BIG),
    sqlite_with_rowid=False,
)

incident = Table(
    "incident",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, ForeignKey("instance.id")),
    Column("job_id", BIG, nullable=False),
    Column("element", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("params", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("at", BIG, nullable=False),
    Column("resolved_at", BIG),
    Column("resolved_by", Text),
    Index("ix_incident_open", "at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index(None, "instance_id"),
    Index(None, "job_id"),
)
