"""Exports as background work: ordered, written into a file, fetched, taken away again."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, insert, select, update

from engine.errors import InvalidState, NotFound
from engine.history import access_log
from engine.history.export.model import Order
from engine.history.filters import arguments_of, parse, query_string
from engine.identity import Actor
from engine.ids import new_id
from engine.registry import Exports
from engine.runtime.exporting import FORMATS
from engine.runtime.incidents import PENDING
from engine.runtime.jobs import LEASE_SECONDS
from engine.tables import history_export, job
from engine.tables.types import from_micros
from engine.unit import Unit
from engine.values import Value

WRITE: Final = "history_export"
REMOVE: Final = "history_export_removal"
ATTEMPTS: Final = 3
_UTC: Final = ZoneInfo("UTC")
_OWN = history_export.c


@dataclass(frozen=True, slots=True)
class OrderedExport:
    """An export in the background: how far it is, and its file once it is written.

    ``running`` is False for one that ended, was cancelled or ran out of attempts; ``kept`` says
    whether the file is there to be fetched. ``actor`` is who ordered it, as they were then.
    """

    id: int
    at: datetime
    actor: Actor
    order: Order
    total: int
    done: int
    running: bool
    size: int | None
    digest: str | None
    ended_at: datetime | None
    cancelled_at: datetime | None
    removed_at: datetime | None

    @property
    def kept(self) -> bool:
        """Whether its file can be fetched."""
        return self.ended_at is not None and self.removed_at is None

    @property
    def file_name(self) -> str:
        """What the file is called for who fetches it."""
        return f"history-{self.at:%Y%m%d}-{self.id % 10**6:06}.{FORMATS[self.order.format].suffix}"


def told(order: Order, number: int) -> Mapping[str, Value]:
    """An order as an event of the log of accesses tells it."""
    return {
        "export": str(number),
        "format": order.format,
        "people": "names" if order.named else "pseudonyms",
        "filter": query_string(order.wanted, _UTC),
        "columns": list(order.columns),
    }


def key_of(exports: Exports, number: int) -> bytes:
    """The key of the pseudonyms in one export."""
    return hmac.digest(exports.secret, b"passerelle-export/1\0%d" % number, "sha256")


def place(unit: Unit, order: Order, total: int) -> int:
    """Order an export of ``total`` events, as counted just now.

    Returns its number, or that of an equal one which is being written.
    """
    kept = _kept(order, unit.actor)
    same = (_OWN.actor == unit.actor.id, _OWN.order == kept, *_OPEN)
    for row in unit.connection.execute(_read.where(*same)):
        if row.working:
            return int(row.id)
    number = new_id()
    unit.connection.execute(
        insert(history_export).values(
            id=number,
            at=unit.at,
            actor=unit.actor.id,
            order=kept,
            job_id=unit.enqueue(WRITE, {"export": number}, max_attempts=ATTEMPTS),
            total=total,
            done=0,
        )
    )
    access_log.note(unit, access_log.ORDERED, told(order, number))
    return number


def cancel(unit: Unit, number: int) -> None:
    """Stop an export that is being written; only who ordered it may."""
    if own(unit.connection, unit.actor.id, number).ended_at is not None:
        raise InvalidState("This export is written already.")
    here = (_OWN.id == number, _OWN.cancelled_at.is_(None))
    unit.connection.execute(update(history_export).where(*here).values(cancelled_at=unit.at))


def fetch(unit: Unit, number: int) -> OrderedExport:
    """Note that who ordered an export fetches its file."""
    found = own(unit.connection, unit.actor.id, number)
    if not found.kept:
        raise NotFound
    access_log.note(unit, access_log.DOWNLOADED, told(found.order, number))
    return found


def own(connection: Connection, actor: str, number: int) -> OrderedExport:
    """An export that ``actor`` ordered; raises NotFound, as for one that is not there."""
    found = one(connection, number)
    if found is None or found.actor.id != actor:
        raise NotFound
    return found


def one(connection: Connection, number: int) -> OrderedExport | None:
    """An export by its number."""
    row = connection.execute(_read.where(_OWN.id == number)).one_or_none()
    return None if row is None else _export(row)


def listed(connection: Connection, *, before: int | None, limit: int) -> list[OrderedExport]:
    """Exports, the newest first: those before a number, if one is given."""
    statement = _read.order_by(_OWN.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(_OWN.id < before)
    return [_export(row) for row in connection.execute(statement)]


def go_on(unit: Unit, number: int, job_id: int, attempt: int, done: int) -> bool:
    """Note how far an export is, and keep its job for who writes it.

    False where it was cancelled, or where somebody else has taken the job: then stop.
    """
    mine = (job.c.id == job_id, job.c.attempts == attempt, job.c.lease_by.is_not(None))
    lease = update(job).where(*mine).values(lease_until=unit.at + LEASE_SECONDS * 1_000_000)
    if unit.connection.execute(lease).rowcount != 1:
        return False
    here = (_OWN.id == number, _OWN.cancelled_at.is_(None))
    noted = unit.connection.execute(update(history_export).where(*here).values(done=done))
    return noted.rowcount == 1


def finish(unit: Unit, number: int, size: int, digest: str, done: int) -> bool:
    """Note that the file of an export is written; False where it has been cancelled since."""
    here = (_OWN.id == number, _OWN.cancelled_at.is_(None))
    values = {"size": size, "digest": digest, "total": done, "done": done, "ended_at": unit.at}
    ended = unit.connection.execute(update(history_export).where(*here).values(**values))
    return ended.rowcount == 1


def remove(unit: Unit, number: int) -> None:
    """Note that the file of an export is gone."""
    unit.connection.execute(
        update(history_export).where(_OWN.id == number).values(removed_at=unit.at)
    )


def path_of(exports: Exports, export: OrderedExport) -> Path:
    """Where the file of an export lies."""
    return exports.folder / f"{export.id}.{FORMATS[export.order.format].suffix}"


_OPEN = (_OWN.ended_at.is_(None), _OWN.cancelled_at.is_(None))
_read = select(
    history_export,
    select(job.c.id)
    .where(job.c.id == _OWN.job_id, job.c.status == PENDING)
    .exists()
    .label("working"),
)


def _export(row: Any) -> OrderedExport:
    def instant(micros: int | None) -> datetime | None:
        return None if micros is None else from_micros(micros)

    kept = orjson.loads(row.order)
    open_ = row.ended_at is None and row.cancelled_at is None
    return OrderedExport(
        id=row.id,
        at=from_micros(row.at),
        actor=Actor(row.actor, groups=frozenset(kept["groups"]), oversees=kept["oversees"]),
        order=_order(kept),
        total=row.total,
        done=row.done,
        running=open_ and bool(row.working),
        size=row.size,
        digest=row.digest,
        ended_at=instant(row.ended_at),
        cancelled_at=instant(row.cancelled_at),
        removed_at=instant(row.removed_at),
    )


def _kept(order: Order, actor: Actor) -> bytes:
    return orjson.dumps(
        {
            "format": order.format,
            "filter": arguments_of(order.wanted, _UTC),
            "named": order.named,
            "columns": order.columns,
            "separator": order.separator,
            "groups": sorted(actor.groups),
            "oversees": actor.oversees,
        }
    )


def _order(kept: Mapping[str, Any]) -> Order:
    arguments: dict[str, list[str]] = {}
    for name, value in kept["filter"]:
        arguments.setdefault(name, []).append(value)
    return Order(
        kept["format"],
        parse(arguments, _UTC),
        kept["named"],
        tuple(kept["columns"]),
        kept["separator"],
    )
