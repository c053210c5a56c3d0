"""Orders to try many incidents again: given once, worked off one by one by whichever worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from engine.errors import Conflict, NotFound
from engine.ids import new_id
from engine.operations.failures import Alike
from engine.tables import retry_order
from engine.tables.types import from_micros
from engine.unit import Unit

JOB_KIND = "retries"


@dataclass(frozen=True, slots=True)
class RetryOrder:
    """An order and how far it is. ``gone`` are those that needed no retry any more."""

    id: int
    kind: str
    reason: str
    detail: str
    incidents: Sequence[int]
    retried: int
    gone: int
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None

    @property
    def done(self) -> int:
        """How many have been looked at."""
        return self.retried + self.gone

    @property
    def running(self) -> bool:
        """Whether any may still be tried again under it."""
        return self.ended_at is None


def begin(unit: Unit, alike: Alike) -> int:
    """Write an order for incidents down and have the workers begin; gives its id."""
    order_id = new_id()
    unit.connection.execute(
        insert(retry_order).values(
            id=order_id,
            kind=alike.kind,
            reason=alike.reason,
            detail=alike.detail,
            incidents=orjson.dumps([each.id for each in alike.failures]),
            retried=0,
            gone=0,
            asked_by=unit.actor.id,
            asked_at=unit.at,
        )
    )
    unit.enqueue(JOB_KIND, {"order": order_id})
    return order_id


def find(connection: Connection, order_id: int) -> RetryOrder:
    """An order; raises NotFound."""
    row = connection.execute(select(retry_order).where(retry_order.c.id == order_id)).one_or_none()
    if row is None:
        raise NotFound
    return _order(row)


def latest(connection: Connection, limit: int) -> list[RetryOrder]:
    """The latest orders, the newest first."""
    rows = connection.execute(select(retry_order).order_by(retry_order.c.id.desc()).limit(limit))
    return [_order(row) for row in rows]


def count(unit: Unit, order: RetryOrder, done: int, *, gone: bool) -> None:
    """Note that the incident at place ``done`` was looked at, in the transaction that did it.

    Raises Conflict where another worker was first, so that nothing is done twice.
    """
    column = retry_order.c.gone if gone else retry_order.c.retried
    noted = unit.connection.execute(
        update(retry_order)
        .where(retry_order.c.id == order.id, retry_order.c.retried + retry_order.c.gone == done)
        .values({column: column + 1})
    )
    if noted.rowcount != 1:
        raise Conflict


def end(unit: Unit, order_id: int) -> None:
    """Close an order after its last incident."""
    unit.connection.execute(
        update(retry_order).where(retry_order.c.id == order_id).values(ended_at=unit.at)
    )


def _order(row: Any) -> RetryOrder:
    return RetryOrder(
        id=row.id,
        kind=row.kind,
        reason=row.reason,
        detail=row.detail,
        incidents=orjson.loads(row.incidents),
        retried=row.retried,
        gone=row.gone,
        asked_by=row.asked_by,
        asked_at=from_micros(row.asked_at),
        ended_at=None if row.ended_at is None else from_micros(row.ended_at),
    )
