"""Process definitions: deployed versions, which never change, and the drafts of the next ones."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.tables.meta import metadata
from engine.tables.types import BIG

_RETIRED = text("resumed_at IS NULL")

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

definition_draft = Table(
    "definition_draft",
    metadata,
    Column("key", Text, primary_key=True),
    Column("revision", BIG, nullable=False),
    Column("based_on", Integer, nullable=False),
    Column("saved_at", BIG, nullable=False),
    Column("saved_by", Text, nullable=False),
)
"""The next version of a process while it is worked on. ``revision`` is another number after
each save, and none comes twice; ``based_on`` is the version that was in force at the first, 0
where none was."""

definition_draft_file = Table(
    "definition_draft_file",
    metadata,
    Column("key", Text, ForeignKey("definition_draft.key", ondelete="CASCADE"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

definition_draft_editor = Table(
    "definition_draft_editor",
    metadata,
    Column("key", Text, primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("seen_at", BIG, nullable=False),
)
"""Who has which draft open, as their browsers have last said."""
definition_publication = Table(
    "definition_publication",
    metadata,
    Column("key", Text, ForeignKey("definition_draft.key", ondelete="CASCADE"), primary_key=True),
    Column("id", BIG, nullable=False),
    Column("job_id", BIG),
    Column("revision", BIG, nullable=False),
    Column("replacing", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("due_at", BIG, nullable=False),
    Column("set_at", BIG, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("refused", Text),
)
"""The publication of a draft that is set for a time to come or, without ``job_id``, waits for an
approval; once ``refused`` says why, one that did not happen. It goes with its draft."""

definition_retirement = Table(
    "definition_retirement",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False),
    Column("retired_at", BIG, nullable=False),
    Column("retired_by", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("resumed_at", BIG),
    Column("resumed_by", Text),
    Column("resumed_note", Text),
    Index(
        "ix_definition_retired",
        "key",
        unique=True,
        sqlite_where=_RETIRED,
        postgresql_where=_RETIRED,
    ),
)
"""When a process took no new instances, and why; it takes none while one is not resumed."""
