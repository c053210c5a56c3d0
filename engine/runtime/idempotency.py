"""Answers kept for repeated commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import insert, select

from engine.errors import Conflict
from engine.tables import idempotency
from engine.unit import Unit


def recall(unit: Unit, command: str, key: str) -> list[Any] | None:
    """The answer given for this key, or None.

    Raises Conflict when the key was used for another command or by another actor.
    """
    row = unit.connection.execute(select(idempotency).where(idempotency.c.key == key)).one_or_none()
    if row is None:
        return None
    if (row.command, row.actor) != (command, unit.actor.id):
        raise Conflict("This idempotency key was used for something else.")
    answer: list[Any] = orjson.loads(row.answer)
    return answer


def remember(unit: Unit, command: str, key: str, answer: Sequence[Any]) -> None:
    """Keep the answer; two at once are decided by the primary key."""
    unit.connection.execute(
        insert(idempotency).values(
            key=key,
            command=command,
            actor=unit.actor.id,
            answer=orjson.dumps(answer),
            at=unit.at,
        )
    )
