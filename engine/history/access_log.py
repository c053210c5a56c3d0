"""The log of accesses: what was exported and downloaded, and what was refused to whom.

Such events belong to no case. They are a chain of their own beside those of the cases, in the
same tables, so they are verified, anchored and given to other systems as all events are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import Connection, insert, select, update

from engine.history.chain import GENESIS
from engine.history.queries import joined_events, present_event
from engine.history.recorder import Recorded, append
from engine.history.rows import one_at_a_time
from engine.tables import history_event, history_log
from engine.unit import Unit
from engine.values import HistoryEvent, Value

LOG: Final = 1 << 62
"""The id of the chain: one bit more than any instance has (engine.ids)."""

DENIED: Final = "access_denied"
EXPORTED: Final = "history_exported"
ORDERED: Final = "export_ordered"
DOWNLOADED: Final = "export_downloaded"


def note(unit: Unit, kind: str, payload: Mapping[str, Value]) -> None:
    """Add an event of the unit's actor."""
    own = history_log.c
    one_at_a_time(unit.connection, history_log)
    row = unit.connection.execute(select(own.seq, own.head).where(own.id == LOG)).first()
    before, head = (0, GENESIS) if row is None else row
    events = [Recorded(kind, unit.actor, payload=payload)]
    seq, head = append(unit.connection, LOG, before, head, unit.at, events)
    values = {"seq": seq, "head": head}
    if row is None:
        unit.connection.execute(insert(history_log).values(id=LOG, **values))
    else:
        unit.connection.execute(update(history_log).where(own.id == LOG).values(**values))


def listed(connection: Connection, *, before: int | None, limit: int) -> list[HistoryEvent]:
    """Events of the log, the newest first: those before a number, if one is given."""
    own = history_event.c
    statement = joined_events().where(own.instance_id == LOG)
    if before is not None:
        statement = statement.where(own.seq < before)
    rows = connection.execute(statement.order_by(own.seq.desc()).limit(limit))
    return [present_event(row) for row in rows]
