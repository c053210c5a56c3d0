"""Migration orders: asked for once, worked off in slices by whichever worker is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from engine.database import Statement
from engine.errors import InvalidState, NotFound
from engine.identity import Actor
from engine.ids import new_id
from engine.migration.cases import Selection, running_on
from engine.migration.route import Route
from engine.migration.verdicts import Reason, Verdict, Way
from engine.runtime.access import overseen
from engine.runtime.cursors import parts_of
from engine.tables import definition, instance, migration_order, migration_result
from engine.tables.types import from_micros
from engine.unit import Unit
from engine.values import Page

JOB_KIND = "migration"
"""The kind of the jobs that work an order off, a slice each."""


class OrderStatus(IntEnum):
    """How far an order is."""

    RUNNING = 0
    DONE = 1
    CANCELLED = 2


@dataclass(frozen=True, slots=True)
class Order:
    """A migration order.

    ``counts`` says how many cases went which way so far, ``left`` how many are still to come;
    both leave out what the reader may not see.
    """

    id: int
    key: str
    source_id: int
    source: int
    target_id: int
    target: int
    mapping: Mapping[str, str]
    selection: Selection
    status: OrderStatus
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    counts: Mapping[Way, int] = field(default_factory=dict)
    left: int = 0

    @property
    def running(self) -> bool:
        """Whether cases may still move under it."""
        return self.status is OrderStatus.RUNNING


@dataclass(frozen=True, slots=True)
class Staying:
    """A case that stays on its version, and why."""

    instance_id: int
    business_key: str
    subject: str
    reason: Reason
    element: str


_awaits = Statement(
    select(migration_order.c.id).where(
        migration_order.c.id == bindparam("the_order"),
        migration_order.c.status == int(OrderStatus.RUNNING),
        ~exists().where(
            migration_result.c.order_id == migration_order.c.id,
            migration_result.c.instance_id == bindparam("case"),
        ),
    )
)
_insert_result = Statement(
    insert(migration_result).values({c.name: None for c in migration_result.c})
)
_COLUMNS = (migration_order, definition.c.key, definition.c.version)


def begin(unit: Unit, route: Route, selection: Selection) -> int:
    """Write an order down and have the workers begin; gives its id."""
    order_id = new_id()
    unit.connection.execute(
        insert(migration_order).values(
            id=order_id,
            source_id=route.source.id,
            target_id=route.target.id,
            mapping=orjson.dumps(route.mapping),
            org_unit=selection.org_unit,
            counterparty=selection.counterparty,
            element=selection.element,
            status=int(OrderStatus.RUNNING),
            asked_by=unit.actor.id,
            asked_at=unit.at,
        )
    )
    unit.enqueue(JOB_KIND, {"order": order_id})
    return order_id


def end(unit: Unit, order_id: int, status: OrderStatus) -> bool:
    """Close an order that runs; False where it was closed before."""
    closed = unit.connection.execute(
        update(migration_order)
        .where(
            migration_order.c.id == order_id,
            migration_order.c.status == int(OrderStatus.RUNNING),
        )
        .values(status=int(status), ended_at=unit.at)
    )
    return closed.rowcount == 1


def cancel(unit: Unit, order_id: int) -> None:
    """Let no further case move under an order. Raises InvalidState where it has ended."""
    if not end(unit, order_id, OrderStatus.CANCELLED):
        raise InvalidState("This migration has ended already.")


def find(connection: Connection, order_id: int) -> Order:
    """An order without its counts; raises NotFound."""
    row = connection.execute(
        select(*_COLUMNS)
        .join(definition, definition.c.id == migration_order.c.source_id)
        .where(migration_order.c.id == order_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return next(_orders(connection, [row]))


def counted(connection: Connection, order: Order, actor: Actor) -> Order:
    """An order with what has become of its cases, as an actor may see them."""
    rows = connection.execute(
        select(migration_result.c.way, func.count())
        .where(
            migration_result.c.order_id == order.id,
            overseen(actor, migration_result.c.instance_id),
        )
        .group_by(migration_result.c.way)
    )
    left = 0
    if order.running:
        left = connection.execute(
            select(func.count())
            .select_from(instance)
            .where(*_left(order), overseen(actor, instance.c.id))
        ).scalar_one()
    counts = {Way(way): number for way, number in rows.all()}
    return replace(order, counts=counts, left=left)


def of_process(connection: Connection, key: str) -> list[Order]:
    """The orders of a process, the newest first, without their counts."""
    rows = connection.execute(
        select(*_COLUMNS)
        .join(definition, definition.c.id == migration_order.c.source_id)
        .where(definition.c.key == key)
        .order_by(migration_order.c.id.desc())
    ).all()
    return list(_orders(connection, rows))


def awaits(connection: Connection, order_id: int, instance_id: int) -> bool:
    """Whether a case may still move under an order: it runs and has not looked at the case yet."""
    asked = {"the_order": order_id, "case": instance_id}
    return _awaits(connection, asked).first() is not None


def next_cases(connection: Connection, order: Order, limit: int) -> list[int]:
    """The ids of cases still to be looked at.

    A case that has moved is on the source no more, one that stays has its result: so who goes
    on after somebody else has died does nothing twice.
    """
    rows = connection.execute(
        select(instance.c.id).where(*_left(order)).order_by(instance.c.id).limit(limit)
    )
    return [row.id for row in rows]


def keep_result(unit: Unit, order_id: int, instance_id: int, verdict: Verdict) -> None:
    """Note what has become of a case, in the transaction that made it so."""
    _insert_result(
        unit.connection,
        {
            "order_id": order_id,
            "instance_id": instance_id,
            "way": str(verdict.way),
            "reason": str(verdict.reason or ""),
            "element": verdict.element,
            "at": unit.at,
        },
    )


def staying(
    connection: Connection, order_id: int, actor: Actor, *, limit: int, after: str | None
) -> Page[Staying]:
    """The cases that stayed under an order, in the order in which they were started."""
    beyond = 0 if after is None else parts_of(after, 1)[0]
    rows = connection.execute(
        select(migration_result, instance.c.business_key, instance.c.subject)
        .join(instance, instance.c.id == migration_result.c.instance_id)
        .where(
            migration_result.c.order_id == order_id,
            migration_result.c.way == str(Way.STAYS),
            migration_result.c.instance_id > beyond,
            overseen(actor, migration_result.c.instance_id),
        )
        .order_by(migration_result.c.instance_id)
        .limit(limit + 1)
    ).all()
    found = [
        Staying(row.instance_id, row.business_key, row.subject, Reason(row.reason), row.element)
        for row in rows[:limit]
    ]
    return Page(found, str(found[-1].instance_id) if len(rows) > limit else None)


def _left(order: Order) -> list[ColumnElement[bool]]:
    known = and_(
        migration_result.c.order_id == order.id,
        migration_result.c.instance_id == instance.c.id,
    )
    return [*running_on(order.source_id, order.selection), ~exists().where(known)]


def _orders(connection: Connection, rows: Sequence[Any]) -> Iterator[Order]:
    targets = [row.target_id for row in rows]
    versions = {
        row.id: row.version
        for row in connection.execute(
            select(definition.c.id, definition.c.version).where(definition.c.id.in_(targets))
        )
    }
    for row in rows:
        yield Order(
            id=row.id,
            key=row.key,
            source_id=row.source_id,
            source=row.version,
            target_id=row.target_id,
            target=versions[row.target_id],
            mapping=orjson.loads(row.mapping),
            selection=Selection(row.org_unit, row.counterparty, row.element),
            status=OrderStatus(row.status),
            asked_by=row.asked_by,
            asked_at=from_micros(row.asked_at),
            ended_at=None if row.ended_at is None else from_micros(row.ended_at),
        )
