"""What operators look at: which workers run, and retries of many incidents at once."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("started_at", BIG, nullable=False),
    Column("seen_at", BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""Each process that runs jobs, from its start to its orderly end; who dies leaves its row."""

retry_order = Table(
    "retry_order",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("incidents", LargeBinary, nullable=False),
    Column("retried", Integer, nullable=False),
    Column("gone", Integer, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", BIG, nullable=False),
    Column("ended_at", BIG),
)
"""Incidents to be tried again, in their order; ``retried`` and ``gone`` say how far it is."""
