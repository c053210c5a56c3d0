"""Work items between their opening and their completion: who holds them, what is
noted on them. Each command locks the instance, checks, writes, records.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, insert, select, update

from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState
from engine.ids import new_id
from engine.runtime.access import (
    acting_in,
    require_candidate,
    require_holder,
    require_item_sight,
    require_open,
    require_part,
)
from engine.runtime.completion import lock_item
from engine.runtime.erasing import require_whole
from engine.runtime.locked import LockedInstance
from engine.tables import comment, work_item
from engine.tables.types import due_from_micros, due_to_micros, from_micros
from engine.texts import checked
from engine.unit import Unit
from engine.values import Comment, SeatState, Value, WorkItemStatus

if TYPE_CHECKING:
    from engine.registry import Job, JobContext

MAX_DRAFT_BYTES = 256 * 1024
MAX_COMMENT = 4_000


def _open_item(unit: Unit, item_id: int) -> tuple[LockedInstance, Any]:
    locked, row = lock_item(unit, item_id)
    require_item_sight(unit.connection, unit.actor, row)
    require_open(row)
    return locked, row


def _change(
    unit: Unit,
    locked: LockedInstance,
    row: Any,
    kind: str,
    values: Mapping[str, Any],
    payload: Mapping[str, Value] | None = None,
) -> None:
    unit.connection.execute(update(work_item).where(work_item.c.id == row.id).values(**values))
    acting = unit.actor.acting_on(row)
    locked.record(kind, acting, element=row.element, work_item_id=row.id, payload=payload)
    locked.save(unit)


def claim(unit: Unit, item_id: int) -> None:
    """Make the actor the assignee. Claiming what one holds already changes nothing.

    Raises Conflict when somebody else has claimed it.
    """
    locked, row = _open_item(unit, item_id)
    acting = unit.actor.acting_on(row)
    if row.assignee == acting.id:
        return
    if not acting.holds(row.assignee):
        if not acting.asked(row.candidate):
            raise Forbidden("This task is not offered to you.")
        if row.assignee is not None:
            raise Conflict("Somebody else has claimed this task.", assignee=row.assignee)
    _change(unit, locked, row, "work_item_claimed", {"assignee": acting.id})


def release(unit: Unit, item_id: int) -> None:
    """Give a claimed work item back to its group."""
    locked, row = _open_item(unit, item_id)
    acting = unit.actor.acting_on(row)
    require_candidate(acting, row)
    if row.assignee is None:
        return
    if not acting.holds(row.assignee):
        raise Forbidden("Somebody else has claimed this task.", assignee=row.assignee)
    _change(unit, locked, row, "work_item_released", {"assignee": None, "owner": None})


def assign(unit: Unit, item_id: int, to: str) -> None:
    """Give a work item to a person, as a member of the group it is offered to."""
    locked, row = _open_item(unit, item_id)
    require_candidate(unit.actor.acting_on(row), row)
    if row.assignee == to and row.owner is None:
        return
    _change(
        unit,
        locked,
        row,
        "work_item_assigned",
        {"assignee": to, "owner": None},
        {"from": row.assignee, "to": to},
    )
    _tell(unit, row, to, "assigned")


def delegate(unit: Unit, item_id: int, to: str) -> None:
    """Let somebody else prepare the work; it comes back when they resolve it."""
    locked, row = _open_item(unit, item_id)
    require_holder(unit.actor.acting_on(row), row)
    if row.owner is not None:
        raise InvalidState("This task is already delegated.")
    if to == unit.actor.id:
        raise InvalidInput({"to": ["not_yourself"]})
    _change(
        unit,
        locked,
        row,
        "work_item_delegated",
        {"assignee": to, "owner": unit.actor.id},
        {"to": to},
    )
    _tell(unit, row, to, "delegated")


def _tell(unit: Unit, row: Any, to: str, how: str) -> None:
    """Have a person told that somebody else has put a work item into their hands."""
    if unit.opened is not None and to != unit.actor.id:
        payload: dict[str, Value] = {"items": [row.id], "to": to, "by": unit.actor.id, "how": how}
        unit.enqueue(unit.opened, payload)


def resolve(unit: Unit, item_id: int) -> None:
    """Give a delegated work item back to its owner."""
    locked, row = _open_item(unit, item_id)
    if row.owner is None:
        raise InvalidState("This task is not delegated.")
    if not unit.actor.acting_on(row).holds(row.assignee):
        raise Forbidden("This task was not delegated to you.")
    _change(
        unit,
        locked,
        row,
        "work_item_resolved",
        {"assignee": row.owner, "owner": None},
        {"to": row.owner},
    )
    _tell(unit, row, row.owner, "resolved")


def take_back(unit: Unit, item_id: int, holder: str) -> None:
    """Give a work item that ``holder`` has no right to any more back to its group.

    One that is done by now, or that others hold, stays as it is.
    """
    locked, row = lock_item(unit, item_id)
    if row.status == WorkItemStatus.OPEN and holder in (row.assignee, row.owner):
        _change(unit, locked, row, "work_item_released", {"assignee": None, "owner": None})


class TakeBack:
    """A job kind that takes a work item back: payload ``item`` and ``holder``."""

    def perform(self, job: Job) -> Value:
        """Nothing outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Take it back, if it is still held."""
        payload = ctx.job.payload
        take_back(ctx.unit, int(str(payload["item"])), str(payload["holder"]))
        return {}


def save_draft(unit: Unit, item_id: int, data: Mapping[str, object]) -> None:
    """Keep what is typed so far, valid or not. Drafts are not part of the history."""
    _, row = _open_item(unit, item_id)
    require_holder(unit.actor.acting_on(row), row)
    try:
        draft = orjson.dumps(dict(data))
    except TypeError as error:
        raise InvalidInput({"_schema": ["invalid_characters"]}) from error
    if len(draft) > MAX_DRAFT_BYTES:
        raise InvalidInput({"_schema": [f"too_long:{MAX_DRAFT_BYTES}"]})
    unit.connection.execute(update(work_item).where(work_item.c.id == item_id).values(draft=draft))


def set_due(unit: Unit, item_id: int, at: datetime | None) -> None:
    """Move the due date, as a member of the group the work item is offered to."""
    locked, row = _open_item(unit, item_id)
    require_candidate(unit.actor.acting_on(row), row)
    if row.due_at == due_to_micros(at):
        return
    _change(
        unit,
        locked,
        row,
        "due_date_changed",
        {"due_at": due_to_micros(at)},
        {"from": _told(row.due_at), "to": _told(due_to_micros(at))},
    )


def set_follow_up(unit: Unit, item_id: int, at: datetime | None) -> None:
    """Note when the holder wants to look at the work item again."""
    locked, row = _open_item(unit, item_id)
    require_candidate(unit.actor.acting_on(row), row)
    values = {"follow_up_at": due_to_micros(at) if at else None}
    if row.follow_up_at == values["follow_up_at"]:
        return
    payload = {"from": _told(row.follow_up_at), "to": _told(values["follow_up_at"])}
    _change(unit, locked, row, "follow_up_changed", values, payload)


def _told(at: int | None) -> str | None:
    """An instant as history keeps it."""
    found = None if at is None else due_from_micros(at)
    return found.isoformat() if found else None


def set_priority(unit: Unit, item_id: int, priority: int) -> None:
    """Set the priority, 0 to 100."""
    if not 0 <= priority <= 100:
        raise InvalidInput({"priority": ["out_of_range:0:100"]})
    locked, row = _open_item(unit, item_id)
    require_candidate(unit.actor.acting_on(row), row)
    if row.priority == priority:
        return
    _change(
        unit,
        locked,
        row,
        "priority_changed",
        {"priority": priority},
        {"from": row.priority, "to": priority},
    )


def add_comment(unit: Unit, instance_id: int, text: str, item_id: int | None = None) -> int:
    """Add a remark to a case the actor takes part in; returns its id.

    Raises Erased for one whose content was erased: it takes nothing personal any more.
    """
    text = checked("text", text, MAX_COMMENT)
    if not text:
        raise InvalidInput({"text": ["required"]})
    require_part(unit.connection, unit.actor, instance_id)
    acting = acting_in(unit.connection, unit.actor, instance_id)
    locked = LockedInstance.load(unit, instance_id)
    require_whole(unit.connection, instance_id)
    comment_id = new_id()
    unit.connection.execute(
        insert(comment).values(
            id=comment_id,
            instance_id=instance_id,
            work_item_id=item_id,
            author=unit.actor.id,
            at=unit.at,
            text=text,
        )
    )
    locked.record("commented", acting, work_item_id=item_id, payload={"text": text})
    locked.save(unit)
    return comment_id


def comments_of(connection: Connection, instance_id: int, limit: int = 200) -> list[Comment]:
    """The newest remarks on a case, oldest first."""
    rows = connection.execute(
        select(comment)
        .where(comment.c.instance_id == instance_id)
        .order_by(comment.c.id.desc())
        .limit(limit)
    ).all()
    return [
        Comment(
            row.id, row.instance_id, row.work_item_id, row.author, from_micros(row.at), row.text
        )
        for row in reversed(rows)
    ]


def seats_of(connection: Connection, row: Any) -> list[SeatState]:
    """The seats that were asked in the task a work item belongs to, in order."""
    rows = connection.execute(
        select(work_item)
        .where(work_item.c.instance_id == row.instance_id, work_item.c.task_no == row.task_no)
        .order_by(work_item.c.seat, work_item.c.id)
    ).all()
    return [
        SeatState(
            seat=seat.seat,
            candidate=seat.candidate,
            assignee=seat.assignee,
            open=seat.status == WorkItemStatus.OPEN,
            work_item_id=seat.id,
            decided_by=seat.completed_by,
            on_behalf_of=seat.on_behalf_of,
            outcome=seat.outcome,
            reason=seat.reason,
            at=from_micros(seat.completed_at) if seat.completed_at else None,
        )
        for seat in rows
    ]
