"""Events as a table (CSV, RFC 4180) and as JSON lines, in the columns that are chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from engine.history.export.model import STATES, Event, Log, Order, People, instant

_CHUNK = 64 * 1024
_BOM = b"\xef\xbb\xbf"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a cell must not begin with: spreadsheets would take it for a formula (OWASP)."""

PERSONAL = frozenset({"subject", "reason", "payload"})
"""Columns that are empty unless people are called by their names."""


def _person(field: str) -> Callable[[Event, People], Any]:
    return lambda event, people: people.of(getattr(event, field))


def _personal(value: Callable[[Event], Any]) -> Callable[[Event, People], Any]:
    return lambda event, people: value(event) if people.named else None


COLUMNS: Mapping[str, Callable[[Event, People], Any]] = {
    "instance": lambda event, _: str(event.case.instance_id),
    "seq": lambda event, _: event.seq,
    "at": lambda event, _: instant(event.at),
    "process": lambda event, _: event.case.process,
    "version": lambda event, _: event.case.version,
    "business_key": lambda event, _: event.case.business_key,
    "department": lambda event, _: event.case.org_unit,
    "counterparty": lambda event, _: event.case.counterparty,
    "state": lambda event, _: STATES[event.case.status],
    "kind": lambda event, _: event.kind,
    "element": lambda event, _: event.element,
    "role": lambda event, _: event.group,
    "actor": _person("actor"),
    "on_behalf_of": _person("on_behalf_of"),
    "outcome": lambda event, _: event.outcome,
    "work_item": lambda event, _: None if event.work_item_id is None else str(event.work_item_id),
    "concerns": lambda event, people: people.concerned(event.case),
    "subject": _personal(lambda event: event.case.subject),
    "reason": _personal(lambda event: (event.content() or {}).get("reason")),
    "payload": _personal(Event.content),
}
"""The columns there are, in the order they stand in; numbers beyond 53 bits are texts."""

DEFAULT = tuple(name for name in COLUMNS if name not in PERSONAL | {"work_item"})


def csv_lines(log: Log, order: Order) -> Iterator[bytes]:
    """The table, in UTF-8 with a byte order mark, by which spreadsheets know the encoding."""
    columns = [(name, COLUMNS[name]) for name in order.columns or DEFAULT]
    text = io.StringIO()
    write = csv.writer(text, delimiter=order.separator).writerow
    yield _BOM
    write([name for name, _ in columns])
    for event in log.events():
        write([_cell(value(event, log.people)) for _, value in columns])
        if text.tell() > _CHUNK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def _cell(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, dict | list):
        return orjson.dumps(value).decode()
    if isinstance(value, str):
        # RFC 4180 knows no zero character, and readers stop at it.
        value = value.replace("\0", "\N{REPLACEMENT CHARACTER}")
        return f"'{value}" if value.startswith(_FORMULA) else value
    return value


def json_lines(log: Log, order: Order) -> Iterator[bytes]:
    """One JSON object a line for each event."""
    columns = [(name, COLUMNS[name]) for name in order.columns or DEFAULT]
    lines: list[bytes] = []
    for event in log.events():
        row = {name: value(event, log.people) for name, value in columns}
        lines.append(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
        if len(lines) == 500:
            yield b"".join(lines)
            lines.clear()
    yield b"".join(lines)
