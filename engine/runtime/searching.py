"""Pages of what a filter finds in the history, at a cost that does not grow with the history.

A page is read along an index in its own order, from the newest on, until it is full; the
filter's most telling condition says along which one. Where few cases can be meant at all,
these are looked up first and only their events are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    desc,
    func,
    literal_column,
    select,
    tuple_,
    union_all,
)

from engine.history.filters import HistoryFilter
from engine.history.queries import present_event
from engine.identity import Actor
from engine.runtime.cursors import parts_of
from engine.runtime.deployed import Definitions
from engine.runtime.filtering import (
    COMPLETED,
    any_row,
    case_conditions,
    event_conditions,
    has_events,
)
from engine.runtime.instances import present
from engine.tables import history_event, history_payload, instance, work_item
from engine.tables.history import UNUSUAL_KINDS, unusual
from engine.tables.types import from_micros, to_micros
from engine.values import Found, FoundCase, FoundEvent, Instance

COUNT_CAP = 100
MAX_LIMIT = 200
FEW = 200
"""Up to so many cases their events are read one by one."""

_CASE = tuple(column for column in instance.c if column.name not in {"state", "head", "seq"})


def find_cases(
    connection: Connection,
    definitions: Definitions,
    actor: Actor,
    wanted: HistoryFilter,
    *,
    among: Select[Any] | None,
    after: str | None,
    limit: int,
) -> Found[FoundCase]:
    """A page of the cases found, ``among`` those whose ids it selects, if that is given.

    Those with the latest matching event come first; where none is asked for but perhaps a
    period, those begun last.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    search = _Search.begun(connection, actor, wanted, among)
    keys = connection.execute(search.cases(after, limit + 1)).all()
    cases = _presented(connection, definitions, [key.id for key in keys[:limit]])
    items = [
        FoundCase(cases[key.id], from_micros(key.at) if search.by_match else None)
        for key in keys[:limit]
    ]
    last = keys[limit - 1] if len(keys) > limit else None
    cursor = f"{last.at}.{last.id}" if last else None
    return Found(items, cursor, _counted(connection, search.cases(None, COUNT_CAP)))


def count_cases(
    connection: Connection, actor: Actor, wanted: HistoryFilter, among: Select[Any] | None
) -> int:
    """How many cases :func:`find_cases` finds, counted up to :data:`COUNT_CAP`."""
    search = _Search.begun(connection, actor, wanted, among)
    return _counted(connection, search.cases(None, COUNT_CAP))


def find_events(
    connection: Connection,
    definitions: Definitions,
    actor: Actor,
    wanted: HistoryFilter,
    *,
    after: str | None,
    limit: int,
) -> Found[FoundEvent]:
    """A page of the events found, each with its case; the latest first."""
    limit = max(1, min(limit, MAX_LIMIT))
    search = _Search.begun(connection, actor, wanted)
    found = search.events(after, limit + 1).subquery()
    payload = select(history_payload.c.payload).where(
        history_payload.c.instance_id == found.c.instance_id, history_payload.c.seq == found.c.seq
    )
    # Not a join: PostgreSQL would not know how few they are.
    statement = select(found, payload.scalar_subquery().label("payload"))
    order = (found.c.at.desc(), found.c.instance_id.desc(), found.c.tie.desc())
    rows = connection.execute(statement.order_by(*order)).all()
    shown = rows[:limit]
    cases = _presented(connection, definitions, [row.instance_id for row in shown])
    items = [FoundEvent(present_event(row), cases[row.instance_id]) for row in shown]
    last = shown[-1] if len(rows) > limit else None
    cursor = f"{last.at}.{last.instance_id}.{last.tie}" if last else None
    return Found(items, cursor, _counted(connection, search.events(None, COUNT_CAP)))


def _presented(
    connection: Connection, definitions: Definitions, ids: Sequence[int]
) -> dict[int, Instance]:
    """Cases by their ids."""
    rows = connection.execute(select(*_CASE).where(instance.c.id.in_(set(ids))))
    return {row.id: present(row, definitions.get(connection, row.definition_id)) for row in rows}


def _counted(connection: Connection, found: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(found.subquery())).scalar_one())


@dataclass(frozen=True, slots=True)
class _Stream:
    """A part of the events that is read along one index, by time; ``tie`` is what it ends with."""

    source: Any
    event: Any
    at: Any
    tie: Any
    conditions: list[ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for; ``few`` are the only cases that can be meant, where they are few."""

    wanted: HistoryFilter
    meant: Sequence[ColumnElement[bool]]
    few: Sequence[int] | None

    @classmethod
    def begun(
        cls,
        connection: Connection,
        actor: Actor,
        wanted: HistoryFilter,
        among: Select[Any] | None = None,
    ) -> _Search:
        """With its few cases, which takes a statement where anything narrows them."""
        meant = case_conditions(actor, wanted)
        if among is not None:
            meant.append(instance.c.id.in_(among))
        named = wanted.business_key or wanted.org_units or wanted.counterparties
        kept = wanted.processes or wanted.versions or wanted.outdated
        if not (named or kept or among is not None):
            return cls(wanted, meant, None)
        statement = select(instance.c.id).where(*meant).limit(FEW + 1)
        found = [row.id for row in connection.execute(statement)]
        return cls(wanted, meant, found if len(found) <= FEW else None)

    @property
    def by_match(self) -> bool:
        """Whether cases are found by their events, and not only by a period."""
        wanted = self.wanted
        by_what = wanted.kinds or wanted.elements or wanted.outcomes
        return bool(wanted.people or wanted.substituted or by_what)

    def cases(self, after: str | None, limit: int) -> Select[Any]:
        """Id and place of cases, in order."""
        if self.by_match:
            return self._last_matches(after, limit)
        wanted, few = self.wanted, self.few
        meant = self.meant if few is None else [instance.c.id.in_(few)]
        statement = select(instance.c.id, instance.c.started_at.label("at"))
        statement = statement.where(*meant, *has_events(wanted))
        if wanted.until is not None:
            statement = statement.where(instance.c.started_at < to_micros(wanted.until))
        return _page(statement, (instance.c.started_at, instance.c.id), after, limit)

    def _last_matches(self, after: str | None, limit: int) -> Select[Any]:
        """Each case at its last matching event."""
        branches = []
        for stream in self._streams():
            event, later = stream.event, history_event.alias("later")
            matching = select(later.c.seq).where(
                later.c.instance_id == event.c.instance_id,
                later.c.seq > event.c.seq,
                *event_conditions(later, self.wanted),
            )
            statement = select(event.c.instance_id.label("id"), stream.at.label("at"))
            statement = self._narrowed(statement, stream).where(~any_row(matching))
            branches.append(_page(statement, (stream.at, event.c.instance_id), after, limit))
        return _merged(branches, ("at", "id"), limit)

    def events(self, after: str | None, limit: int) -> Select[Any]:
        """Events, in order."""
        branches = []
        for stream in self._streams():
            event = stream.event
            place = (stream.at, event.c.instance_id, stream.tie)
            statement: Select[Any] = select(*event.c, stream.tie.label("tie"))
            statement = self._narrowed(statement, stream)
            branches.append(_page(statement, place, after, limit))
        return _merged(branches, ("at", "instance_id", "tie"), limit)

    def _narrowed(self, statement: Select[Any], stream: _Stream) -> Select[Any]:
        """A statement over a stream, narrowed to the cases that are meant."""
        event = stream.event
        statement = statement.select_from(stream.source).where(*stream.conditions)
        if self.few is not None:
            statement = statement.where(event.c.instance_id.in_(self.few))
        else:
            of_event = instance.c.id == event.c.instance_id
            meant = select(instance.c.id).where(of_event, *self.meant)
            statement = statement.where(any_row(meant))
        if self.wanted.times > 1:
            other = history_event.alias("other")
            number = select(func.count()).where(
                other.c.instance_id == event.c.instance_id, *event_conditions(other, self.wanted)
            )
            statement = statement.where(number.scalar_subquery() >= self.wanted.times)
        return statement

    def _streams(self) -> list[_Stream]:
        """Disjoint parts that together are the matching events."""
        event, wanted = history_event.alias("event"), self.wanted
        narrowed: list[list[ColumnElement[bool]]] = [[]]
        if self.few is not None:
            pass
        elif wanted.outcomes:
            return [self._answers(event, outcome) for outcome in wanted.outcomes]
        elif wanted.people:
            narrowed = [[event.c.actor == person] for person in wanted.people] + [
                [event.c.on_behalf_of == person, event.c.actor.not_in(wanted.people)]
                for person in wanted.people
            ]
            wanted = replace(wanted, people=())
        elif wanted.substituted:
            narrowed = [[event.c.on_behalf_of.is_not(None)]]
            wanted = replace(wanted, substituted=False)
        elif wanted.kinds and UNUSUAL_KINDS.issuperset(wanted.kinds):
            narrowed = [[unusual(event), event.c.kind == kind] for kind in wanted.kinds]
            wanted = replace(wanted, kinds=())
        elif wanted.elements:
            narrowed = [[event.c.element == element] for element in wanted.elements]
            wanted = replace(wanted, elements=())
        matches = event_conditions(event, wanted)
        return [
            _Stream(event, event, event.c.at, event.c.seq, [*each, *matches]) for each in narrowed
        ]

    def _answers(self, event: Any, outcome: str) -> _Stream:
        """The events that gave an answer, along the work items that keep it."""
        item, wanted = work_item.alias("answered"), self.wanted
        of_item = (
            (event.c.instance_id == item.c.instance_id)
            & (event.c.work_item_id == item.c.id)
            & (event.c.kind == COMPLETED)
        )
        conditions = [item.c.status == literal_column("1"), item.c.outcome == outcome]
        if wanted.since is not None:
            conditions.append(item.c.completed_at >= to_micros(wanted.since))
        if wanted.until is not None:
            conditions.append(item.c.completed_at < to_micros(wanted.until))
        conditions += event_conditions(event, replace(wanted, outcomes=(), since=None, until=None))
        return _Stream(item.join(event, of_item), event, item.c.completed_at, item.c.id, conditions)


def _page(
    statement: Select[Any],
    place: Sequence[ColumnElement[Any]],
    after: str | None,
    limit: int,
) -> Select[Any]:
    if after is not None:
        statement = statement.where(tuple_(*place) < tuple_(*parts_of(after, len(place))))
    return statement.order_by(*(desc(column) for column in place)).limit(limit)


def _merged(branches: list[Select[Any]], place: Sequence[str], limit: int) -> Select[Any]:
    if len(branches) == 1:
        return branches[0]
    merged = union_all(*[select(branch.subquery()) for branch in branches]).subquery()
    order = [merged.c[name].desc() for name in place]
    return select(merged).order_by(*order).limit(limit)
