"""Which workers run: each says so now and then, and goes with a word.

One that dies leaves its row, so that operators see whom they miss.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from engine.tables import worker
from engine.tables.types import from_micros, to_micros
from engine.unit import Unit

MISSED = timedelta(days=7)
"""How long one that has died is missed."""

SILENT = timedelta(minutes=1)
"""A worker that runs sweeps every few seconds; who has not for this long does not run."""

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker: since when it runs, and when it last swept the queue."""

    name: str
    started_at: datetime
    seen_at: datetime


def saw(unit: Unit, name: str) -> None:
    """Note that a worker runs; who is new makes those long gone be forgotten."""
    connection = unit.connection
    known = connection.execute(update(worker).where(worker.c.name == name).values(seen_at=unit.at))
    if known.rowcount:
        return
    past = to_micros(unit.now - MISSED)
    connection.execute(delete(worker).where(worker.c.seen_at < past))
    connection.execute(insert(worker).values(name=name, started_at=unit.at, seen_at=unit.at))


def left(unit: Unit, name: str) -> None:
    """Note that a worker has ended as it was told to."""
    unit.connection.execute(delete(worker).where(worker.c.name == name))


def seen(connection: Connection) -> list[Seen]:
    """The workers, the one seen last first."""
    rows = connection.execute(select(worker).order_by(worker.c.seen_at.desc()).limit(SHOWN))
    return [Seen(row.name, from_micros(row.started_at), from_micros(row.seen_at)) for row in rows]
