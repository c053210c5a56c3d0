"""Open incidents that say the same, put together."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, literal_column, null, or_, select

from engine.errors import Forbidden
from engine.identity import Actor
from engine.operations.workload import MOST
from engine.runtime.access import overseen
from engine.tables import incident, instance, job
from engine.tables.types import from_micros

_OPEN: ColumnElement[int] = literal_column("0")
_NUMBERS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Failure:
    """One open incident. ``payload`` is what its job was asked, for the kinds asked for."""

    id: int
    instance_id: int | None
    business_key: str
    subject: str
    element: str
    detail: str
    at: datetime
    payload: bytes | None


@dataclass(frozen=True, slots=True)
class Alike:
    """Incidents of one kind of job and one reason whose messages differ in numbers alone.

    ``key`` names them in an address; ``failures`` are the oldest first.
    """

    key: str
    kind: str
    reason: str
    failures: Sequence[Failure]

    @property
    def detail(self) -> str:
        """What the first of them says."""
        return self.failures[0].detail

    def up_to(self, newest: int) -> Alike | None:
        """Those that were there when the one with the id ``newest`` was the newest."""
        there = [each for each in self.failures if each.id <= newest]
        return replace(self, failures=there) if there else None

    @property
    def newest(self) -> int:
        """The id of the newest of them."""
        return max(each.id for each in self.failures)


def alike(connection: Connection, actor: Actor, *, payloads_of: str = "") -> list[Alike]:
    """The oldest open incidents that the actor may see, put together; the longest open first.

    One statement, of at most :data:`MOST` incidents. One whose job is gone is over. Raises
    Forbidden for whoever does not oversee.
    """
    if not actor.oversees:
        raise Forbidden
    rows = connection.execute(
        select(
            incident,
            job.c.kind,
            case((job.c.kind == payloads_of, job.c.payload), else_=null()).label("payload"),
            instance.c.business_key,
            instance.c.subject,
        )
        .join(job, job.c.id == incident.c.job_id)
        .outerjoin(instance, instance.c.id == incident.c.instance_id)
        .where(
            incident.c.status == _OPEN,
            or_(incident.c.instance_id.is_(None), overseen(actor, incident.c.instance_id)),
        )
        .order_by(incident.c.at, incident.c.id)
        .limit(MOST)
    )
    together: dict[str, list[Failure]] = {}
    named: dict[str, tuple[str, str]] = {}
    for row in rows:
        key = key_of(row.kind, row.reason, row.detail)
        named[key] = (row.kind, row.reason)
        together.setdefault(key, []).append(_failure(row))
    return [Alike(key, *named[key], failures) for key, failures in together.items()]


def _failure(row: Any) -> Failure:
    return Failure(
        id=row.id,
        instance_id=row.instance_id,
        business_key=row.business_key or "",
        subject=row.subject or "",
        element=row.element,
        detail=row.detail,
        at=from_micros(row.at),
        payload=row.payload,
    )


def key_of(kind: str, reason: str, detail: str) -> str:
    """What incidents have in common that say the same."""
    said = _NUMBERS.sub("#", detail)
    return hashlib.sha256("\0".join((kind, reason, said)).encode()).hexdigest()[:16]
