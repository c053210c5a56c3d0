"""What a step leads to, worked out in full before anything is written.

Everything that can fail for a reason in the diagram fails while the plan is
made; writing it down afterwards needs no savepoint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, insert, update

from engine.database import Statement
from engine.history.recorder import Recorded
from engine.kernel import Wait, WaitKind
from engine.runtime.locked import LockedInstance
from engine.tables import job, subscription, work_item
from engine.unit import MAIL_ATTEMPTS, Unit, insert_jobs, job_row
from engine.values import WorkItemStatus

_insert_items = Statement(insert(work_item).values({c.name: None for c in work_item.c}))
_insert_subscriptions = Statement(
    insert(subscription).values({c.name: None for c in subscription.c})
)
_cancel_items = Statement(
    update(work_item)
    .where(
        work_item.c.instance_id == bindparam("the_instance"),
        work_item.c.task_no == bindparam("the_task"),
        work_item.c.status == 0,
    )
    .values(status=int(WorkItemStatus.CANCELLED), completed_at=bindparam("at"))
)
_delete_jobs = Statement(
    delete(job).where(
        job.c.instance_id == bindparam("the_instance"), job.c.task_no == bindparam("the_task")
    )
)
_delete_subscriptions = Statement(
    delete(subscription).where(
        subscription.c.instance_id == bindparam("the_instance"),
        subscription.c.task_no == bindparam("the_task"),
    )
)


def cancel_items(unit: Unit, instance_id: int, task_no: int) -> None:
    """Cancel the work items of a task that are still open."""
    _cancel_items(
        unit.connection, {"the_instance": instance_id, "the_task": task_no, "at": unit.at}
    )


@dataclass(slots=True)
class Plan:
    """Rows to insert, waits that have ended, events to record."""

    items: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    ended: list[Wait] = field(default_factory=list)
    events: list[Recorded] = field(default_factory=list)

    def add_item(self, unit: Unit, row: dict[str, Any]) -> None:
        """A work item to open, with its event."""
        self.items.append(row)
        self.events.append(
            Recorded(
                "work_item_created",
                unit.actor,
                row["element"],
                row["id"],
                {"candidate": row["candidate"]},
            )
        )

    def end(self, unit: Unit, wait: Wait, *, cancelled: bool) -> None:
        """A wait that is over; ``cancelled`` when the process went on without it."""
        if wait.kind is WaitKind.USER:
            if not cancelled:
                return
            self.events.append(Recorded("task_cancelled", unit.actor, wait.element))
        self.ended.append(wait)

    def write(self, unit: Unit, locked: LockedInstance) -> None:
        """Write the plan in the unit's transaction."""
        connection = unit.connection
        for task_no in self._ended(WaitKind.USER):
            cancel_items(unit, locked.id, task_no)
        for statement, kinds in (
            (_delete_jobs, (WaitKind.SERVICE, WaitKind.TIMER)),
            (_delete_subscriptions, (WaitKind.MESSAGE,)),
        ):
            gone = [
                {"the_instance": locked.id, "the_task": task_no} for task_no in self._ended(*kinds)
            ]
            if gone:
                statement(connection, gone)
        if self.items:
            _insert_items(connection, self.items)
        if self.subscriptions:
            _insert_subscriptions(connection, self.subscriptions)
        insert_jobs(unit, self.jobs + self._news(unit))
        locked.events += self.events

    def _news(self, unit: Unit) -> list[dict[str, Any]]:
        """The job that tells of the new work items."""
        if not self.items or unit.opened is None:
            return []
        return [
            job_row(
                unit,
                instance_id=None,
                kind=unit.opened,
                payload=orjson.dumps({"items": [row["id"] for row in self.items]}),
                due_at=unit.at,
                max_attempts=MAIL_ATTEMPTS,
            )
        ]

    def _ended(self, *kinds: WaitKind) -> list[int]:
        return [wait.task_no for wait in self.ended if wait.kind in kinds]
