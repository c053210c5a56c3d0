"""A small history with known cases, written straight into the tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from engine import SYSTEM
from engine.history.filters import HistoryFilter
from engine.tables import (
    definition,
    definition_file,
    history_event,
    history_payload,
    identity_link,
    instance,
    work_item,
)
from engine.tables.types import FAR, to_micros
from tests.builders import approvals

BEGIN = datetime(2026, 2, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def deployed(connection: Connection, versions: dict[int, tuple[str, int]]) -> None:
    """Definitions by id, as key and version."""
    for number, (key, version) in versions.items():
        row = {"id": number, "key": key, "version": version, "digest": f"{key}{version}"}
        row |= {"note": "", "deployed_at": 0, "deployed_by": "system"}
        connection.execute(insert(definition), row)
        for name, content in approvals(key).bundle().files.items():
            file = {"definition_id": number, "name": name, "content": content}
            connection.execute(insert(definition_file), file)


def written(
    connection: Connection,
    number: int,
    events: list[tuple[str, str, str]],
    *,
    day: int = 0,
    every: timedelta = DAY,
    linked: str = "",
    **columns: Any,
) -> None:
    """A case begun on a day, with an event each ``every``: kind or outcome, element, actor.

    What is no kind is the outcome of a completed work item. An actor such as ``ana>bea`` acts
    on behalf of the second.
    """
    begun = BEGIN + day * DAY
    row = {"id": number, "definition_id": 1, "business_key": f"M-{number}", "status": 0}
    row |= {"revision": 1, "seq": len(events), "head": b"", "state": None}
    row |= {"subject": f"Student {number}", "org_unit": "lea", "counterparty": "Bologna"}
    row |= {"started_at": to_micros(begun), "ended_at": None, "restricted": False}
    connection.execute(insert(instance), row | columns)
    if linked:
        connection.execute(insert(identity_link), {"group": linked, "instance_id": number})
    for seq, (what, element, who) in enumerate(events, 1):
        at = to_micros(begun + (seq - 1) * every)
        actor, _, behalf = who.partition(">")
        kind = what if "_" in what or what == "migrated" else "work_item_completed"
        item = number * 100 + seq if kind == "work_item_completed" else None
        event = {"instance_id": number, "seq": seq, "at": at, "kind": kind, "element": element}
        event |= {"work_item_id": item, "actor": actor, "on_behalf_of": behalf or None}
        connection.execute(insert(history_event), event | {"payload_digest": None, "hash": b""})
        payload = b'{"from":1,"to":2}' if kind == "migrated" else b'{"vote":"%s"}' % what.encode()
        kept = {"instance_id": number, "seq": seq, "salt": b"", "payload": payload}
        connection.execute(insert(history_payload), kept)
        if item is not None:
            _answer(connection, item, row | columns, element, what, actor, behalf, at)


def _answer(
    connection: Connection,
    item: int,
    case: dict[str, Any],
    element: str,
    outcome: str,
    actor: str,
    behalf: str,
    at: int,
) -> None:
    row = {column.name: None for column in work_item.c}
    row |= {"id": item, "instance_id": case["id"], "definition_id": case["definition_id"]}
    row |= {"task_no": 1, "element": element, "seat": 0, "status": 1, "candidate": "ri"}
    row |= {"due_at": FAR, "priority": 50, "created_at": at, "completed_at": at}
    row |= {"completed_by": actor, "on_behalf_of": behalf or None, "outcome": outcome}
    row |= {name: case[name] for name in ("subject", "org_unit", "counterparty")}
    connection.execute(insert(work_item), row)


def deviating(engine, cases):
    """The ids of the cases that a class of conformance holds, whatever their status."""
    found = engine.search_cases(HistoryFilter(), actor=SYSTEM, among=cases)
    return [each.case.id for each in found.items]
