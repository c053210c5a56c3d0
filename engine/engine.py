"""The engine's surface: one short method a command or query."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import Clock, SystemClock
from engine.database import Database
from engine.definitions import Bundle, Problem, Severity
from engine.definitions import lint as lint_bundle
from engine.dispatch import Wake, nobody
from engine.errors import DeploymentRejected, NotFound
from engine.feel import Feel
from engine.history import queries as history
from engine.identity import SYSTEM, Actor
from engine.registry import Registry
from engine.runtime import (
    idempotency,
    inbox,
    incidents,
    instances,
    messages,
    work_items,
)
from engine.runtime.access import require_item_sight, require_sight
from engine.runtime.catalogue import catalogue
from engine.runtime.completion import Submission, complete
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.jobs import JobRunner, claim_due
from engine.runtime.presenting import present_item
from engine.tables import instance, work_item
from engine.tables.types import to_micros
from engine.unit import Unit
from engine.values import (
    Comment,
    Completed,
    Delivery,
    HistoryEvent,
    InboxCounts,
    InboxQuery,
    Incident,
    Instance,
    InstanceQuery,
    Labels,
    Page,
    SeatState,
    Started,
    Value,
    Verification,
    WorkItem,
)

_log = logging.getLogger(__name__)


class Engine:
    """Runs process definitions.

    Every command is one transaction: decision, domain rows, token move, work
    items, jobs, history and idempotency record commit together or not at all.
    A command given a ``unit`` joins that unit's transaction instead.
    """

    def __init__(
        self,
        database: Database,
        registry: Registry,
        *,
        clock: Clock | None = None,
        wake: Wake = nobody,
        feel: Feel | None = None,
    ) -> None:
        self.database = database
        self.registry = registry
        self.clock = clock or SystemClock()
        self.feel = feel or Feel()
        self._wake = wake
        self._definitions = Definitions(self.feel)
        self._runner = JobRunner(database, registry, self._definitions, self.reading)

    # Transactions

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[Unit]:
        """One transaction for ``actor``, committed when the block ends.

        The workers are woken after the commit when jobs are due.
        """
        with self.database.write() as connection:
            unit = Unit(connection, actor, self.clock.now())
            try:
                yield unit
                unit.flush()
            finally:
                unit.close()
        if unit.wakes:
            self._wake()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading."""
        with self.database.read() as connection, Session(bind=connection) as session:
            yield session

    @contextmanager
    def _in(self, actor: Actor, unit: Unit | None) -> Iterator[Unit]:
        if unit is not None:
            yield unit
            return
        with self.unit(actor) as own:
            yield own

    # Definitions

    def lint(self, bundle: Bundle) -> list[Problem]:
        """What is wrong with a bundle; empty when it can be deployed as it is."""
        return lint_bundle(bundle, catalogue(self.registry, self.feel))

    def deploy(self, bundle: Bundle, *, actor: Actor, note: str = "") -> Definition:
        """Store a bundle as the next version of its process.

        The same bundle as the latest version changes nothing. Raises
        DeploymentRejected with every problem when one of them is an error.
        """
        problems = self.lint(bundle)
        if any(problem.severity is Severity.ERROR for problem in problems):
            raise DeploymentRejected(problems)
        with self.unit(actor) as unit:
            return self._definitions.store(unit, bundle, note)

    def definitions(self) -> list[Definition]:
        """The latest version of every process, by key."""
        with self.database.read() as connection:
            return self._definitions.all_latest(connection)

    def definition(self, definition_id: int) -> Definition:
        """One version; raises NotFound."""
        with self.database.read() as connection:
            return self._definitions.get(connection, definition_id)

    # Instances

    def start(
        self,
        key: str,
        *,
        actor: Actor,
        business_key: str,
        variables: Mapping[str, Value],
        labels: Labels | None = None,
        links: Iterable[str] = (),
        idempotency_key: str | None = None,
        unit: Unit | None = None,
    ) -> Started:
        """Start an instance of the latest version of ``key``.

        ``links`` are the groups that may see it. The same idempotency key of
        the same actor gets the first answer again.
        """
        with self._in(actor, unit) as own:
            if idempotency_key is not None:
                known = idempotency.recall(own, "start", idempotency_key)
                if known is not None:
                    return Started(known[0], tuple(known[1]), known[2])
            definition = self._definitions.latest(own.connection, key)
            started = instances.start(
                own,
                self.registry,
                definition,
                business_key=business_key,
                variables=variables,
                labels=labels or Labels(),
                links=links,
            )
            if idempotency_key is not None:
                answer = [started.instance_id, started.work_items, started.finished]
                idempotency.remember(own, "start", idempotency_key, answer)
            return started

    def instance(self, instance_id: int, *, actor: Actor) -> Instance:
        """An instance the actor may see, with its open work items; raises NotFound."""
        with self.database.read() as connection:
            return instances.get(connection, self._definitions, actor, instance_id)

    def instances(self, *, actor: Actor, query: InstanceQuery) -> Page[Instance]:
        """A page of the instances the actor may see, newest first."""
        with self.database.read() as connection:
            return instances.find(connection, self._definitions, actor, query)

    def terminate(
        self, instance_id: int, *, actor: Actor, reason: str, unit: Unit | None = None
    ) -> None:
        """End an instance before its end, with a reason. Only who oversees may."""
        with self._in(actor, unit) as own:
            instances.terminate(own, instance_id, reason)

    # Work items

    def inbox(self, *, actor: Actor, query: InboxQuery) -> Page[WorkItem]:
        """A page of open work items."""
        now = to_micros(self.clock.now())
        with self.database.read() as connection:
            return inbox.inbox(connection, self._definitions, actor, query, now)

    def inbox_counts(self, *, actor: Actor) -> InboxCounts:
        """How much waits for the actor."""
        now = to_micros(self.clock.now())
        with self.database.read() as connection:
            return inbox.counts(connection, actor, now)

    def work_item(self, item_id: int, *, actor: Actor) -> WorkItem:
        """A work item, open or not, that the actor may see; raises NotFound."""
        with self.database.read() as connection:
            row = connection.execute(
                select(work_item, instance.c.business_key)
                .join(instance, instance.c.id == work_item.c.instance_id)
                .where(work_item.c.id == item_id)
            ).one_or_none()
            if row is None:
                raise NotFound
            require_item_sight(connection, actor, row)
            definition = self._definitions.get(connection, row.definition_id)
            return present_item(row, definition, row.business_key)

    def seats(self, item_id: int, *, actor: Actor) -> list[SeatState]:
        """Who was asked in the step a work item belongs to, and what they said."""
        with self.database.read() as connection:
            row = connection.execute(
                select(work_item).where(work_item.c.id == item_id)
            ).one_or_none()
            if row is None:
                raise NotFound
            require_item_sight(connection, actor, row)
            return work_items.seats_of(connection, row)

    def claim(self, item_id: int, *, actor: Actor) -> None:
        """Take a work item for oneself; raises Conflict when somebody else has it."""
        with self.unit(actor) as unit:
            work_items.claim(unit, item_id)

    def release(self, item_id: int, *, actor: Actor) -> None:
        """Give a work item back to its group."""
        with self.unit(actor) as unit:
            work_items.release(unit, item_id)

    def assign(self, item_id: int, *, actor: Actor, to: str) -> None:
        """Give a work item to a person."""
        with self.unit(actor) as unit:
            work_items.assign(unit, item_id, to)

    def delegate(self, item_id: int, *, actor: Actor, to: str) -> None:
        """Let somebody prepare a work item and give it back."""
        with self.unit(actor) as unit:
            work_items.delegate(unit, item_id, to)

    def resolve(self, item_id: int, *, actor: Actor) -> None:
        """Give a delegated work item back to its owner."""
        with self.unit(actor) as unit:
            work_items.resolve(unit, item_id)

    def save_draft(
        self,
        item_id: int,
        *,
        actor: Actor,
        data: Mapping[str, object],
        unit: Unit | None = None,
    ) -> None:
        """Keep what is typed so far."""
        with self._in(actor, unit) as own:
            work_items.save_draft(own, item_id, data)

    def set_due(self, item_id: int, *, actor: Actor, at: datetime | None) -> None:
        """Move a work item's due date."""
        with self.unit(actor) as unit:
            work_items.set_due(unit, item_id, at)

    def set_follow_up(self, item_id: int, *, actor: Actor, at: datetime | None) -> None:
        """Note when to look at a work item again."""
        with self.unit(actor) as unit:
            work_items.set_follow_up(unit, item_id, at)

    def set_priority(self, item_id: int, *, actor: Actor, priority: int) -> None:
        """Set a work item's priority, 0 to 100."""
        with self.unit(actor) as unit:
            work_items.set_priority(unit, item_id, priority)

    def comment(
        self,
        instance_id: int,
        *,
        actor: Actor,
        text: str,
        work_item_id: int | None = None,
        idempotency_key: str | None = None,
    ) -> int:
        """Add a remark to a case; returns its id, the same again for the same key."""
        with self.unit(actor) as unit:
            if idempotency_key is not None:
                known = idempotency.recall(unit, "comment", idempotency_key)
                if known is not None:
                    return int(known[0])
            comment_id = work_items.add_comment(unit, instance_id, text, work_item_id)
            if idempotency_key is not None:
                idempotency.remember(unit, "comment", idempotency_key, [comment_id])
            return comment_id

    def comments(self, instance_id: int, *, actor: Actor) -> list[Comment]:
        """The remarks on a case, oldest first."""
        with self.database.read() as connection:
            require_sight(connection, actor, instance_id)
            return work_items.comments_of(connection, instance_id)

    def complete(
        self,
        item_id: int,
        *,
        actor: Actor,
        data: Mapping[str, object] | None = None,
        outcome: str | None = None,
        reason: str | None = None,
        idempotency_key: str,
        unit: Unit | None = None,
    ) -> Completed:
        """Complete a work item and move the process on.

        Repeating it with the same key returns the first answer. Raises NotFound,
        Forbidden, Conflict (no longer open), InvalidInput, InvalidState.
        """
        submission = Submission(data or {}, outcome, reason, idempotency_key)
        with self._in(actor, unit) as own:
            return complete(own, self.registry, self._definitions, item_id, submission)

    # Messages, jobs, incidents

    def correlate(
        self,
        name: str,
        payload: Mapping[str, Value],
        *,
        message_id: str,
        business_key: str | None = None,
        actor: Actor = SYSTEM,
        unit: Unit | None = None,
    ) -> Delivery:
        """Deliver a message to the instance that waits for it, once."""
        with self._in(actor, unit) as own:
            return messages.correlate(
                own,
                self.registry,
                self._definitions,
                name,
                payload,
                message_id=message_id,
                business_key=business_key,
            )

    def run_due_jobs(self, *, worker: str, limit: int = 50) -> int:
        """Lease and run due jobs; returns how many were taken."""
        with self.unit(SYSTEM) as unit:
            taken = claim_due(unit, worker, limit)
        for job_id in taken:
            self._run(job_id, worker)
        return len(taken)

    def _run(self, job_id: int, worker: str) -> None:
        prepared = self._runner.prepare(job_id, worker, self.clock.now())
        if prepared is None:
            return
        try:
            result = prepared.perform()
            with self.unit(SYSTEM) as unit:
                self._runner.finish(unit, prepared, result)
        # Whatever a performer raises is an attempt that failed, told to an operator.
        except Exception as error:  # noqa: BLE001
            _log.warning("job %s (%s) failed", job_id, prepared.row.kind, exc_info=True)
            with self.unit(SYSTEM) as unit:
                self._runner.fail(unit, prepared, error)

    def incidents(
        self, *, actor: Actor, limit: int = 50, after: str | None = None
    ) -> Page[Incident]:
        """Open incidents, oldest first. Only who oversees may see them."""
        with self.database.read() as connection:
            return incidents.open_incidents(connection, actor, limit=limit, after=after)

    def retry(self, incident_id: int, *, actor: Actor) -> None:
        """Give the work behind an incident another try."""
        with self.unit(actor) as unit:
            incidents.retry(unit, incident_id)

    # History

    def history(
        self, instance_id: int, *, actor: Actor, after: int = 0, limit: int = 200
    ) -> list[HistoryEvent]:
        """What happened in a case, in order."""
        with self.database.read() as connection:
            require_sight(connection, actor, instance_id)
            return history.events(connection, instance_id, after=after, limit=limit)

    def verify(self, instance_id: int) -> Verification:
        """Whether a case's history is what was written."""
        with self.database.read() as connection:
            return history.verify(connection, instance_id)
