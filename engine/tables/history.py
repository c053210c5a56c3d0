"""The history: append-only, hash-chained per instance, refused by triggers to
everybody who would change it.

Personal payload lives in a table of its own: an event keeps only its keyed
digest, so erasing a person's payload leaves the chain verifiable.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

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
    sqlite_with_rowid=False,
)

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
