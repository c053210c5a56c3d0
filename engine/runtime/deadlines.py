"""Deadlines of tasks: who is late, who will be asked next, who was late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, func, literal_column, select, tuple_

from engine.history.durations import of_tasks
from engine.history.filters import HistoryFilter
from engine.identity import Actor
from engine.runtime.access import visible
from engine.runtime.cursors import parts_of
from engine.tables import definition, instance, work_item
from engine.tables.types import FAR, from_micros
from engine.values import Page

State = Literal["late", "coming", "missed"]

EVERYTHING = HistoryFilter()
MAX_HOLDERS = 10

_OPEN = work_item.c.status == literal_column("0")
_DONE = work_item.c.status == literal_column("1")


@dataclass(frozen=True, slots=True)
class DeadlineQuery:
    """Which deadlines, from where.

    ``late``: of open tasks, the longest past first; ``coming``: of open tasks, the next first;
    ``missed``: of tasks completed after it, the last completed first.
    """

    state: State = "late"
    wanted: HistoryFilter = EVERYTHING
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Deadline:
    """The deadline of one task: of what, asked of whom, met when and by whom."""

    work_item_id: int
    instance_id: int
    definition_id: int
    element: str
    business_key: str
    subject: str
    org_unit: str
    counterparty: str
    candidate: str
    assignee: str | None
    due_at: datetime
    completed_at: datetime | None
    completed_by: str | None
    on_behalf_of: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """A group or person of whom overdue tasks are asked: how many, the first due when."""

    candidate: str
    number: int
    first_due: datetime


def deadlines(
    connection: Connection, actor: Actor, query: DeadlineQuery, now: int
) -> Page[Deadline]:
    """A page of the deadlines in cases that the actor may see; one statement."""
    own = work_item.c
    statement = of_seen_tasks(select(work_item, instance.c.business_key), actor, query.wanted)
    if query.state == "missed":
        missed = [_DONE, own.completed_at > own.due_at]
        statement = statement.where(*missed).order_by(own.completed_at.desc(), own.id.desc())
    else:
        late = own.due_at < now if query.state == "late" else (own.due_at >= now)
        statement = statement.where(_OPEN, own.due_at < FAR, late).order_by(own.due_at, own.id)
    if query.after is not None:
        last = tuple_(*parts_of(query.after, 2))
        statement = statement.where(
            tuple_(own.completed_at, own.id) < last
            if query.state == "missed"
            else tuple_(own.due_at, own.id) > last
        )
    rows = connection.execute(statement.limit(query.limit + 1)).all()
    items = [deadline_of(row, from_micros(row.due_at)) for row in rows[: query.limit]]
    return Page(items, _cursor(rows[len(items) - 1], query) if len(rows) > query.limit else None)


def late_holders(
    connection: Connection, actor: Actor, wanted: HistoryFilter, now: int
) -> list[Holder]:
    """Of whom most overdue tasks are asked, in cases that the actor may see."""
    own = work_item.c
    number = func.count().label("number")
    columns = select(own.candidate, number, func.min(own.due_at).label("first_due"))
    statement = of_seen_tasks(columns, actor, wanted).where(_OPEN, own.due_at < now)
    statement = statement.group_by(own.candidate).order_by(number.desc(), own.candidate)
    rows = connection.execute(statement.limit(MAX_HOLDERS))
    return [Holder(row.candidate, row.number, from_micros(row.first_due)) for row in rows]


def of_seen_tasks(statement: Select[Any], actor: Actor, wanted: HistoryFilter) -> Select[Any]:
    """A statement about work items, narrowed to a filter and to cases that the actor may see."""
    own = work_item.c
    return (
        statement.select_from(work_item)
        .join(instance, instance.c.id == own.instance_id)
        .join(definition, definition.c.id == own.definition_id)
        .where(visible(actor), *of_tasks(wanted))
    )


def _cursor(row: Any, query: DeadlineQuery) -> str:
    return f"{row.completed_at if query.state == 'missed' else row.due_at}.{row.id}"


def deadline_of(row: Any, due_at: datetime) -> Deadline:
    """A deadline of the task in a row of work items that has its business key."""
    return Deadline(
        work_item_id=row.id,
        instance_id=row.instance_id,
        definition_id=row.definition_id,
        element=row.element,
        business_key=row.business_key,
        subject=row.subject,
        org_unit=row.org_unit,
        counterparty=row.counterparty,
        candidate=row.candidate,
        assignee=row.assignee,
        due_at=due_at,
        completed_at=None if row.completed_at is None else from_micros(row.completed_at),
        completed_by=row.completed_by,
        on_behalf_of=row.on_behalf_of,
    )
