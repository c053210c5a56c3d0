"""Completes work items: a person's answer becomes domain rows and moved tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import bindparam, select, update

from engine.approvals import Vote
from engine.database import Statement
from engine.definitions import Element
from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState, NotFound
from engine.kernel import Run, Wait
from engine.registry import Registry, TaskContext
from engine.runtime.access import require_holder, require_item_sight, require_open
from engine.runtime.advance import Advanced, Move, advance
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.locked import COLUMNS, LockedInstance, told
from engine.runtime.opening import Decider, item_rows, outcomes_of, reasons_of, result_variable
from engine.runtime.plan import Plan, cancel_items
from engine.runtime.presenting import present_item
from engine.tables import instance, work_item
from engine.tables.types import from_micros
from engine.texts import checked
from engine.unit import Unit
from engine.values import Completed, Value, WorkItemStatus

MAX_REASON = 4_000

_select = Statement(
    select(*(column.label(f"i_{column.name}") for column in COLUMNS), *work_item.c)
    .join(work_item, work_item.c.instance_id == instance.c.id)
    .where(work_item.c.id == bindparam("item")),
    lock="wait",
)
_close = Statement(
    update(work_item)
    .where(work_item.c.id == bindparam("item"), work_item.c.status == 0)
    .values(
        status=int(WorkItemStatus.COMPLETED),
        assignee=bindparam("by"),
        completed_by=bindparam("by"),
        completed_at=bindparam("at"),
        on_behalf_of=bindparam("behalf"),
        outcome=bindparam("outcome"),
        reason=bindparam("reason"),
        completion_key=bindparam("key"),
        answer=bindparam("answer"),
        draft=None,
    )
)
_votes = Statement(
    select(
        work_item.c.seat,
        work_item.c.completed_by,
        work_item.c.on_behalf_of,
        work_item.c.outcome,
        work_item.c.reason,
        work_item.c.completed_at,
        work_item.c.status,
    )
    .where(
        work_item.c.instance_id == bindparam("instance"),
        work_item.c.task_no == bindparam("task"),
    )
    .order_by(work_item.c.completed_at, work_item.c.id)
)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a person hands in: form data, an outcome, a reason, and a key of repetition."""

    data: Mapping[str, object]
    outcome: str | None
    reason: str | None
    key: str


def lock_item(unit: Unit, item_id: int) -> tuple[LockedInstance, Any]:
    """Lock a work item's instance, then the item; raises NotFound."""
    row = _select(unit.connection, {"item": item_id}).one_or_none()
    if row is None:
        raise NotFound
    return LockedInstance.of(row), row


def complete(
    unit: Unit,
    registry: Registry,
    definitions: Definitions,
    item_id: int,
    submission: Submission,
) -> Completed:
    """Complete a work item in the unit's transaction.

    The same actor with the same key gets the first answer again. Raises NotFound,
    Forbidden, Conflict (no longer open), InvalidInput (nothing has happened).
    """
    locked, row = lock_item(unit, item_id)
    require_item_sight(unit.connection, unit.actor, row)
    if row.completion_key == submission.key and row.completed_by == unit.actor.id:
        return _answer(row)
    require_open(row)
    acting = unit.actor.acting_on(row)
    require_holder(acting, row)
    if row.owner is not None and not acting.holds(row.owner):
        raise InvalidState("This task was delegated to you: give it back to its owner.")
    definition = definitions.get(unit.connection, row.definition_id)
    with unit.acting(acting):
        return _Completion(unit, registry, definition, locked, row, submission).run()


class _Completion:
    """One completion under way, after every check of right and state."""

    def __init__(
        self,
        unit: Unit,
        registry: Registry,
        definition: Definition,
        locked: LockedInstance,
        row: Any,
        submission: Submission,
    ) -> None:
        self.unit = unit
        self.registry = registry
        self.definition = definition
        self.locked = locked
        self.row = row
        self.submission = submission
        self.element: Element = definition.element(row.element)
        self.wait = self._wait()
        self._other_seats = False
        self._opened: set[int] = {row.seat}

    def _wait(self) -> Wait:
        if self.locked.state is None:
            raise Conflict("The process has ended.")
        self.loaded = Run.load(self.definition.executable, self.locked.state, self.definition)
        wait = self.loaded.waits.get(self.row.task_no)
        if wait is None:
            raise Conflict("The process no longer waits for this task.")
        return wait

    def run(self) -> Completed:
        """Decide, let the domain write, move the tokens, close the item."""
        data = self._validated()
        vote = self._vote()
        decider, votes = self._decider(vote)
        outcome = vote
        if decider is not None:
            decided = decider.decide(votes)
            outcome = decided.name if decided else None
        final = decider is None or outcome is not None
        with self.unit.telling() as news:
            variables = self._handle(data, outcome if final else vote, final)
        self.locked.record(
            "work_item_completed",
            self.unit.actor,
            element=self.element.id,
            work_item_id=self.row.id,
            payload={**self._payload(vote, outcome, data), **told(news)},
        )
        if final:
            if outcome is not None:
                variables = {**variables, result_variable(self.element): outcome}
            advanced = self._advance(variables)
        else:
            assert decider is not None
            advanced = self._open_next(decider, votes)
        return self._finish(vote, outcome, advanced)

    def _validated(self) -> Mapping[str, object]:
        data = dict(self.submission.data)
        form_id = self.element.properties.get("form")
        if form_id is not None:
            return self.definition.forms[form_id].validate(data)
        if data and "handler" not in self.element.properties:
            raise InvalidInput({name: ["unknown_field"] for name in data})
        return data

    def _vote(self) -> str | None:
        offered, outcome = outcomes_of(self.element), self.submission.outcome
        reason = checked("reason", self.submission.reason or "", MAX_REASON)
        if not offered:
            if outcome is not None:
                raise InvalidInput({"outcome": ["unknown_field"]})
            return None
        if outcome is None:
            raise InvalidInput({"outcome": ["required"]})
        if outcome not in offered:
            raise InvalidInput({"outcome": ["not_an_option"]})
        if outcome in reasons_of(self.element) and not reason:
            raise InvalidInput({"reason": ["required"]})
        return outcome

    def _decider(self, vote: str | None) -> tuple[Decider | None, list[Vote]]:
        if "approval" not in self.element.properties or vote is None:
            return None, []
        decider = Decider(
            self.registry,
            self.definition,
            self.element,
            self.wait.variables,
            self.row.candidate,
        )
        actor = self.unit.actor
        if not decider.excluded.isdisjoint(_voices(actor.id, actor.on_behalf_of)):
            raise Forbidden("You may not decide on this case.", cause="excluded")
        mine = Vote(self.row.seat, actor.id, vote, self.submission.reason, self.unit.now)
        if decider.seat_count == 1:
            return decider, [mine]
        return decider, [*self._earlier_votes(), mine]

    def _earlier_votes(self) -> list[Vote]:
        """What the other seats have said.

        Raises Forbidden where the actor, or whom they replace, is among those who have
        spoken or for whom somebody has: nobody counts twice.
        """
        rows = _votes(
            self.unit.connection, {"instance": self.locked.id, "task": self.row.task_no}
        ).all()
        mine = _voices(self.unit.actor.id, self.unit.actor.on_behalf_of)
        if any(mine & _voices(row.completed_by, row.on_behalf_of) for row in rows):
            raise Forbidden(
                "You have already given your voice; the others decide now.", cause="voice_given"
            )
        self._opened = {row.seat for row in rows}
        self._other_seats = any(
            row.status == WorkItemStatus.OPEN and row.seat != self.row.seat for row in rows
        )
        return [
            Vote(row.seat, row.completed_by, row.outcome, row.reason, from_micros(row.completed_at))
            for row in rows
            if row.status == WorkItemStatus.COMPLETED
        ]

    def _handle(
        self, data: Mapping[str, object], outcome: str | None, final: bool
    ) -> Mapping[str, Value]:
        name = self.element.properties.get("handler")
        if name is None:
            return _values(data)
        handler = self.registry.handlers.get(name)
        if handler is None:
            raise InvalidState(f"The task handler '{name}' is not installed here.")
        context = TaskContext(
            unit=self.unit,
            actor=self.unit.actor,
            now=self.unit.now,
            work_item=present_item(self.row, self.definition, self.locked.business_key),
            instance_id=self.locked.id,
            business_key=self.locked.business_key,
            variables=self.wait.variables,
            data=data,
            outcome=outcome,
            reason=self.submission.reason,
            final=final,
        )
        variables = handler.complete(context)
        self.unit.flush()
        return variables

    def _payload(
        self, vote: str | None, outcome: str | None, data: Mapping[str, object]
    ) -> dict[str, Value]:
        payload: dict[str, Value] = {}
        if vote is not None:
            payload["vote"] = vote
        if outcome is not None and outcome != vote:
            payload["outcome"] = outcome
        if self.submission.reason:
            payload["reason"] = self.submission.reason
        if data and "form" in self.element.properties:
            payload["data"] = _values(data)
        return payload

    def _advance(self, variables: Mapping[str, Value]) -> Advanced:
        move = Move("complete", self.row.task_no, variables)
        return advance(
            self.unit, self.registry, self.locked, self.definition, move, run=self.loaded
        )

    def _open_next(self, decider: Decider, votes: Sequence[Vote]) -> Advanced:
        seats = decider.to_open({vote.seat for vote in votes}, self._opened)
        plan = Plan()
        for row in item_rows(self.unit, self.locked, self.definition, self.wait, seats):
            plan.add_item(self.unit, row)
        plan.write(self.unit, self.locked)
        return Advanced(tuple(plan.items))

    def _finish(self, vote: str | None, outcome: str | None, advanced: Advanced) -> Completed:
        actor = self.unit.actor
        ordered = sorted(advanced.items, key=lambda row: row["candidate"] not in actor.groups)
        completed = Completed(
            work_item_id=self.row.id,
            instance_id=self.locked.id,
            outcome=outcome,
            next_items=tuple(row["id"] for row in ordered),
            instance_finished=advanced.finished,
        )
        closed = _close(
            self.unit.connection,
            {
                "item": self.row.id,
                "by": actor.id,
                "at": self.unit.at,
                "behalf": actor.on_behalf_of,
                "outcome": vote,
                "reason": self.submission.reason or None,
                "key": self.submission.key,
                "answer": orjson.dumps(
                    [completed.outcome, completed.next_items, completed.instance_finished]
                ),
            },
        )
        if closed.rowcount != 1:
            raise Conflict("This task is no longer open.")
        if outcome is not None and self._other_seats:
            cancel_items(self.unit, self.locked.id, self.row.task_no)
            self.locked.record("seats_closed", actor, element=self.element.id)
        self.locked.save(self.unit)
        return completed


def _voices(actor: str | None, on_behalf_of: str | None) -> set[str]:
    """Whose voice an answer is: the one who gives it, and the one they give it for."""
    return {name for name in (actor, on_behalf_of) if name}


def _values(data: Mapping[str, object]) -> dict[str, Value]:
    """What a form has validated: JSON values by the form's own promise."""
    return cast("dict[str, Value]", dict(data))


def _answer(row: Any) -> Completed:
    outcome, next_items, finished = orjson.loads(row.answer)
    return Completed(row.id, row.instance_id, outcome, tuple(next_items), finished)
