"""Moves tokens: the one place where the kernel steps and its waits become rows.

What the kernel waits for after a step, compared with what it waited for before,
is turned into work items, jobs and subscriptions; what no longer waits is
cancelled. All of it belongs to the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from engine.definitions import Element
from engine.errors import ExecutionError
from engine.history.recorder import Recorded
from engine.ids import new_id
from engine.kernel import Run, Wait, WaitKind
from engine.registry import Registry
from engine.runtime.correlation import correlation_key
from engine.runtime.deployed import Definition
from engine.runtime.incidents import raise_incident
from engine.runtime.locked import LockedInstance
from engine.runtime.opening import Decider, candidate_of, item_rows, result_variable
from engine.runtime.plan import Plan
from engine.runtime.throwing import message_row
from engine.runtime.timing import due, timer_text
from engine.schedule import parse_duration, parse_timer
from engine.tables.types import to_micros
from engine.unit import Unit, insert_jobs, job_row
from engine.values import InstanceStatus, Value

SERVICE_ATTEMPTS = 5
SERVICE_BACKOFF = "PT30S"
UTC = ZoneInfo("UTC")
AUTOMATIC_ROUNDS = 100


@dataclass(frozen=True, slots=True)
class Move:
    """A step as data: kept in a job when it cannot be taken now.

    ``op`` is ``start``, ``complete``, ``fire`` or ``deliver``; a start may name the
    message start event to begin ``at``.
    """

    op: str
    task_no: int
    variables: Mapping[str, Value]
    at: str = ""

    def dump(self) -> bytes:
        """As a job's payload."""
        return orjson.dumps(
            {
                "op": self.op,
                "task_no": self.task_no,
                "variables": dict(self.variables),
                "at": self.at,
            }
        )

    @classmethod
    def load(cls, payload: Mapping[str, Value]) -> Move:
        """From a job's payload."""
        variables = payload["variables"]
        assert isinstance(variables, dict)
        at = str(payload.get("at", ""))
        return cls(str(payload["op"]), int(str(payload["task_no"])), variables, at)

    def take(self, run: Run) -> None:
        """Make the step in a loaded run."""
        if self.op == "complete":
            run.complete(self.task_no, self.variables)
        elif self.op == "fire":
            run.fire(self.task_no)
        elif self.op == "deliver":
            run.deliver(self.task_no, self.variables)
        else:
            raise ValueError(f"There is no move '{self.op}'.")


@dataclass(frozen=True, slots=True)
class Advanced:
    """What a step has led to: the rows of new work items, whether the instance has
    ended, and whether the token that was moved still waits where it was.
    """

    items: tuple[Mapping[str, Any], ...] = ()
    finished: bool = False
    still_waiting: bool = False


def advance(
    unit: Unit,
    registry: Registry,
    locked: LockedInstance,
    definition: Definition,
    move: Move,
    run: Run | None = None,
) -> Advanced:
    """Take a step, or leave it as an incident if the process cannot go on.

    A step that fails leaves the tokens where they were. It is kept as a job out
    of attempts, so that what a person has decided is not lost and a retry takes
    it again.
    """
    try:
        return step(unit, registry, locked, definition, move, run)
    except ExecutionError as error:
        row = job_row(
            unit,
            instance_id=locked.id,
            kind="move",
            element=error.element,
            payload=move.dump(),
            due_at=unit.at,
            max_attempts=1,
        )
        insert_jobs(unit, [row])
        raise_incident(unit, locked, row["id"], error)
        return Advanced()


def step(
    unit: Unit,
    registry: Registry,
    locked: LockedInstance,
    definition: Definition,
    move: Move,
    run: Run | None = None,
) -> Advanced:
    """Take a step and write what follows from it.

    ``run`` is the instance's run where the caller has loaded it already. Raises
    ExecutionError, and then has written nothing.
    """
    before: dict[int, Wait] = {}
    if move.op == "start":
        run = Run.start(definition.executable, move.variables, definition, at=move.at)
    else:
        if locked.state is None:
            raise ExecutionError(move.op, "not_waiting", "The process has no state to move on.")
        run = run or Run.load(definition.executable, locked.state, definition)
        before = dict(run.waits)
        if move.task_no not in before:
            raise ExecutionError(move.op, "not_waiting", "The process no longer waits for this.")
        move.take(run)
    plan = _plan(unit, registry, locked, definition, run, before, move.task_no)
    state = None if run.finished else run.dump()
    _note_path(locked, run)
    plan.write(unit, locked)
    locked.state = state
    if run.finished:
        locked.status, locked.ended_at = InstanceStatus.COMPLETED, unit.at
        locked.record("instance_completed", unit.actor)
    return Advanced(tuple(plan.items), run.finished, move.task_no in run.waits)


def _plan(
    unit: Unit,
    registry: Registry,
    locked: LockedInstance,
    definition: Definition,
    run: Run,
    before: Mapping[int, Wait],
    done: int,
) -> Plan:
    plan = Plan()
    deciders = _decide_automatically(registry, definition, run, before)
    waits = run.waits
    for task_no, wait in before.items():
        if task_no not in waits:
            plan.end(unit, wait, cancelled=task_no != done)
    for task_no, wait in waits.items():
        if task_no not in before:
            _open(plan, unit, locked, definition, wait, deciders.get(task_no))
    plan.jobs += [message_row(unit, locked, definition, thrown) for thrown in run.thrown]
    return plan


def _decide_automatically(
    registry: Registry, definition: Definition, run: Run, before: Mapping[int, Wait]
) -> dict[int, Decider]:
    """Complete the new approval steps that need no voice; returns the others' deciders."""
    deciders: dict[int, Decider] = {}
    for _ in range(AUTOMATIC_ROUNDS):
        moved = False
        for task_no, wait in list(run.waits.items()):
            if task_no in before or task_no in deciders or wait.kind is not WaitKind.USER:
                continue
            element = definition.element(wait.element)
            if "approval" not in element.properties:
                continue
            candidate = candidate_of(definition, element, wait.variables)
            decider = Decider(registry, definition, element, wait.variables, candidate)
            outcome = decider.decide(())
            if outcome is None:
                deciders[task_no] = decider
                continue
            run.complete(task_no, {result_variable(element): outcome.name})
            moved = True
        if not moved:
            return deciders
    raise ExecutionError(
        definition.model.process_id,
        "budget_exceeded",
        f"More than {AUTOMATIC_ROUNDS} automatic approval steps follow each other: "
        "the diagram probably loops without waiting.",
    )


def _open(
    plan: Plan,
    unit: Unit,
    locked: LockedInstance,
    definition: Definition,
    wait: Wait,
    decider: Decider | None,
) -> None:
    element = definition.element(wait.element)
    if wait.kind is WaitKind.USER:
        if decider is None:
            seats = [(0, candidate_of(definition, element, wait.variables))]
        else:
            seats = decider.to_open(set(), set())
        if not seats:
            raise ExecutionError(
                element.id, "no_seats", f"The approval step of '{element.id}' asks nobody."
            )
        for row in item_rows(unit, locked, definition, wait, seats):
            plan.add_item(unit, row)
    elif wait.kind is WaitKind.SERVICE:
        plan.jobs.append(_service_row(unit, locked, element, wait))
    elif wait.kind is WaitKind.TIMER:
        plan.jobs += _timer_rows(unit, locked, definition, element, wait)
    else:
        plan.subscriptions.append(_subscription_row(unit, locked, element, wait))


def _service_row(
    unit: Unit, locked: LockedInstance, element: Element, wait: Wait
) -> dict[str, Any]:
    backoff = parse_duration(element.properties.get("backoff", SERVICE_BACKOFF))
    return job_row(
        unit,
        instance_id=locked.id,
        kind="service",
        element=element.id,
        task_no=wait.task_no,
        payload=b"{}",
        due_at=unit.at,
        max_attempts=int(element.properties.get("retries", SERVICE_ATTEMPTS)),
        backoff_seconds=max(1, round((backoff.after(unit.now, UTC) - unit.now).total_seconds())),
    )


def _timer_rows(
    unit: Unit, locked: LockedInstance, definition: Definition, element: Element, wait: Wait
) -> list[dict[str, Any]]:
    """The job of a timer. A boundary timer whose expression gives null is not set."""
    assert element.timer is not None
    timer = timer_text(definition, element.id, element.timer[1], wait.variables)
    at = None if timer is None else due(definition, element.id, parse_timer(timer), unit.now)
    if at is None:
        if element.attached_to is not None:
            return []
        raise ExecutionError(element.id, "bad_timer", f"The timer of '{element.id}' never ends.")
    return [
        job_row(
            unit,
            instance_id=locked.id,
            kind="timer",
            element=element.id,
            task_no=wait.task_no,
            payload=orjson.dumps({"timer": timer, "armed_at": unit.now.isoformat(), "fired": 0}),
            due_at=to_micros(at),
            max_attempts=SERVICE_ATTEMPTS,
        )
    ]


def _subscription_row(
    unit: Unit, locked: LockedInstance, element: Element, wait: Wait
) -> dict[str, Any]:
    """A correlation property's value is the process variable of its name, once set."""
    known = {name: wait.variables.get(name) for name in element.correlation}
    return {
        "id": new_id(),
        "instance_id": locked.id,
        "task_no": wait.task_no,
        "element": element.id,
        "message": element.message or "",
        "business_key": locked.business_key,
        "correlation": correlation_key(known),
        "created_at": unit.at,
    }


def _note_path(locked: LockedInstance, run: Run) -> None:
    """Put the way the tokens went, and what changed on it, into the event that caused it."""
    if not run.path or not locked.events:
        return
    cause = locked.events[0]
    way: dict[str, Value] = {
        "path": [[element, what] for element, what in run.path],
        "flows": [*run.flows],
    }
    if changes := _changes(run):
        way["changed"] = changes
    locked.events[0] = Recorded(
        cause.kind,
        cause.actor,
        cause.element,
        cause.work_item_id,
        {**(cause.payload or {}), **way},
    )


def _changes(run: Run) -> dict[str, Value]:
    """The variables that a step has changed: by name, the value before and the one after."""
    first: dict[str, Value] = {}
    last: dict[str, Value] = {}
    for name, before, after in run.written:
        first.setdefault(name, before)
        last[name] = after
    return {name: [first[name], after] for name, after in last.items() if first[name] != after}
