"""The history: append-only, hash-chained per instance, refused by triggers to
everybody who would change it.

Personal payload lives in a table of its own: an event keeps only its keyed
digest, so erasing a person's payload leaves the chain verifiable.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    literal_column,
    text,
)

from engine.tables.meta import metadata
from engine.tables.types import BIG

TAKEN = text("kind IN ('work_item_claimed', 'work_item_assigned', 'work_item_delegated')")
"""The events with which a person takes a work item; a query must say it in these very words to be
served by the index of them."""
UNUSUAL_KINDS: Final = frozenset(
    {
        "incident_raised",
        "incident_retried",
        "instance_terminated",
        "message_not_delivered",
        "migrated",
        "work_item_assigned",
        "work_item_delegated",
    }
)
"""Kinds of events that few cases have, found along an index of their own."""

_LITERALS = tuple(f"'{kind}'" for kind in sorted(UNUSUAL_KINDS))
_UNUSUAL = text(f"kind IN ({', '.join(_LITERALS)})")
_IN_PLACE = text("on_behalf_of IS NOT NULL")
_PLACE = ("at", "instance_id", "seq")

history_event = Table(
    "history_event",
    metadata,
    Column("instance_id", BIG, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", BIG, nullable=False),
    Column("kind", Text, nullable=False),
    Column("element", Text),
    Column("work_item_id", BIG),
    Column("actor", Text, nullable=False),
    Column("on_behalf_of", Text),
    Column("payload_digest", LargeBinary),
    Column("hash", LargeBinary, nullable=False),
    Index(
        "ix_history_event_taken",
        "work_item_id",
        "at",
        sqlite_where=TAKEN,
        postgresql_where=TAKEN,
    ),
    Index("ix_history_event_at", *_PLACE),
    Index("ix_history_event_actor", "actor", *_PLACE),
    Index("ix_history_event_element", "element", *_PLACE),
    Index(
        "ix_history_event_on_behalf_of",
        "on_behalf_of",
        *_PLACE,
        sqlite_where=_IN_PLACE,
        postgresql_where=_IN_PLACE,
    ),
    Index(
        "ix_history_event_substituted",
        *_PLACE,
        sqlite_where=_IN_PLACE,
        postgresql_where=_IN_PLACE,
    ),
    Index(
        "ix_history_event_unusual",
        "kind",
        *_PLACE,
        sqlite_where=_UNUSUAL,
        postgresql_where=_UNUSUAL,
    ),
    sqlite_with_rowid=False,
)


def unusual(event: Any) -> ColumnElement[bool]:
    """That an event is of an unusual kind, in the words of the index of these."""
    return event.c.kind.in_([literal_column(kind) for kind in _LITERALS])  # type: ignore[no-any-return]


history_payload = Table(
    "history_payload",
    metadata,
    Column("instance_id", BIG, primary_key=True, autoincrement=False),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("salt", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

_GUARDED = (
    ("history_event", "UPDATE"),
    ("history_event", "DELETE"),
    ("history_payload", "UPDATE"),
    ("history_anchor", "UPDATE"),
    ("history_anchor", "DELETE"),
    ("history_anchored", "UPDATE"),
    ("history_anchored", "DELETE"),
    ("history_feed", "UPDATE"),
    ("history_feed", "DELETE"),
    ("history_anchor_stamp", "UPDATE"),
    ("history_anchor_stamp", "DELETE"),
)


def triggers(dialect: str) -> list[str]:
    """DDL that refuses changes of the history, for ``"sqlite"`` or ``"postgresql"``.

    An event and an anchor can be neither changed nor deleted; a payload can only be
    deleted whole, which is how a person's data is erased.
    """
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'history is append-only'); END"
            for table, verb in _GUARDED
        ]
    function = (
        "CREATE OR REPLACE FUNCTION history_is_append_only() RETURNS trigger "
        "LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'history is append-only'; END $$"
    )
    return [function] + [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION history_is_append_only()"
        for table, verb in _GUARDED
    ]
