"""Jobs (automatic work with retries and due time) and message subscriptions.

A job that is done is deleted in the transaction that records its effect; what
remains is to be done, or failed and waiting for a person.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from engine.tables.meta import metadata
from engine.tables.types import BIG

_PENDING = text("status = 0")

job = Table(
    "job",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, ForeignKey("instance.id")),
    Column("kind", Text, nullable=False),
    Column("element", Text, nullable=False),
    Column("task_no", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("due_at", BIG, nullable=False),
    Column("attempts", SmallInteger, nullable=False),
    Column("max_attempts", SmallInteger, nullable=False),
    Column("backoff_seconds", Integer, nullable=False),
    Column("lease_until", BIG),
    Column("lease_by", Text),
    Column("last_error", Text),
    Column("created_at", BIG, nullable=False),
    Index("ix_job_due", "due_at", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
    Index("ix_job_instance", "instance_id", "task_no"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, ForeignKey("instance.id"), nullable=False),
    Column("task_no", Integer, nullable=False),
    Column("element", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("business_key", Text, nullable=False),
    Column("correlation", Text, nullable=False),
    Column("created_at", BIG, nullable=False),
    Index(None, "message", "business_key"),
    Index(None, "instance_id"),
)
