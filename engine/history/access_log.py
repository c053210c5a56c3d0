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
from engine.tables import access_refused, history_event, history_log
from engine.unit import Unit
from engine.values import HistoryEvent, Value

LOG: Final = 1 << 62
"""The id of the chain: one bit more than any instance has (engine.ids)."""

DENIED: Final = "access_denied"
EXPORTED: Final = "history_exported"
ORDERED: Final = "export_ordered"
DOWNLOADED: Final = "export_downloaded"

IN_FULL: Final = 10
"""So many refusals of a person under one policy within an hour are told one by one."""

_HOUR: Final = 3_600_000_000


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


def note_refused(unit: Unit, policy: str, asked: Mapping[str, Value]) -> None:
    """Note that ``policy`` refused to the unit's actor what was ``asked``.

    Within an hour from a first refusal the first :data:`IN_FULL` are each an event. Of more, each
    that doubles their number is one, and says the number: ``times``. The first of a later hour
    says how many there were in the one before: ``before``. So whoever asks for forbidden pages
    by the thousand adds a handful of events, and hides nothing.
    """
    one_at_a_time(unit.connection, history_log)
    times, before = _counted(unit, policy)
    payload = {**asked, "policy": policy}
    if times > IN_FULL:
        payload["times"] = times
    if before > IN_FULL:
        payload["before"] = before
    if times <= IN_FULL or _doubled(times):
        note(unit, DENIED, payload)


def _counted(unit: Unit, policy: str) -> tuple[int, int]:
    """The number of this refusal in its hour; where it begins one, those of the one before."""
    own, key = access_refused.c, {"actor": unit.actor.id, "policy": policy}
    mine = (own.actor == unit.actor.id) & (own.policy == policy)
    row = unit.connection.execute(select(own.since, own.times).where(mine)).first()
    if row is None:
        unit.connection.execute(insert(access_refused).values(**key, since=unit.at, times=1))
        return 1, 0
    since, times = row
    begins = unit.at - since >= _HOUR
    counted = {"since": unit.at, "times": 1} if begins else {"times": times + 1}
    unit.connection.execute(update(access_refused).where(mine).values(**counted))
    return counted["times"], times if begins else 0


def _doubled(times: int) -> bool:
    return times % IN_FULL == 0 and (times // IN_FULL).bit_count() == 1


def listed(connection: Connection, *, before: int | None, limit: int) -> list[HistoryEvent]:
    """Events of the log, the newest first: those before a number, if one is given."""
    own = history_event.c
    statement = joined_events().where(own.instance_id == LOG)
    if before is not None:
        statement = statement.where(own.seq < before)
    rows = connection.execute(statement.order_by(own.seq.desc()).limit(limit))
    return [present_event(row) for row in rows]
