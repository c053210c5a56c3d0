"""Incidents: what cannot go on by itself, kept until a person has dealt with it."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, insert, or_, select, update

from engine.errors import ExecutionError, Forbidden, InvalidState, NotFound
from engine.identity import Actor
from engine.ids import new_id
from engine.runtime.access import overseen, require_sight
from engine.runtime.cursors import parts_of
from engine.runtime.locked import LockedInstance
from engine.tables import incident, instance, job
from engine.tables.types import from_micros
from engine.unit import Unit
from engine.values import Incident, Page

OPEN, RESOLVED = 0, 1
PENDING, FAILED = 0, 1


def raise_incident(
    unit: Unit, locked: LockedInstance | None, job_id: int, error: ExecutionError
) -> None:
    """Mark a job as failed for good and open an incident for it."""
    unit.connection.execute(
        update(job)
        .where(job.c.id == job_id)
        .values(status=FAILED, lease_until=None, lease_by=None, last_error=error.detail)
    )
    incident_id = new_id()
    unit.connection.execute(
        insert(incident).values(
            id=incident_id,
            instance_id=locked.id if locked else None,
            job_id=job_id,
            element=error.element,
            reason=error.reason,
            detail=error.detail,
            params=orjson.dumps({name: str(value) for name, value in error.params.items()}),
            status=OPEN,
            at=unit.at,
        )
    )
    if locked is not None:
        locked.record(
            "incident_raised",
            unit.actor,
            element=error.element,
            payload={"reason": error.reason, "detail": error.detail},
        )


def retry(unit: Unit, incident_id: int) -> int:
    """Give the incident's job one more attempt, now; returns the job's id.

    Raises NotFound, Forbidden (the actor does not oversee), InvalidState (already resolved).
    """
    if not unit.actor.oversees:
        raise Forbidden
    row = _find(unit, incident_id)
    if row.instance_id is not None:
        require_sight(unit.connection, unit.actor, row.instance_id)
    return _try_again(unit, row)


def try_again(unit: Unit, incident_id: int) -> int:
    """Retry an incident in the name of who was allowed to order it; raises as :func:`retry`."""
    return _try_again(unit, _find(unit, incident_id))


def _find(unit: Unit, incident_id: int) -> Any:
    row = unit.connection.execute(
        select(incident).where(incident.c.id == incident_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def _try_again(unit: Unit, row: Any) -> int:
    if row.status != OPEN:
        raise InvalidState("This incident is already resolved.")
    locked = None if row.instance_id is None else LockedInstance.load(unit, row.instance_id)
    resolved = unit.connection.execute(
        update(incident)
        .where(incident.c.id == row.id, incident.c.status == OPEN)
        .values(status=RESOLVED, resolved_at=unit.at, resolved_by=unit.actor.id)
    )
    if resolved.rowcount != 1:
        raise InvalidState("This incident is already resolved.")
    again = unit.connection.execute(
        update(job)
        .where(job.c.id == row.job_id)
        .values(status=PENDING, due_at=unit.at, max_attempts=job.c.attempts + 1)
    )
    if again.rowcount != 1:
        raise InvalidState("The process went another way: there is nothing left to retry.")
    if locked is not None:
        locked.record("incident_retried", unit.actor, element=row.element)
        locked.save(unit)
    unit.wakes = True
    return int(row.job_id)


def of_case(connection: Connection, instance_id: int) -> list[tuple[Incident, ...]]:
    """What stopped a case, the oldest first: of each piece of work, every time that it failed.

    All but the last of them were followed by another try; so was the last one where it is
    resolved.
    """
    rows = connection.execute(
        select(incident).where(incident.c.instance_id == instance_id).order_by(incident.c.id)
    )
    by_work: dict[int, list[Incident]] = {}
    for row in rows:
        by_work.setdefault(row.job_id, []).append(_incident(row))
    return [tuple(tries) for tries in by_work.values()]


def open_incidents(
    connection: Connection, actor: Actor, *, limit: int, after: str | None
) -> Page[Incident]:
    """Open incidents, oldest first. Only who oversees sees any, of cases they may see.

    One whose job is gone, because the process went another way, is over.
    """
    if not actor.oversees:
        raise Forbidden
    beyond = 0 if after is None else parts_of(after, 1)[0]
    rows = connection.execute(
        select(incident, instance.c.business_key, instance.c.subject)
        .join(job, job.c.id == incident.c.job_id)
        .outerjoin(instance, instance.c.id == incident.c.instance_id)
        .where(
            incident.c.status == OPEN,
            incident.c.id > beyond,
            or_(incident.c.instance_id.is_(None), overseen(actor, incident.c.instance_id)),
        )
        .order_by(incident.c.id)
        .limit(limit + 1)
    ).all()
    items = [
        _incident(row, business_key=row.business_key or "", subject=row.subject or "")
        for row in rows[:limit]
    ]
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


def _incident(row: Any, *, business_key: str = "", subject: str = "") -> Incident:
    return Incident(
        id=row.id,
        instance_id=row.instance_id,
        business_key=business_key,
        subject=subject,
        element=row.element,
        reason=row.reason,
        detail=row.detail,
        params=orjson.loads(row.params),
        at=from_micros(row.at),
        resolved_at=from_micros(row.resolved_at) if row.resolved_at else None,
        resolved_by=row.resolved_by,
    )
