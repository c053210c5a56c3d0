"""Anchors: what was signed of the whole record at an instant; append-only like the history."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

history_anchor = Table(
    "history_anchor",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BIG, nullable=False),
    Column("statement", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
)
"""``statement`` holds the very bytes that are signed."""

history_anchored = Table(
    "history_anchored",
    metadata,
    Column("instance_id", BIG, primary_key=True, autoincrement=False),
    Column("number", Integer, ForeignKey("history_anchor.number"), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The heads an anchor seals, each where it had changed since the anchor before."""

history_anchor_stamp = Table(
    "history_anchor_stamp",
    metadata,
    Column(
        "number",
        Integer,
        ForeignKey("history_anchor.number"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("at", BIG, nullable=False),
    Column("token", LargeBinary, nullable=False),
)
"""The time stamp (RFC 3161) over an anchor's statement, as the authority gave it (DER)."""

history_check = Table(
    "history_check",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("started_at", BIG, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("ended_at", BIG),
    Column("anchor", Integer),
    Column("total", Integer, nullable=False),
    Column("instances", Integer, nullable=False),
    Column("events", BIG, nullable=False),
    Column("erased", BIG, nullable=False),
    Column("broken", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
    Column("faults", LargeBinary, nullable=False),
)
"""A verification as background work: how far it is of ``total`` instances, and what it found.

``anchor`` is the newest one at its start, which it compared the record with.
"""
