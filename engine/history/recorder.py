"""Writes history: events collected during a command, chained and stored at its end."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, insert

from engine.database import Statement
from engine.history.chain import GENESIS, fields, link, payload_digest
from engine.identity import Actor
from engine.tables import history_event, history_payload
from engine.values import Value

_SALT_BYTES = 16
_insert_events = Statement(insert(history_event).values({c.name: None for c in history_event.c}))
_insert_payloads = Statement(
    insert(history_payload).values({c.name: None for c in history_payload.c})
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event before it has its place in the chain."""

    kind: str
    actor: Actor
    element: str | None = None
    work_item_id: int | None = None
    payload: Mapping[str, Value] | None = None


def append(
    connection: Connection,
    instance_id: int,
    seq: int,
    head: bytes,
    at: int,
    events: list[Recorded],
) -> tuple[int, bytes]:
    """Store ``events`` after event ``seq`` whose hash is ``head``.

    ``at`` is the command's instant in microseconds. Returns the new sequence
    number and head, which the caller writes into the instance's row.
    """
    rows: list[dict[str, Any]] = []
    payloads: list[dict[str, Any]] = []
    for event in events:
        seq += 1
        row: dict[str, Any] = {
            "instance_id": instance_id,
            "seq": seq,
            "at": at,
            "kind": event.kind,
            "element": event.element,
            "work_item_id": event.work_item_id,
            "actor": event.actor.id,
            "on_behalf_of": event.actor.on_behalf_of,
            "payload_digest": None,
        }
        if event.payload:
            salt, content = secrets.token_bytes(_SALT_BYTES), orjson.dumps(event.payload)
            row["payload_digest"] = payload_digest(salt, content)
            payloads.append(
                {"instance_id": instance_id, "seq": seq, "salt": salt, "payload": content}
            )
        head = row["hash"] = link(head, fields(row))
        rows.append(row)
    _insert_events(connection, rows)
    if payloads:
        _insert_payloads(connection, payloads)
    return seq, head


__all__ = ["GENESIS", "Recorded", "append", "payload_digest"]
