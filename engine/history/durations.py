"""How long steps take, in figures: computed in the database, in three statements.

A percentile is by nearest rank: the smallest measured value that at least so many of a hundred
do not exceed. It is found by numbering the values, which both databases can, and each value is
one that was measured.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    case,
    cast,
    distinct,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy import Text as TextType

from engine.history.filters import HistoryFilter
from engine.tables import definition, history_event, instance, work_item
from engine.tables.history import TAKEN
from engine.tables.types import FAR, to_micros

By = Literal["step", "month", "version", "department", "partner"]

MOST = 200
"""Lines that one answer holds: the busiest."""

_DONE = work_item.c.status == literal_column("1")
_OPEN = work_item.c.status == literal_column("0")
_UNRESTRICTED = instance.c.restricted == false()


@dataclass(frozen=True, slots=True)
class DurationQuestion:
    """What is asked of which completed tasks.

    The filter's conditions about an event are about the completion: when, of which element, by
    whom, with which answer. Its versions are those the tasks were completed under; ``kinds``
    and ``times`` say nothing here. ``months`` are the instants, in microseconds, at which the
    months of a question by month begin, and last that at which the last one ends.
    """

    wanted: HistoryFilter
    by: By = "step"
    months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Spread:
    """How measured spans of time are spread: of ``number``, the median and the ninth decile.

    In microseconds; both 0 where nothing was measured.
    """

    number: int = 0
    p50: int = 0
    p90: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one step, month, version, department or partner, as ``key`` names it.

    ``done`` tasks in ``cases`` cases; ``due`` of them had a deadline and ``late`` missed it.
    ``again`` were a repetition, in ``again_cases`` cases. ``waiting`` and ``working`` are of
    those that somebody took before completing them. ``open`` ones wait at the moment of
    computing, ``open_late`` past their deadline.
    """

    key: str
    done: int = 0
    cases: int = 0
    due: int = 0
    late: int = 0
    again: int = 0
    again_cases: int = 0
    total: Spread = Spread()
    waiting: Spread = Spread()
    working: Spread = Spread()
    open: int = 0
    open_late: int = 0


@dataclass(frozen=True, slots=True)
class Durations:
    """The answer: its lines, the busiest first, and how many more there would be."""

    lines: tuple[Line, ...]
    more: int = 0


def month_edges(first: date, last: date, zone: ZoneInfo) -> tuple[int, ...]:
    """The beginnings of the months from that of ``first`` to that after ``last``'s."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month + 1)
    return tuple(
        to_micros(datetime(month // 12, month % 12 + 1, 1, tzinfo=zone)) for month in months
    )


def durations(connection: Connection, question: DurationQuestion, now: int) -> Durations:
    """The figures a question asks for, as of now. Restricted instances are never counted."""
    items = _completed(question)
    counted = {row.key: row._mapping for row in connection.execute(_counts(items))}
    waiting: dict[str, Any] = {}
    if question.by != "month":  # Nothing open belongs to one.
        rows = connection.execute(_waiting(question, now))
        waiting = {row.key: row._mapping for row in rows}
    spreads: dict[str, dict[str, Spread]] = defaultdict(dict)
    for row in connection.execute(_spreads(items)):
        spreads[row.key][row.measure] = Spread(row.number, row.p50, row.p90)
    lines = [
        Line(**{"key": key, **counted.get(key, {}), **spreads[key], **waiting.get(key, {})})
        for key in {**counted, **waiting}
    ]
    lines.sort(key=lambda line: (-line.done, -line.open, line.key))
    return Durations(tuple(lines[:MOST]), max(0, len(lines) - MOST))


def loaded(answer: Any) -> Durations:
    """An answer as it was kept, read from JSON."""
    spans = ("total", "waiting", "working")
    lines = tuple(
        Line(**{**line, **{name: Spread(**line[name]) for name in spans}})
        for line in answer["lines"]
    )
    return Durations(lines, answer["more"])


def _completed(question: DurationQuestion) -> CTE:
    """The work items asked about, each with what is measured of it."""
    own = work_item.c
    taken = (
        select(func.min(history_event.c.at))
        .where(history_event.c.work_item_id == own.id, TAKEN)
        .scalar_subquery()
    )
    has_due = own.due_at < FAR
    return (
        select(
            _key(question).label("key"),
            own.instance_id,
            (own.completed_at - own.created_at).label("total"),
            (taken - own.created_at).label("waiting"),
            _one_if(has_due).label("due"),
            _one_if(has_due & (own.completed_at > own.due_at)).label("late"),
            _one_if(_asked_before()).label("again"),
        )
        .join(instance, instance.c.id == own.instance_id)
        .join(definition, definition.c.id == own.definition_id)
        .where(*_of_completions(question))
        .cte("items")
    )


def _asked_before() -> ColumnElement[bool]:
    """Whether the same people were asked the same in the same case at an earlier moment.

    Those whom a step asks side by side are asked at one moment.
    """
    own, earlier = work_item.c, work_item.alias("earlier")
    return exists().where(
        earlier.c.instance_id == own.instance_id,
        earlier.c.element == own.element,
        earlier.c.seat == own.seat,
        earlier.c.candidate == own.candidate,
        earlier.c.created_at < own.created_at,
    )


def of_tasks(wanted: HistoryFilter) -> list[ColumnElement[bool]]:
    """What a filter asks of a work item, open or not, and of its case.

    For a statement that joins a work item with its instance and the definition it belongs to.
    """
    found: list[ColumnElement[bool]] = []
    for column, values in (
        (definition.c.key, wanted.processes),
        (definition.c.version, wanted.versions),
        (work_item.c.element, wanted.elements),
        (instance.c.status, [int(state) for state in wanted.states]),
        (instance.c.org_unit, wanted.org_units),
        (instance.c.counterparty, wanted.counterparties),
    ):
        if values:
            found.append(column.in_(values))
    if wanted.business_key:
        found.append(instance.c.business_key == wanted.business_key)
    return found


def _of_completions(question: DurationQuestion) -> list[ColumnElement[bool]]:
    wanted, own = question.wanted, work_item.c
    found = [_DONE, _UNRESTRICTED, *of_tasks(wanted)]
    if wanted.people:
        found.append(own.completed_by.in_(wanted.people) | own.on_behalf_of.in_(wanted.people))
    if wanted.outcomes:
        found.append(own.outcome.in_(wanted.outcomes))
    if wanted.since is not None:
        found.append(own.completed_at >= to_micros(wanted.since))
    if wanted.until is not None:
        found.append(own.completed_at < to_micros(wanted.until))
    if question.months:
        found += [
            own.completed_at >= question.months[0],
            own.completed_at < question.months[-1],
        ]
    return found


def _key(question: DurationQuestion) -> ColumnElement[str]:
    if question.by == "month":
        return _month(question.months)
    columns: dict[str, ColumnElement[str]] = {
        "step": work_item.c.element,
        "version": cast(definition.c.version, TextType),
        "department": instance.c.org_unit,
        "partner": instance.c.counterparty,
    }
    return columns[question.by]


def _month(months: tuple[int, ...]) -> ColumnElement[str]:
    """The instant, as text, at which the month of a completion begins."""
    spans = pairwise(months)
    return case(*((work_item.c.completed_at < end, str(begin)) for begin, end in spans))


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _counts(items: CTE) -> Any:
    own = items.c
    repeating = case((own.again == 1, own.instance_id), else_=null())
    return select(
        own.key,
        func.count().label("done"),
        func.count(distinct(own.instance_id)).label("cases"),
        *(func.sum(own[name]).label(name) for name in ("due", "late", "again")),
        func.count(distinct(repeating)).label("again_cases"),
    ).group_by(own.key)


def _spreads(items: CTE) -> Any:
    """Per key and measure: of how many values, and the values at two ranks."""
    measures = {
        "total": items.c.total,
        "waiting": items.c.waiting,
        "working": items.c.total - items.c.waiting,
    }
    values = union_all(
        *(
            select(items.c.key, literal(name).label("measure"), value.label("value")).where(
                value.is_not(None)
            )
            for name, value in measures.items()
        )
    ).subquery()
    own = values.c
    groups = (own.key, own.measure)
    ranked = select(
        *groups,
        own.value,
        func.row_number().over(partition_by=groups, order_by=own.value).label("rank"),
        func.count().over(partition_by=groups).label("number"),
    ).subquery()
    return select(
        ranked.c.key,
        ranked.c.measure,
        func.max(ranked.c.number).label("number"),
        _at_rank(ranked, 50).label("p50"),
        _at_rank(ranked, 90).label("p90"),
    ).group_by(ranked.c.key, ranked.c.measure)


def _at_rank(ranked: Any, percent: int) -> ColumnElement[int]:
    rank = (ranked.c.number * percent + 99) // 100
    return func.max(case((ranked.c.rank == rank, ranked.c.value), else_=null()))


def _waiting(question: DurationQuestion, now: int) -> Any:
    """What is open now, whatever the period."""
    own, key = work_item.c, _key(question)
    return (
        select(
            key.label("key"),
            func.count().label("open"),
            func.sum(_one_if(own.due_at < now)).label("open_late"),
        )
        .join(instance, instance.c.id == own.instance_id)
        .join(definition, definition.c.id == own.definition_id)
        .where(_OPEN, _UNRESTRICTED, *of_tasks(question.wanted))
        .group_by(key)
    )
