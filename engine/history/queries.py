"""Reads history."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, select

from engine.tables import history_event, history_payload
from engine.tables.types import from_micros
from engine.values import HistoryEvent

MAX_LIMIT = 1_000


def _joined() -> Any:
    return select(history_event, history_payload.c.salt, history_payload.c.payload).outerjoin(
        history_payload,
        (history_payload.c.instance_id == history_event.c.instance_id)
        & (history_payload.c.seq == history_event.c.seq),
    )


def events(
    connection: Connection, instance_id: int, *, after: int, limit: int, newest: bool
) -> list[HistoryEvent]:
    """Up to ``limit`` events of an instance after sequence number ``after``, in order.

    Of more than fit, the newest or the oldest.
    """
    order = history_event.c.seq.desc() if newest else history_event.c.seq
    rows = connection.execute(
        _joined()
        .where(history_event.c.instance_id == instance_id, history_event.c.seq > after)
        .order_by(order)
        .limit(max(1, min(limit, MAX_LIMIT)))
    ).all()
    return [present_event(row) for row in (reversed(rows) if newest else rows)]


def of_kind(connection: Connection, instance_id: int, kind: str) -> list[HistoryEvent]:
    """The events of one kind of an instance, in order."""
    rows = connection.execute(
        _joined()
        .where(history_event.c.instance_id == instance_id, history_event.c.kind == kind)
        .order_by(history_event.c.seq)
    )
    return [present_event(row) for row in rows]


def present_event(row: Any) -> HistoryEvent:
    """The event of a row of ``history_event`` with its payload."""
    return HistoryEvent(
        instance_id=row.instance_id,
        seq=row.seq,
        at=from_micros(row.at),
        kind=row.kind,
        element=row.element,
        work_item_id=row.work_item_id,
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        payload=orjson.loads(row.payload) if row.payload is not None else None,
    )
