"""How much automatic work waits, by kind; each answer one statement that reads a bounded part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, select

from engine.tables import job
from engine.tables.types import from_micros, to_micros

MOST = 2000
"""How many jobs or incidents are looked at; what lies beyond is said to be "more"."""

AHEAD = timedelta(days=1)
_PENDING: ColumnElement[int] = literal_column("0")


@dataclass(frozen=True, slots=True)
class Queue:
    """Jobs of one kind. ``failed_before`` are those among the waiting that are tried again."""

    kind: str
    waiting: int
    running: int
    failed_before: int
    first: datetime
    """When the first of them was, or will be, due."""


@dataclass(frozen=True, slots=True)
class Workload:
    """The jobs that are due, and those that will be within :data:`AHEAD`."""

    due: Mapping[str, Queue]
    coming: Mapping[str, Queue]
    more: bool
    """Whether more than :data:`MOST` are due, and those beyond are not counted."""

    @property
    def waiting(self) -> int:
        """How many are due and nobody has taken yet."""
        return sum(each.waiting for each in self.due.values())

    @property
    def running(self) -> int:
        """How many are being done at this moment."""
        return sum(each.running for each in self.due.values())

    @property
    def oldest(self) -> datetime | None:
        """When the one was due that has waited longest, those being done included."""
        return min((each.first for each in self.due.values()), default=None)


def workload(connection: Connection, now: datetime) -> Workload:
    """The queue as it stands at ``now``; two statements, served by the index of what is due."""
    at, horizon = to_micros(now), to_micros(now + AHEAD)
    due = _queues(connection, job.c.due_at <= at, at)
    coming = _queues(connection, and_(job.c.due_at > at, job.c.due_at <= horizon), at)
    counted = sum(each.waiting + each.running for each in due.values())
    return Workload(due, coming, counted >= MOST)


def _queues(connection: Connection, when: ColumnElement[bool], at: int) -> dict[str, Queue]:
    leased = func.coalesce(job.c.lease_until >= at, False)
    part = (
        select(
            job.c.kind,
            job.c.due_at,
            case((leased, 1), else_=0).label("leased"),
            case((and_(~leased, job.c.attempts > 0), 1), else_=0).label("again"),
        )
        .where(job.c.status == _PENDING, when)
        .order_by(job.c.due_at, job.c.id)
        .limit(MOST)
        .subquery()
    )
    rows = connection.execute(
        select(
            part.c.kind,
            func.count().label("all"),
            func.sum(part.c.leased).label("leased"),
            func.sum(part.c.again).label("again"),
            func.min(part.c.due_at).label("first"),
        )
        .group_by(part.c.kind)
        .order_by(part.c.kind)
    )
    return {
        row.kind: Queue(
            row.kind,
            waiting=row.all - int(row.leased),
            running=int(row.leased),
            failed_before=int(row.again),
            first=from_micros(row.first),
        )
        for row in rows.all()
    }
