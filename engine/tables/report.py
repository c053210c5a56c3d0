"""Reports over many cases: computed once for all who ask, and kept."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

history_report = Table(
    "history_report",
    metadata,
    Column("key", Text, primary_key=True),
    Column("job_id", BIG, nullable=False),
    Column("asked_at", BIG, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("computed_at", BIG),
    Column("answer", LargeBinary),
    sqlite_with_rowid=False,
)
"""``key`` is a digest of what was asked; ``job_id`` is the job that computes it, or was the last.
``answer`` is what was true at ``computed_at``: it stays until the next one is there."""
