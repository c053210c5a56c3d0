"""A unit of work: one command's transaction and what commits with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, exists, insert, update
from sqlalchemy.orm import Session

from engine.database import Statement
from engine.identity import Actor
from engine.ids import new_id
from engine.tables import identity_link, instance, job, work_item
from engine.tables.types import to_micros
from engine.values import Labels, Value

MAIL_ATTEMPTS = 8
_BACKOFF_SECONDS = 30
_QUEUED = 0
_insert_job = Statement(insert(job).values({c.name: None for c in job.c}))


class Unit:
    """One transaction, one actor, one instant.

    Whoever gets a unit writes through it and never commits. ``wakes`` tells the
    engine that there is work for the workers once the transaction is through;
    ``opened`` is the job kind that hears of new work items, if one does; ``idle`` are the kinds
    that would have nothing to do.
    """

    def __init__(
        self,
        connection: Connection,
        actor: Actor,
        now: datetime,
        *,
        opened: str | None = None,
        idle: frozenset[str] = frozenset(),
    ) -> None:
        self.connection = connection
        self.opened = opened
        self.idle = idle
        self.actor = actor
        self.now = now
        self.at = to_micros(now)
        self.wakes = False
        self.relabelled: dict[int, Labels] = {}
        self._session: Session | None = None
        self._news: list[str] = []

    @property
    def session(self) -> Session:
        """An ORM session on the unit's connection; flushed before the commit."""
        if self._session is None:
            self._session = Session(
                bind=self.connection,
                expire_on_commit=False,
                autoflush=True,
                join_transaction_mode="rollback_only",
            )
        return self._session

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[None]:
        """Let ``actor`` be who acts until the block ends: a substitute as whom they replace."""
        before, self.actor = self.actor, actor
        try:
            yield
        finally:
            self.actor = before

    @contextmanager
    def telling(self) -> Iterator[list[str]]:
        """Collect the keys of the news that are told inside the block, for its event."""
        before, self._news = self._news, []
        try:
            yield self._news
        finally:
            self._news = before

    def tells(self, news: str) -> None:
        """What is being done tells people the news of this key."""
        if news not in self._news:
            self._news.append(news)

    def flush(self) -> None:
        """Send what the session still holds."""
        if self._session is not None:
            self._session.flush()

    def close(self) -> None:
        """Let the session go; the transaction is not the session's to end."""
        if self._session is not None:
            self._session.close()

    def enqueue(
        self,
        kind: str,
        payload: Mapping[str, Value],
        *,
        due_at: datetime | None = None,
        instance_id: int | None = None,
        max_attempts: int = MAIL_ATTEMPTS,
    ) -> int:
        """Add a job that belongs to no element of a diagram, and return its id.

        It runs after the commit, at ``due_at`` or at once.
        """
        row = job_row(
            self,
            instance_id=instance_id,
            kind=kind,
            payload=orjson.dumps(payload),
            due_at=self.at if due_at is None else to_micros(due_at),
            max_attempts=max_attempts,
        )
        insert_jobs(self, [row])
        return int(row["id"])

    def link(self, instance_id: int, groups: Iterable[str]) -> None:
        """Let ``groups`` see the instance."""
        rows = [{"group": group, "instance_id": instance_id} for group in dict.fromkeys(groups)]
        if rows:
            self.connection.execute(insert(identity_link), rows)

    def relabel(self, instance_id: int, labels: Labels) -> None:
        """Change how the instance and its open work items are shown in lists."""
        self.relabelled[instance_id] = labels
        values = {
            "subject": labels.subject,
            "org_unit": labels.org_unit,
            "counterparty": labels.counterparty,
        }
        self.connection.execute(
            update(instance).where(instance.c.id == instance_id).values(**values)
        )
        self.connection.execute(
            update(work_item)
            .where(work_item.c.instance_id == instance_id, work_item.c.status == 0)
            .values(**values)
        )


def job_row(
    unit: Unit,
    *,
    instance_id: int | None,
    kind: str,
    payload: bytes,
    due_at: int,
    max_attempts: int,
    element: str = "",
    task_no: int = 0,
    backoff_seconds: int = _BACKOFF_SECONDS,
) -> dict[str, Any]:
    """The row of a new job; ``due_at`` in microseconds."""
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": kind,
        "element": element,
        "task_no": task_no,
        "payload": payload,
        "status": _QUEUED,
        "due_at": due_at,
        "attempts": 0,
        "max_attempts": max_attempts,
        "backoff_seconds": backoff_seconds,
        "lease_until": None,
        "lease_by": None,
        "last_error": None,
        "created_at": unit.at,
    }


def is_queued(kind: str) -> ColumnElement[bool]:
    """Whether a job of a kind waits or is being run; one that has become an incident does not."""
    return exists().where(job.c.kind == kind, job.c.status == _QUEUED)


def insert_jobs(unit: Unit, rows: list[dict[str, Any]]) -> None:
    """Insert job rows; the workers are woken after the commit if one is due."""
    if not rows:
        return
    _insert_job(unit.connection, rows)
    unit.wakes = unit.wakes or any(row["due_at"] <= unit.at for row in rows)
