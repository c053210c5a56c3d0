"""Jobs: claimed with a lease, performed outside any transaction, ended in one.

A worker that dies leaves a lease that runs out; the next sweep takes the job
again. A job's effect and its deletion commit together, so it takes effect once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, or_, select, update

from engine.database import Database, Statement
from engine.errors import Conflict, ExecutionError, InvalidInput
from engine.identity import SYSTEM
from engine.registry import JobContext, ReadSession, Registry
from engine.runtime.advance import Move, step
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.incidents import PENDING, raise_incident
from engine.runtime.locked import LockedInstance, told
from engine.runtime.messages import deliver, thrown_message
from engine.runtime.performing import Prepared
from engine.runtime.timing import due
from engine.schedule import parse_timer
from engine.tables import instance, job
from engine.tables.types import to_micros
from engine.unit import Unit
from engine.values import Value

LEASE_SECONDS = 120
BATCH = 5
"""Jobs leased together: even if each waits for a slow server, they fit into the lease."""
MAX_BACKOFF_SECONDS = 24 * 3600
_EVENTS = {"timer": "timer_fired", "service": "service_completed", "move": "step_taken"}
"""The kind of event of a job that moves the tokens of its case."""

_log = logging.getLogger(__name__)

_due = Statement(
    select(job.c.id)
    .where(
        job.c.status == PENDING,
        job.c.due_at <= bindparam("now"),
        or_(job.c.lease_until.is_(None), job.c.lease_until < bindparam("now")),
    )
    .order_by(job.c.due_at, job.c.id)
    .limit(bindparam("most")),
    lock="skip",
)
_lease = Statement(
    update(job)
    .where(job.c.id == bindparam("the_id"))
    .values(
        lease_until=bindparam("until"),
        lease_by=bindparam("worker"),
        attempts=job.c.attempts + 1,
    )
)
_leased = Statement(
    select(job, instance.c.business_key, instance.c.state, instance.c.definition_id)
    .outerjoin(instance, instance.c.id == job.c.instance_id)
    .where(job.c.id == bindparam("the_id"), job.c.lease_by == bindparam("worker"))
)
_lease_of = Statement(select(job.c.lease_by, job.c.attempts).where(job.c.id == bindparam("the_id")))
_done = Statement(delete(job).where(job.c.id == bindparam("the_id")))


def claim_due(unit: Unit, worker: str, limit: int) -> list[int]:
    """Lease up to ``limit`` due jobs to ``worker``, oldest first; returns their ids."""
    ids = [row.id for row in _due(unit.connection, {"now": unit.at, "most": limit})]
    if ids:
        until = unit.at + LEASE_SECONDS * 1_000_000
        _lease(unit.connection, [{"the_id": id_, "until": until, "worker": worker} for id_ in ids])
    return ids


class JobRunner:
    """Runs one leased job: its outside half, then its transactional half."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        definitions: Definitions,
        session: ReadSession,
    ) -> None:
        self._database = database
        self._registry = registry
        self._definitions = definitions
        self._session = session

    def prepare(self, job_id: int, worker: str, now: datetime) -> Prepared | None:
        """Read what the job needs; None if it is gone or leased to somebody else."""
        with self._database.read() as connection:
            row = _leased(connection, {"the_id": job_id, "worker": worker}).one_or_none()
            if row is None:
                return None
            definition = (
                None
                if row.definition_id is None
                else self._definitions.get(connection, row.definition_id)
            )
        return Prepared(row, definition, self._registry, self._session, self._by_id, now)

    def _by_id(self, definition_id: int) -> Definition:
        with self._database.read() as connection:
            return self._definitions.get(connection, definition_id)

    def finish(self, unit: Unit, prepared: Prepared, result: Value) -> None:
        """Apply the job's effect and delete it, in the unit's transaction."""
        row = prepared.row
        if row.kind == "message":
            self._deliver(unit, prepared)
            return
        locked = None if row.instance_id is None else LockedInstance.load(unit, row.instance_id)
        if not _still_leased(unit, row):
            return
        _done(unit.connection, {"the_id": row.id})
        variables: Mapping[str, Value] = {}
        with unit.telling() as news:
            if prepared.performer is not None:
                context = JobContext(unit, prepared.job, unit.now)
                variables = prepared.performer.apply(context, result)
                unit.flush()
        if locked is not None:
            self._record(locked, prepared, told(news))
            self._move(unit, locked, prepared, result, variables)
            locked.save(unit)

    def _deliver(self, unit: Unit, prepared: Prepared) -> None:
        """Deliver a thrown message; the thrower is not locked, so no two can wait
        for each other.

        The job goes last, as the order of locks asks, and only with its lease: of two
        workers who have both delivered the message, one finds it gone and takes all back.
        """
        row = prepared.row
        if not _still_leased(unit, row):
            return
        message = thrown_message(unit, row.instance_id, prepared.payload)
        try:
            delivery = deliver(unit, self._registry, self._definitions, message)
        except InvalidInput as error:
            told = "; ".join(f"{field}: {', '.join(said)}" for field, said in error.errors.items())
            raise ExecutionError(
                row.element,
                "message_refused",
                f"The message '{message.name}' cannot be delivered: {told}.",
            ) from error
        leased = (
            job.c.id == row.id,
            job.c.lease_by == row.lease_by,
            job.c.attempts == row.attempts,
        )
        if unit.connection.execute(delete(job).where(*leased)).rowcount != 1:
            raise Conflict
        if not delivery.delivered:
            _log.info("no case waits for the message %s", message.name)

    def _record(
        self, locked: LockedInstance, prepared: Prepared, payload: Mapping[str, Value]
    ) -> None:
        """The event of what a job has done."""
        row = prepared.row
        kind = _EVENTS.get(row.kind)
        if kind is None:
            locked.record("job_completed", SYSTEM, payload={"kind": row.kind, **payload})
        else:
            locked.record(kind, SYSTEM, element=row.element, payload=payload)

    def _move(
        self,
        unit: Unit,
        locked: LockedInstance,
        prepared: Prepared,
        result: Value,
        variables: Mapping[str, Value],
    ) -> None:
        row, definition = prepared.row, prepared.definition
        assert definition is not None
        if row.kind == "move":
            step(unit, self._registry, locked, definition, Move.load(prepared.payload))
        elif row.kind == "timer":
            move = Move("fire", row.task_no, {})
            if step(unit, self._registry, locked, definition, move).still_waiting:
                _rearm(unit, prepared)
        elif row.kind == "service":
            name = definition.element(row.element).properties.get("resultVariable")
            values = {**variables, name: result} if name else variables
            step(unit, self._registry, locked, definition, Move("complete", row.task_no, values))

    def fail(self, unit: Unit, prepared: Prepared, error: Exception) -> None:
        """Put the job off with exponential backoff or, out of attempts, open an incident."""
        row = prepared.row
        locked = None if row.instance_id is None else LockedInstance.load(unit, row.instance_id)
        if not _still_leased(unit, row):
            return
        if isinstance(error, ExecutionError) or row.attempts >= row.max_attempts:
            raise_incident(unit, locked, row.id, _as_execution_error(row, error))
            if locked is not None:
                locked.save(unit)
            return
        wait = min(row.backoff_seconds * 2 ** (row.attempts - 1), MAX_BACKOFF_SECONDS)
        unit.connection.execute(
            update(job)
            .where(job.c.id == row.id)
            .values(
                due_at=unit.at + wait * 1_000_000,
                lease_until=None,
                lease_by=None,
                last_error=f"{type(error).__name__}: {error}"[:2000],
            )
        )


def _still_leased(unit: Unit, row: Any) -> bool:
    found = _lease_of(unit.connection, {"the_id": row.id}).one_or_none()
    return found is not None and (found.lease_by, found.attempts) == (row.lease_by, row.attempts)


def _rearm(unit: Unit, prepared: Prepared) -> None:
    """Set a cyclic boundary timer again, unless its repetitions are spent."""
    row, definition = prepared.row, prepared.definition
    assert definition is not None
    armed_at = datetime.fromisoformat(str(prepared.payload["armed_at"]))
    fired = int(str(prepared.payload["fired"])) + 1
    timer = parse_timer(str(prepared.payload["timer"]))
    at = due(definition, row.element, timer, armed_at, fired=fired)
    if at is None:
        return
    values = {column.name: getattr(row, column.name) for column in job.c}
    values |= {
        "payload": orjson.dumps({**prepared.payload, "fired": fired}),
        "due_at": max(to_micros(at), unit.at),
        "attempts": 0,
        "lease_until": None,
        "lease_by": None,
    }
    unit.connection.execute(job.insert().values(**values))


def _as_execution_error(row: Any, error: Exception) -> ExecutionError:
    if isinstance(error, ExecutionError):
        return error
    return ExecutionError(
        row.element,
        "job_failed",
        f"The automatic work '{row.element or row.kind}' failed at attempt {row.attempts} of "
        f"{row.max_attempts}: {type(error).__name__}: {error}",
        attempts=row.attempts,
    )
