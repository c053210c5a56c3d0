"""Events as an object-centric event log: OCEL 2.0 in JSON, written as it is read.

Its objects are the cases, what they are about, the people, departments and partners; so one
sees how the cases of one stay meet, which a log of single cases cannot show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from engine.history.export.model import STATES, Case, Event, Log, Order, instant

_CHUNK = 500
_CASE = ("process", "version", "state")
_EVENT = ("number", "role", "outcome")
_BEGINNING = "1970-01-01T00:00:00.000+00:00"
"""From when on a value holds that no event gave (OCEL 2.0, 3)."""


def ocel_lines(log: Log, _order: Order) -> Iterator[bytes]:
    """The log, as it is written."""
    yield b'{"objectTypes":'
    yield orjson.dumps(_object_types(log))
    yield b',\n"eventTypes":'
    kinds = sorted({_kind(*activity) for activity in log.activities()})
    yield orjson.dumps([_type(kind, _EVENT) for kind in kinds])
    yield b',\n"objects":['
    yield from _items(_objects(log))
    yield b'],\n"events":['
    yield from _items(_event(event, log) for event in log.events())
    yield b"]}\n"


def _items(values: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """The members of an array, some at a time."""
    lines: list[bytes] = []
    before = b"\n"
    for value in values:
        lines.append(before + orjson.dumps(value))
        before = b",\n"
        if len(lines) == _CHUNK:
            yield b"".join(lines)
            lines.clear()
    yield b"".join(lines)


def _kind(process: str, element: str | None, kind: str) -> str:
    return "/".join(filter(None, (process, element, kind)))


def _type(name: str, attributes: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "name": name,
        "attributes": [{"name": each, "type": "string"} for each in attributes],
    }


def _object_types(log: Log) -> list[dict[str, Any]]:
    matters = sorted({log.vocabulary.matter(case.business_key) for case in log.cases()})
    return [
        _type("case", _CASE),
        *(_type(matter) for matter in matters),
        _type("person"),
        _type("department"),
        _type("partner"),
    ]


def _objects(log: Log) -> Iterator[dict[str, Any]]:
    """Each object once; what is kept in mind meanwhile are names, not cases or events."""
    told: set[str] = set()
    for case in log.cases():
        related = list(_related(case, log))
        for kind, name, _ in related:
            if name not in told:
                told.add(name)
                yield {"id": name, "type": kind, "attributes": [], "relationships": []}
        values = zip(_CASE, (case.process, str(case.version), STATES[case.status]), strict=True)
        yield {
            "id": _case(case),
            "type": "case",
            "attributes": [
                {"name": name, "time": _BEGINNING, "value": value} for name, value in values
            ],
            "relationships": [
                {"objectId": name, "qualifier": qualifier} for _, name, qualifier in related
            ],
        }
    for actor in log.actors():
        name = _person(actor, log)
        if name not in told:
            told.add(name)
            yield {"id": name, "type": "person", "attributes": [], "relationships": []}


def _related(case: Case, log: Log) -> Iterator[tuple[str, str, str]]:
    """Type, id and qualifier of each object a case has to do with."""
    yield log.vocabulary.matter(case.business_key), _matter(case), "belongs to"
    for person in case.concerns:
        yield "person", _person(person, log), "concerns"
    if case.org_unit:
        yield "department", f"department:{case.org_unit}", "handled by"
    partner = log.vocabulary.partner(case.business_key, case.counterparty)
    if partner:
        yield "partner", f"partner:{partner}", "with"


def _event(event: Event, log: Log) -> dict[str, Any]:
    case = event.case
    values = zip(_EVENT, (str(event.seq), event.group, event.outcome), strict=True)
    relations = [
        {"objectId": _case(case), "qualifier": "case"},
        {"objectId": _matter(case), "qualifier": "belongs to"},
        {"objectId": _person(event.actor, log), "qualifier": "done by"},
    ]
    if event.on_behalf_of:
        relations.append(
            {"objectId": _person(event.on_behalf_of, log), "qualifier": "on behalf of"}
        )
    return {
        "id": f"{case.instance_id}-{event.seq}",
        "type": _kind(case.process, event.element, event.kind),
        "time": instant(event.at),
        "attributes": [{"name": name, "value": value} for name, value in values if value],
        "relationships": relations,
    }


def _case(case: Case) -> str:
    return f"case:{case.instance_id}"


def _matter(case: Case) -> str:
    return f"matter:{case.business_key}"


def _person(actor: str, log: Log) -> str:
    return f"person:{log.people.of(actor)}"
