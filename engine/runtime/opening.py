"""Opens work items: who is asked, until when, with how many seats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.approvals import ApprovalStep, Outcome, Seat, StepContext, Vote
from engine.definitions import Element
from engine.errors import ExecutionError, ExpressionError, InvalidInput
from engine.ids import new_id
from engine.kernel import Wait
from engine.registry import Registry
from engine.runtime.deployed import Definition
from engine.runtime.locked import LockedInstance
from engine.runtime.timing import due_at
from engine.tables import work_item
from engine.tables.types import due_to_micros, to_micros
from engine.unit import Unit
from engine.values import Value, WorkItemStatus

DEFAULT_OUTCOMES = ("approve", "reject")
DEFAULT_PRIORITY = 50


def outcomes_of(element: Element) -> tuple[str, ...]:
    """The outcomes a user task offers; none for a plain task."""
    declared = element.properties.get("approval.outcomes", "")
    names = tuple(name.strip() for name in declared.split(",") if name.strip())
    return names or (DEFAULT_OUTCOMES if "approval" in element.properties else ())


def reasons_of(element: Element) -> frozenset[str]:
    """The outcomes that need a reason: as declared, else all but the positive one."""
    declared = element.properties.get("approval.reasonRequired")
    if declared is None:
        return frozenset(outcomes_of(element)[1:])
    return frozenset(name.strip() for name in declared.split(",") if name.strip())


def result_variable(element: Element) -> str:
    """The process variable that receives the outcome."""
    return element.properties.get("resultVariable") or f"{element.id}_outcome"


def candidate_of(definition: Definition, element: Element, variables: Mapping[str, Value]) -> str:
    """The group a user task is offered to; raises ExecutionError when there is none."""
    expression = element.properties.get("candidateGroup") or element.candidate_group
    if expression is None:
        return element.lane or ""
    try:
        group = definition.evaluate([expression], variables)[0]
    except ExpressionError as error:
        raise ExecutionError(element.id, "expression_failed", error.detail) from error
    if not isinstance(group, str) or not group:
        raise ExecutionError(
            element.id,
            "no_candidate",
            f"The candidate group of '{element.id}' is not a text; the expression "
            f"{expression} gave {group!r}.",
        )
    return group


class Decider:
    """An approval step at one wait: the step, its context and its seats."""

    def __init__(
        self,
        registry: Registry,
        definition: Definition,
        element: Element,
        variables: Mapping[str, Value],
        candidate: str,
    ) -> None:
        self.element = element
        self.step = _step(registry, element)
        options = {
            name.removeprefix("approval."): text
            for name, text in element.properties.items()
            if name.startswith("approval.")
        }
        try:
            self.context = StepContext(
                candidate=candidate,
                outcomes=outcomes_of(element),
                options=_evaluated(self.step, definition, options, variables),
                variables=variables,
                decide=lambda table: definition.decide(table, variables),
            )
            self.excluded = _excluded(definition, options, variables)
        except ExpressionError as error:
            raise ExecutionError(element.id, "expression_failed", error.detail) from error

    @property
    def seat_count(self) -> int:
        """How many voices the step has."""
        return len(self._seats())

    def decide(self, votes: Sequence[Vote]) -> Outcome | None:
        """The outcome of the step with these votes; None while open."""
        try:
            return self.step.decide(self.context, votes)
        except (InvalidInput, ExpressionError) as error:
            raise self._failed(error) from error

    def to_open(self, voted: set[int], opened: set[int]) -> list[tuple[int, str]]:
        """The seats to open next as (seat, candidate).

        ``voted`` are the seats that have spoken, ``opened`` all that were ever opened.
        """
        silent = [
            (number, seat) for number, seat in enumerate(self._seats()) if number not in voted
        ]
        turn = min((seat.order for _, seat in silent), default=0)
        return [
            (number, seat.candidate)
            for number, seat in silent
            if seat.order == turn and number not in opened
        ]

    def _seats(self) -> list[Seat]:
        try:
            return self.step.seats(self.context)
        except InvalidInput as error:
            raise self._failed(error) from error

    def _failed(self, error: InvalidInput | ExpressionError) -> ExecutionError:
        detail = str(error.errors) if isinstance(error, InvalidInput) else error.detail
        return ExecutionError(
            self.element.id,
            "approval_failed",
            f"The approval step of '{self.element.id}' cannot decide: {detail}",
        )


def _step(registry: Registry, element: Element) -> ApprovalStep:
    kind = element.properties["approval"]
    step = registry.approval_steps.get(kind)
    if step is None:
        raise ExecutionError(
            element.id,
            "unknown_approval",
            f"The approval step '{kind}' of '{element.id}' is not installed here.",
        )
    return step


def _evaluated(
    step: ApprovalStep,
    definition: Definition,
    options: Mapping[str, str],
    variables: Mapping[str, Value],
) -> dict[str, Value]:
    names = [name for name in options if name in step.expressions]
    values = definition.evaluate([options[name] for name in names], variables) if names else []
    return {**options, **dict(zip(names, values, strict=True))}


def _excluded(
    definition: Definition, options: Mapping[str, str], variables: Mapping[str, Value]
) -> frozenset[str]:
    if "exclude" not in options:
        return frozenset()
    value = definition.evaluate([options["exclude"]], variables)[0]
    names = value if isinstance(value, list) else [value]
    return frozenset(name for name in names if isinstance(name, str))


def item_rows(
    unit: Unit,
    locked: LockedInstance,
    definition: Definition,
    wait: Wait,
    seats: Sequence[tuple[int, str]],
) -> list[dict[str, Any]]:
    """The rows of a work item for each (seat, candidate) of a wait."""
    element = definition.element(wait.element)
    properties = element.properties
    labels = unit.relabelled.get(locked.id, locked.labels)
    due = due_at(definition, element.id, properties.get("dueDate"), wait.variables, unit.now)
    follow_up = due_at(
        definition, element.id, properties.get("followUpDate"), wait.variables, unit.now
    )
    common: dict[str, Any] = dict.fromkeys(work_item.c.keys()) | {
        "instance_id": locked.id,
        "definition_id": definition.id,
        "task_no": wait.task_no,
        "element": element.id,
        "status": int(WorkItemStatus.OPEN),
        "due_at": due_to_micros(due),
        "follow_up_at": to_micros(follow_up) if follow_up else None,
        "priority": int(properties.get("priority", DEFAULT_PRIORITY)),
        "created_at": unit.at,
        "subject": labels.subject,
        "org_unit": labels.org_unit,
        "counterparty": labels.counterparty,
    }
    return [
        common | {"id": new_id(), "seat": seat, "candidate": candidate} for seat, candidate in seats
    ]
