"""Retired processes: their instances go on, and no new one starts until they are resumed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict
from engine.ids import new_id
from engine.tables import definition_retirement
from engine.tables.types import from_micros
from engine.unit import Unit


@dataclass(frozen=True, slots=True)
class Retirement:
    """When a process was retired, and when it was resumed; None while it is retired."""

    key: str
    retired_at: datetime
    retired_by: str
    note: str
    resumed_at: datetime | None
    resumed_by: str | None
    resumed_note: str | None


def retired(connection: Connection, keys: Collection[str] | None = None) -> set[str]:
    """The keys of the processes that are retired, of all or of these."""
    query = select(definition_retirement.c.key).where(definition_retirement.c.resumed_at.is_(None))
    if keys is not None:
        query = query.where(definition_retirement.c.key.in_(keys))
    return set(connection.execute(query).scalars())


def of(connection: Connection, key: str) -> list[Retirement]:
    """Each time a process was retired, the last first."""
    rows = connection.execute(
        select(definition_retirement)
        .where(definition_retirement.c.key == key)
        .order_by(definition_retirement.c.id.desc())
    )
    return [
        Retirement(
            row.key,
            from_micros(row.retired_at),
            row.retired_by,
            row.note,
            from_micros(row.resumed_at) if row.resumed_at is not None else None,
            row.resumed_by,
            row.resumed_note,
        )
        for row in rows
    ]


def retire(unit: Unit, key: str, note: str) -> None:
    """Take no new instances of a process; raises Conflict where it is retired already."""
    if retired(unit.connection, [key]):
        raise Conflict
    values = {
        "id": new_id(),
        "key": key,
        "retired_at": unit.at,
        "retired_by": unit.actor.id,
        "note": note,
    }
    try:
        unit.connection.execute(insert(definition_retirement).values(**values))
    except IntegrityError as taken:
        # PostgreSQL lets two look at once.
        raise Conflict from taken


def resume(unit: Unit, key: str, note: str) -> None:
    """Take new instances again; raises Conflict where the process is not retired."""
    resumed = unit.connection.execute(
        update(definition_retirement)
        .where(definition_retirement.c.key == key, definition_retirement.c.resumed_at.is_(None))
        .values(resumed_at=unit.at, resumed_by=unit.actor.id, resumed_note=note)
    )
    if resumed.rowcount != 1:
        raise Conflict
