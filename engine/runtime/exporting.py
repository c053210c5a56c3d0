"""Reads what an export consists of, and writes it in the format that is asked for.

All of it is as of one moment and read as it is written: an export of a million events takes no
more memory than one of a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, func, select, text, union

from engine.errors import InvalidInput
from engine.history.export.model import Case, Event, Log, Order, People
from engine.history.export.ocel import ocel_lines
from engine.history.export.tables import COLUMNS, csv_lines, json_lines
from engine.history.export.xes import xes_lines
from engine.history.filters import HistoryFilter
from engine.identity import Actor
from engine.runtime import filtering
from engine.tables import definition, history_event, history_payload, identity_link, instance
from engine.tables import work_item as item
from engine.vocabulary import Vocabulary

_BATCH = 1_000
_CASE = (
    instance.c.id,
    definition.c.key,
    definition.c.version,
    instance.c.business_key,
    instance.c.subject,
    instance.c.org_unit,
    instance.c.counterparty,
    instance.c.status,
    instance.c.started_at,
)
_EVENT = (
    history_event.c.seq,
    history_event.c.at,
    history_event.c.kind,
    history_event.c.element,
    history_event.c.work_item_id,
    history_event.c.actor,
    history_event.c.on_behalf_of,
)
_PAYLOAD = history_payload.c
_EVENT_AT = len(_CASE)


@dataclass(frozen=True, slots=True)
class Format:
    """How an export is written; ``tabular`` is one whose columns are chosen."""

    suffix: str
    media_type: str
    write: Callable[[Log, Order], Iterator[bytes]]
    tabular: bool = False


FORMATS: Mapping[str, Format] = {
    "csv": Format("csv", "text/csv; charset=utf-8", csv_lines, tabular=True),
    "jsonl": Format("jsonl", "application/jsonl", json_lines, tabular=True),
    "xes": Format("xes", "application/xml", xes_lines),
    "ocel": Format("ocel.json", "application/json", ocel_lines),
}


def require_possible(order: Order) -> None:
    """Raise InvalidInput for an order of an unknown format or of unknown columns."""
    if order.format not in FORMATS:
        raise InvalidInput({"format": ["not_an_option"]})
    if set(order.columns) - COLUMNS.keys():
        raise InvalidInput({"columns": ["not_an_option"]})


def count(connection: Connection, actor: Actor, wanted: HistoryFilter, most: int | None) -> int:
    """How many events there are to be exported, counted up to ``most`` if that is given."""
    events = filtering.events(actor, wanted)
    if most is not None:
        events = events.limit(most)
    counted = connection.scalar(select(func.count()).select_from(events.subquery()))
    return int(counted or 0)


class Found:
    """The cases and events that an order is for, as an actor may see them.

    ``connection`` sees one moment. ``done`` is how many events have been read so far.
    """

    def __init__(
        self, connection: Connection, actor: Actor, order: Order, vocabulary: Vocabulary
    ) -> None:
        if connection.dialect.name != "sqlite":
            # All rows are wanted: PostgreSQL plans a cursor for who wants only the first.
            connection.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
        namer = vocabulary.namer(connection) if order.named else None
        self.vocabulary = vocabulary
        self.people = People(vocabulary, order.key, namer)
        self.done = 0
        self._connection = connection
        self._order = order
        self._of_event = filtering.event_conditions(history_event, order.wanted)
        self._of_case = [
            *filtering.case_conditions(actor, order.wanted),
            *filtering.has_events(order.wanted),
        ]

    def written(self) -> Iterator[bytes]:
        """The export, piece by piece."""
        return FORMATS[self._order.format].write(self, self._order)

    def events(self) -> Iterator[Event]:
        """All events, case by case, in order."""
        own = history_event.c
        statement = (
            self._events(*_CASE, *_EVENT, item.c.candidate, item.c.outcome, _PAYLOAD.payload)
            .outerjoin(
                history_payload,
                (_PAYLOAD.instance_id == own.instance_id) & (_PAYLOAD.seq == own.seq),
            )
            .outerjoin(item, item.c.id == own.work_item_id)
            .order_by(own.instance_id, own.seq)
        )
        concerned, role = self._concerned(), self.vocabulary.role
        for _, rows in groupby(self._streamed(statement), itemgetter(0)):
            case = None
            for row in rows:
                case = case or Case._make((*row[:_EVENT_AT], concerned.of(row[0])))
                *values, group, outcome, payload = row[_EVENT_AT:]
                self.done += 1
                yield Event._make(
                    (
                        case,
                        *values,
                        None if group is None else role(group),
                        outcome if values[2] == filtering.COMPLETED else None,
                        payload,
                    )
                )

    def cases(self) -> Iterator[Case]:
        """All cases."""
        concerned = self._concerned()
        rows = self._streamed(self._cases(*_CASE).order_by(instance.c.id))
        return (Case._make((*row, concerned.of(row[0]))) for row in rows)

    def activities(self) -> Iterator[tuple[str, str | None, str]]:
        """Each process, element and kind that there are events of."""
        own = history_event.c
        rows = self._streamed(self._events(definition.c.key, own.element, own.kind).distinct())
        return ((key, element, kind) for key, element, kind in rows)

    def actors(self) -> Iterator[str]:
        """Whoever did something or had it done for them."""
        own = history_event.c
        named = union(
            self._events(own.actor),
            self._events(own.on_behalf_of).where(own.on_behalf_of.is_not(None)),
        )
        return (actor for (actor,) in self._streamed(named))

    def _cases(self, *columns: Any) -> Select[Any]:
        return (
            select(*columns)
            .select_from(instance)
            .join(definition, definition.c.id == instance.c.definition_id)
            .where(*self._of_case)
        )

    def _events(self, *columns: Any) -> Select[Any]:
        joined = history_event.c.instance_id == instance.c.id
        return self._cases(*columns).join(history_event, joined).where(*self._of_event)

    def _concerned(self) -> _Concerned:
        link = identity_link.c
        joined = link.instance_id == instance.c.id
        statement = self._cases(link.instance_id, link.group).join(identity_link, joined)
        ordered = self._streamed(statement.order_by(link.instance_id))
        return _Concerned(ordered, self.vocabulary)

    def _streamed(self, statement: Any) -> Iterator[Any]:
        streaming = statement.execution_options(stream_results=True, yield_per=_BATCH)
        return iter(self._connection.execute(streaming))


class _Concerned:
    """The people whom cases are about, asked for in the order of the cases."""

    def __init__(self, links: Iterator[Any], vocabulary: Vocabulary) -> None:
        self._groups = groupby(links, itemgetter(0))
        self._next = next(self._groups, None)
        self._vocabulary = vocabulary

    def of(self, instance_id: int) -> tuple[str, ...]:
        while self._next is not None and self._next[0] < instance_id:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != instance_id:
            return ()
        groups = (group for _, group in self._next[1])
        people = (self._vocabulary.person(group) for group in groups)
        return tuple(sorted({person for person in people if person is not None}))
