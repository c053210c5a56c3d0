"""Recording: what people do on the pages, written down as the steps of a scenario.

A step is noted as it would be played again: people by their part in the cast, work items by
their element, components of a contract by their title, because the next store gives them other
identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine import Engine
from engine.values import Completed, InstanceStatus, WorkItem, WorkItemStatus
from workflows.contract.scenario import component_names
from workflows.grade_transfer.scenario import transcript_names
from workflows.office_work.local_time import ZONE as PARIS
from workflows.people.models import Person
from workflows.people.services import actor_id
from workflows.scenarios.cast import MEMBERS, PARTNER
from workflows.scenarios.expecting import incidents
from workflows.scenarios.sheet import Row, Sheet
from workflows.scenarios.stage import OBSERVER, Stage, cases_of, is_for, open_items_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from engine.identity import Actor

_noted: ContextVar[list[Row] | None] = ContextVar("noted steps", default=None)

_SHOWN = "digest"
"""The field in which pages send what they have shown."""

_STATUSES = {
    InstanceStatus.ACTIVE: "running",
    InstanceStatus.COMPLETED: "finished",
    InstanceStatus.TERMINATED: "terminated",
}


@contextmanager
def noting() -> Iterator[list[Row]]:
    """Collects the steps that a :class:`RecordingEngine` is asked for inside the block."""
    rows: list[Row] = []
    token = _noted.set(rows)
    try:
        yield rows
    finally:
        _noted.reset(token)


class RecordingEngine(Engine):
    """An engine that notes each completed work item as a step, once it is accepted."""

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
        """Complete a work item and move the process on; see :meth:`Engine.complete`."""
        row = self._step(item_id, actor, data, outcome, reason)
        done = super().complete(
            item_id,
            actor=actor,
            data=data,
            outcome=outcome,
            reason=reason,
            idempotency_key=idempotency_key,
            unit=unit,
        )
        rows = _noted.get()
        if rows is not None and row is not None:
            rows.append(row)
        return done

    def _step(
        self,
        item_id: int,
        actor: Actor,
        data: Mapping[str, object] | None,
        outcome: str | None,
        reason: str | None,
    ) -> Row | None:
        """How a scenario says it; None for what is no longer open, an answer given again."""
        item = self.work_item(item_id, actor=OBSERVER)
        if item.status != WorkItemStatus.OPEN:
            return None
        with self.reading() as session:
            member = member_of(session, actor)
            values = named(data, _names_in(session)) if data else None
        row: dict[str, Any] = {"complete": item.element, "as": member}
        row |= _which(item, member, actor, open_items_of(cases_of(self)))
        said = {"outcome": outcome, "reason": reason, "data": values}
        return {**row, **{name: value for name, value in said.items() if value}}


def member_of(session: Session, actor: Actor) -> str:
    """The part in the cast of who acts, or in whose place; their id where they have none."""
    acting = actor.on_behalf_of or actor.id
    if acting.startswith(f"{PARTNER}:"):
        return PARTNER
    logins = {each.login: name for name, each in MEMBERS.items()}
    for person in session.execute(select(Person.id, Person.login)):
        if actor_id(person.id) == acting:
            return logins.get(person.login, acting)
    return acting


def _which(
    item: WorkItem, member: str, actor: Actor, items: Iterable[WorkItem]
) -> dict[str, object]:
    """What tells a work item from the other open ones of its element."""
    alike = [each for each in items if each.element == item.element]
    found: dict[str, object] = {}
    if len({each.key for each in alike}) > 1:
        found["process"] = item.key
        alike = [each for each in alike if each.key == item.key]
    if member != PARTNER:
        alike = [each for each in alike if is_for(each, actor)] or alike
    place = [each.id for each in alike].index(item.id) + 1
    return found if place == 1 else {**found, "number": place}


def _names_in(session: Session) -> dict[str, Any]:
    """How a scenario names what was made at random in this store, by its value."""
    return {**component_names(session), **transcript_names(session)}


def named(value: object, names: Mapping[str, Any]) -> Any:
    """A value as a scenario writes it: texts escaped, what is random by its name.

    Digests of what a page has shown say nothing in another store; without them nothing is
    compared.
    """
    if isinstance(value, str):
        if value in names:
            return names[value]
        return f"${value}" if value.startswith("$") else value
    if isinstance(value, Mapping):
        shown = value.get(_SHOWN)
        left_out = {_SHOWN} if isinstance(shown, str) and shown not in names else set()
        return {str(n): named(each, names) for n, each in value.items() if n not in left_out}
    if isinstance(value, list | tuple):
        return [named(each, names) for each in value]
    return value


def observed(stage: Stage, key: str, *, all_of_it: bool = True) -> Row:
    """What is true now, as a step that expects it.

    ``key`` is the process the scenario is of; tasks of others are told with their process.
    With ``all_of_it`` false only the open tasks are told.
    """
    cases = stage.cases()
    names = {
        item.element if item.key == key else f"{item.key}/{item.element}"
        for case in cases
        for item in case.open_items
    }
    expected: dict[str, Any] = {"open": sorted(names)}
    if all_of_it:
        newest: dict[str, str] = {}
        for case in cases:
            newest.setdefault(case.key, _STATUSES[case.status])
        for said in _STATUSES.values():
            found = sorted(process for process, status in newest.items() if status == said)
            expected |= {said: found} if found else {}
    return {"expect": expected}


def disturbed(stage: Stage) -> list[Row]:
    """A step that expects the incidents there are, where their number has just changed."""
    found = len(incidents(stage))
    if found == stage.incidents:
        return []
    stage.incidents = found
    return [{"expect": {"incidents": found}}]


def recorded(
    title: str, at: datetime, processes: Iterable[str], rows: Sequence[Row], end: Row
) -> Sheet:
    """The scenario of what was noted since ``at``: its steps and what is true at its ``end``."""
    kept = list(rows)
    while kept and kept[-1].get("expect", {}).keys() & end["expect"].keys():
        # Said again by the end, and more.
        kept.pop()
    return Sheet(title, paris(at), tuple(processes), (*kept, end))


def paris(at: datetime) -> str:
    """An instant as scenarios write it, in the time of Paris."""
    local = at.astimezone(PARIS)
    spec = "minutes" if not (local.second or local.microsecond) else "auto"
    # Twice a year an hour comes twice; only there the offset is part of the time.
    naive = local.replace(tzinfo=None)
    if naive.replace(tzinfo=PARIS).astimezone(PARIS) != local:
        return local.isoformat(timespec=spec)
    return naive.isoformat(timespec=spec)
