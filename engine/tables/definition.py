"""Deployed process definitions: immutable versions of a bundle."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, Table, Text, UniqueConstraint

from engine.tables.meta import metadata
from engine.tables.types import BIG

definition = Table(
    "definition",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("deployed_at", BIG, nullable=False),
    Column("deployed_by", Text, nullable=False),
    UniqueConstraint("key", "version"),
)

definition_file = Table(
    "definition_file",
    metadata,
    Column("definition_id", BIG, ForeignKey("definition.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
