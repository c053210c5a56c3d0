"""Who may see and who may do what, decided in one place for every command."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Actor
from engine.tables import identity_link, work_item
from engine.values import WorkItemStatus


def asked(actor: Actor, candidate: str) -> bool:
    """Whether a work item offered to ``candidate`` is offered to the actor."""
    return candidate == actor.id or candidate in actor.groups


def sees_instance(connection: Connection, actor: Actor, instance_id: int) -> bool:
    """Whether the actor may see an instance: as an overseer, or taking part in it."""
    if actor.oversees and actor.only_item is None:
        return True
    return takes_part(connection, actor, instance_id)


def takes_part(connection: Connection, actor: Actor, instance_id: int) -> bool:
    """Whether an instance is the actor's business: linked to them, or asked of them."""
    if actor.only_item is not None:
        return _holds_one(connection, actor, instance_id)
    groups = [*actor.groups, actor.id]
    linked = connection.execute(
        select(identity_link.c.group)
        .where(identity_link.c.instance_id == instance_id, identity_link.c.group.in_(groups))
        .limit(1)
    ).first()
    if linked is not None:
        return True
    held = connection.execute(
        select(work_item.c.id)
        .where(
            work_item.c.instance_id == instance_id,
            or_(
                work_item.c.candidate.in_(groups),
                work_item.c.assignee == actor.id,
                work_item.c.owner == actor.id,
            ),
        )
        .limit(1)
    ).first()
    return held is not None


def _holds_one(connection: Connection, actor: Actor, instance_id: int) -> bool:
    found = connection.execute(
        select(work_item.c.instance_id).where(work_item.c.id == actor.only_item)
    ).first()
    return found is not None and found.instance_id == instance_id


def require_sight(connection: Connection, actor: Actor, instance_id: int) -> None:
    """Raises NotFound for an instance the actor may not see, as for one that is not there."""
    if not sees_instance(connection, actor, instance_id):
        raise NotFound


def require_part(connection: Connection, actor: Actor, instance_id: int) -> None:
    """Raises NotFound for what the actor may not see, Forbidden for what they only oversee."""
    if takes_part(connection, actor, instance_id):
        return
    require_sight(connection, actor, instance_id)
    raise Forbidden


def require_item_sight(connection: Connection, actor: Actor, row: Any) -> None:
    """Raises NotFound for a work item the actor may not see."""
    if actor.only_item is not None and actor.only_item != row.id:
        raise NotFound
    if asked(actor, row.candidate) or actor.id in (row.assignee, row.owner):
        return
    require_sight(connection, actor, row.instance_id)


def require_open(row: Any) -> None:
    """Raises Conflict, saying by whom and when, for a work item that is not open."""
    if row.status == WorkItemStatus.OPEN:
        return
    raise Conflict(
        "This task is no longer open.",
        status=WorkItemStatus(row.status).name.lower(),
        by=row.completed_by or "",
        at=row.completed_at or 0,
        outcome=row.outcome or "",
    )


def require_candidate(actor: Actor, row: Any) -> None:
    """Raises Forbidden unless the work item is offered to the actor or is the actor's."""
    if not asked(actor, row.candidate) and actor.id not in (row.assignee, row.owner):
        raise Forbidden("This task is not offered to you.")


def require_holder(actor: Actor, row: Any) -> None:
    """Raises Forbidden unless the actor may complete the work item.

    That is its assignee; an unassigned one may be completed by whom it is offered to.
    Who answers by a link of their own may always: a colleague's claim on the same
    group does not shut the door that was opened for them.
    """
    require_candidate(actor, row)
    if actor.only_item is not None:
        return
    if row.assignee is not None and row.assignee != actor.id:
        raise Forbidden("Somebody else has claimed this task.", assignee=row.assignee)
    if row.assignee is None and not asked(actor, row.candidate):
        raise Forbidden("This task is not offered to you.")
