"""The engine's surface: one short method a command or query."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from time import perf_counter

from engine.history import anchoring, checking
from engine.history.anchoring import Anchor
from engine.history.keys import KeyRing
from engine.identity import SYSTEM, Actor
from engine.retaining import Retaining
from engine.runtime import (
    evidence,
    idempotency,
    incidents,
    instances,
    messages,
    work_items,
)
from engine.runtime.completion import Submission, complete
from engine.runtime.jobs import BATCH, JobRunner, claim_due
from engine.unit import Unit
from engine.values import (
    Completed,
    Delivery,
    Labels,
    Started,
    Value,
)

_log = logging.getLogger(__name__)


class Engine(Retaining):
    """Runs process definitions.

    Every command is one transaction: decision, domain rows, token move, work
    items, jobs, history and idempotency record commit together or not at all.
    A command given a ``unit`` joins that unit's transaction instead.
    """

    @cached_property
    def _runner(self) -> JobRunner:
        kinds = {**self.registry.job_kinds, **self._own_job_kinds()}
        registry = replace(self.registry, job_kinds=kinds)
        return JobRunner(self.database, registry, self._definitions, self.reading)

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
        the same actor gets the first answer again. Raises NotFound for an unknown
        ``key``, Retired where no new cases are taken.
        """
        with self._in(actor, unit) as own:
            if idempotency_key is not None:
                known = idempotency.recall(own, "start", idempotency_key)
                if known is not None:
                    return Started(known[0], tuple(known[1]), known[2])
            definition = self._definitions.startable(own.connection, key)
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

    def terminate(
        self, instance_id: int, *, actor: Actor, reason: str, unit: Unit | None = None
    ) -> None:
        """End an instance before its end, with a reason. Only who oversees may."""
        with self._in(actor, unit) as own:
            instances.terminate(own, instance_id, reason)

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
        unit: Unit | None = None,
    ) -> int:
        """Add a remark to a case; returns its id, the same again for the same key."""
        with self._in(actor, unit) as own:
            if idempotency_key is not None:
                known = idempotency.recall(own, "comment", idempotency_key)
                if known is not None:
                    return int(known[0])
            comment_id = work_items.add_comment(own, instance_id, text, work_item_id)
            if idempotency_key is not None:
                idempotency.remember(own, "comment", idempotency_key, [comment_id])
            return comment_id

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

    def correlate(
        self,
        name: str,
        payload: Mapping[str, Value],
        *,
        message_id: str,
        business_key: str | None = None,
        labels: Labels | None = None,
        links: Iterable[str] = (),
        actor: Actor = SYSTEM,
        unit: Unit | None = None,
    ) -> Delivery:
        """Deliver a message to the instance that waits for it, and start what it starts, once.

        Where a process starts by it, ``business_key`` is required, ``payload`` holds
        flat values of variables which that process declares, and the new instance
        takes ``labels`` and ``links`` (the groups that may see it). Raises
        InvalidInput, InvalidState (several instances wait), Retired (it could only start
        what takes no new cases), Conflict (the one that waited has just gone on: send it
        again).
        """
        message = messages.Message(name, payload, business_key, labels or Labels(), tuple(links))
        with self._in(actor, unit) as own:
            return messages.correlate(
                own, self.registry, self._definitions, message, message_id=message_id
            )

    def run_due_jobs(self, *, worker: str, limit: int = BATCH) -> int:
        """Lease and run due jobs; returns how many were taken.

        The lease of all begins at once: take no more than can be done within it.
        """
        with self.unit(SYSTEM) as unit:
            taken = claim_due(unit, worker, limit)
        for job_id in taken:
            self._run(job_id, worker)
        return len(taken)

    def _run(self, job_id: int, worker: str) -> None:
        prepared = self._runner.prepare(job_id, worker, self.clock.now())
        if prepared is None:
            return
        began = perf_counter()
        failed = True
        try:
            result = prepared.perform()
            with self.unit(SYSTEM) as unit:
                self._runner.finish(unit, prepared, result)
            failed = False
        # Whatever a performer raises is an attempt that failed, told to an operator.
        except Exception as error:  # noqa: BLE001
            _log.warning("job %s (%s) failed", job_id, prepared.row.kind, exc_info=True)
            with self.unit(SYSTEM) as unit:
                self._runner.fail(unit, prepared, error)
        finally:
            seconds = perf_counter() - began
            self.registry.watch(prepared.row.kind, prepared.step, seconds, failed=failed)

    def retry(self, incident_id: int, *, actor: Actor) -> None:
        """Give the work behind an incident another try."""
        with self.unit(actor) as unit:
            incidents.retry(unit, incident_id)

    def make_anchor(self, keys: KeyRing, *, issuer: str) -> Anchor:
        """Sign where the histories of all cases stand, in the name of ``issuer``."""
        with self.unit(SYSTEM) as unit:
            return anchoring.make(unit, keys, issuer)

    def export_evidence(
        self,
        instance_id: int,
        *,
        actor: Actor,
        keys: KeyRing,
        issuer: str,
        files: Mapping[str, bytes],
    ) -> bytes:
        """The sealed evidence of a case the actor may see, with ``files`` added to it.

        The export is an event of the case, and an anchor seals it. Raises NotFound,
        InvalidState where the history of the case is not what was written.
        """
        with self.unit(actor) as unit:
            return evidence.export(unit, self._definitions, instance_id, keys, issuer, files)

    def start_check(self, *, actor: Actor) -> None:
        """Verify the history in the background, unless that is under way."""
        with self.unit(actor) as unit:
            checking.start(unit)
