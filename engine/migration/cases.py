"""The cases an order is about: which they are, and what is known of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select

from engine.database import Statement
from engine.migration.route import Case
from engine.runtime.incidents import FAILED
from engine.tables import instance, job, work_item
from engine.values import WorkItemStatus

_ACTIVE = instance.c.status == 0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which cases of a version are meant; an empty value leaves all of them in.

    ``element`` keeps those that have an open task at that step.
    """

    org_unit: str = ""
    counterparty: str = ""
    element: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on ``instance``."""
        wanted: list[ColumnElement[bool]] = []
        if self.org_unit:
            wanted.append(instance.c.org_unit == self.org_unit)
        if self.counterparty:
            wanted.append(instance.c.counterparty == self.counterparty)
        if self.element:
            at_step = select(work_item.c.instance_id).where(
                work_item.c.status == int(WorkItemStatus.OPEN),
                work_item.c.element == self.element,
            )
            wanted.append(instance.c.id.in_(at_step))
        return wanted


def running_on(definition_id: int, selection: Selection) -> list[ColumnElement[bool]]:
    """The conditions that hold for the running cases of a version that are meant."""
    return [instance.c.definition_id == definition_id, _ACTIVE, *selection.conditions()]


_ITEMS = select(
    work_item.c.instance_id,
    work_item.c.task_no,
    work_item.c.seat,
    work_item.c.candidate,
    work_item.c.status,
).where(work_item.c.status != int(WorkItemStatus.CANCELLED))
_JOBS = select(job.c.instance_id, job.c.kind, job.c.element, job.c.status, job.c.lease_until)

_items_of = Statement(_ITEMS.where(work_item.c.instance_id == bindparam("case")), lock="wait")
_jobs_of = Statement(_JOBS.where(job.c.instance_id == bindparam("case")), lock="wait")


def locked_case(connection: Connection, number: int, state: bytes | None, now: int) -> Case:
    """What is known of a locked case; its work items and jobs are held from here on."""
    items, jobs = (read(connection, {"case": number}).all() for read in (_items_of, _jobs_of))
    return _case(number, state, items, jobs, now)


def cases_of(
    connection: Connection, states: Sequence[tuple[int, bytes | None]], now: int
) -> list[Case]:
    """What is known of the cases with these states, in two statements for all of them."""
    ids = [number for number, _ in states]
    items = _by_case(connection, _ITEMS.where(work_item.c.instance_id.in_(ids)))
    jobs = _by_case(connection, _JOBS.where(job.c.instance_id.in_(ids)))
    return [_case(number, state, items[number], jobs[number], now) for number, state in states]


def _case(
    number: int, state: bytes | None, items: Sequence[Any], jobs: Sequence[Any], now: int
) -> Case:
    opened: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for item in items:
        if item.status == WorkItemStatus.OPEN:
            opened[item.task_no].add((item.seat, item.candidate))
    return Case(
        id=number,
        state=state,
        open_seats={task: frozenset(seats) for task, seats in opened.items()},
        voices=frozenset(item.task_no for item in items if item.status == WorkItemStatus.COMPLETED),
        failed=tuple(each.element for each in jobs if each.status == FAILED),
        leased=tuple(each.element for each in jobs if (each.lease_until or 0) > now),
        moving=any(each.kind == "move" for each in jobs),
    )


def _by_case(connection: Connection, wanted: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(wanted):
        found[row.instance_id].append(row)
    return found
