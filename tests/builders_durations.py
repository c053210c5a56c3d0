"""Completed tasks written straight into the database, and what plain Python counts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from engine.history.durations import Line, Spread
from engine.tables import definition, history_event, instance, work_item
from engine.tables.types import FAR, to_micros

KEY = "contract"
BEGIN = to_micros(datetime(2026, 9, 1, tzinfo=UTC))
DAY = 86_400_000_000


@dataclass(frozen=True)
class Task:
    """A task of a case: offered, perhaps taken, completed or still open; days from the start."""

    case: int = 1
    element: str = "check"
    candidate: str = "coordinator:lea"
    offered: int = 0
    taken: int | None = None
    completed: int | None = 3
    due: int | None = None
    version: int = 1
    department: str = "lea"
    partner: str = "Salamanca"
    restricted: bool = False
    by: str = "person:1"


def write(connection: Connection, tasks: Sequence[Task], *, first: int = 1) -> None:
    """Write tasks of the contract, numbered from ``first``, with their cases and versions.

    A case has the labels of its first task; versions that are deployed are not made anew.
    """
    versions = _versions(connection, {task.version for task in tasks})
    cases: dict[int, Task] = {}
    for task in tasks:
        cases.setdefault(task.case, task)
    for number, task in cases.items():
        row = {**_case(number, task), "definition_id": versions[task.version]}
        connection.execute(insert(instance).values(**row))
    for number, task in enumerate(tasks, first):
        row = {**_item(number, task), "definition_id": versions[task.version]}
        connection.execute(insert(work_item).values(**row))
        if task.taken is not None:
            connection.execute(insert(history_event).values(**_taking(number, task)))


def _versions(connection: Connection, wanted: Iterable[int]) -> dict[int, int]:
    """The ids of versions of the contract by their number."""
    facts = {"key": KEY, "digest": "", "note": "", "deployed_at": 0, "deployed_by": "system"}
    deployed = select(definition.c.version, definition.c.id).where(definition.c.key == KEY)
    known = {row.version: row.id for row in connection.execute(deployed)}
    for version in sorted(set(wanted) - known.keys()):
        connection.execute(insert(definition).values(id=version, version=version, **facts))
        known[version] = version
    return known


def _case(number: int, task: Task) -> dict[str, object]:
    return {
        "id": number,
        "business_key": f"M-{number}",
        "status": 0,
        "revision": 0,
        "seq": 0,
        "head": b"",
        "subject": f"Student {number}",
        "org_unit": task.department,
        "counterparty": task.partner,
        "started_at": BEGIN,
        "restricted": task.restricted,
    }


def _item(number: int, task: Task) -> dict[str, object]:
    done = task.completed is not None
    return {
        "id": number,
        "instance_id": task.case,
        "task_no": number,
        "element": task.element,
        "seat": 0,
        "status": int(done),
        "candidate": task.candidate,
        "due_at": FAR if task.due is None else at(task.due),
        "priority": 50,
        "created_at": at(task.offered),
        "completed_at": at(task.completed) if task.completed is not None else None,
        "completed_by": task.by if done else None,
        "subject": "",
        "org_unit": task.department,
        "counterparty": task.partner,
    }


def _taking(number: int, task: Task) -> dict[str, object]:
    assert task.taken is not None
    return {
        "instance_id": task.case,
        "seq": number,
        "at": at(task.taken),
        "kind": "work_item_claimed",
        "element": task.element,
        "work_item_id": number,
        "actor": task.by,
        "hash": b"",
    }


def at(day: int) -> int:
    """An instant so many days after the beginning, in microseconds."""
    return BEGIN + day * DAY


def counted(tasks: Iterable[Task], key: Callable[[Task], str]) -> dict[str, Line]:
    """What plain Python counts: the lines by their key."""
    every = [task for task in tasks if not task.restricted]
    return {
        name: _line(name, [task for task in every if key(task) == name], every)
        for name in {key(task) for task in every}
    }


def _line(name: str, tasks: Sequence[Task], every: Sequence[Task]) -> Line:
    done = [task for task in tasks if task.completed is not None]
    still = [task for task in tasks if task.completed is None]
    again = [task for task in done if _repeats(task, every)]
    late = [task for task in done if task.due is not None and task.completed > task.due]
    taken = [task for task in done if task.taken is not None]
    return Line(
        key=name,
        done=len(done),
        cases=len({task.case for task in done}),
        due=sum(task.due is not None for task in done),
        late=len(late),
        again=len(again),
        again_cases=len({task.case for task in again}),
        total=_spread(task.completed - task.offered for task in done),
        waiting=_spread(task.taken - task.offered for task in taken),
        working=_spread(task.completed - task.taken for task in taken),
        open=len(still),
        open_late=sum(task.due is not None and task.due < 0 for task in still),
    )


def _repeats(task: Task, every: Sequence[Task]) -> bool:
    return any(
        (each.case, each.element, each.candidate) == (task.case, task.element, task.candidate)
        and each.offered < task.offered
        for each in every
    )


def _spread(days: Iterable[int]) -> Spread:
    """By nearest rank: the smallest value that at least so many of a hundred do not exceed."""
    values = sorted(days)
    if not values:
        return Spread()
    found = [
        next(each for each in values if sum(v <= each for v in values) * 100 >= share * len(values))
        for share in (50, 90)
    ]
    return Spread(len(values), *(each * DAY for each in found))
