"""Who may see and who may do what, decided in one place for every command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select, true

from engine.errors import Conflict, Forbidden, NotFound
from engine.identity import Actor, Replaced
from engine.tables import identity_link, instance, work_item
from engine.values import WorkItemStatus


def sees_instance(connection: Connection, actor: Actor, instance_id: int) -> bool:
    """Whether the actor may see an instance: as an overseer, or taking part in it.

    A restricted one is seen by those alone who take part.
    """
    if actor.oversees and actor.only_item is None:
        if actor.sees_restricted:
            return True
        hidden = select(instance.c.restricted).where(instance.c.id == instance_id)
        if not connection.execute(hidden).scalar_one_or_none():
            return True
    return takes_part(connection, actor, instance_id)


def overseen(actor: Actor, instance_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition that an overseer may see the instance a row names, in a list.

    That is, unless it is restricted and the actor has no part in it.
    """
    if actor.sees_restricted:
        return true()
    groups = [*actor.groups, actor.id]
    hidden = instance.alias("hidden")
    restricted = select(hidden.c.id).where(hidden.c.restricted)
    linked = select(identity_link.c.instance_id).where(identity_link.c.group.in_(groups))
    item = work_item.alias("held")
    held = select(item.c.instance_id).where(
        item.c.instance_id.in_(restricted),
        or_(
            item.c.candidate.in_(groups),
            item.c.assignee == actor.id,
            item.c.owner == actor.id,
        ),
    )
    return instance_id.not_in(
        restricted.where(hidden.c.id.not_in(linked), hidden.c.id.not_in(held))
    )


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition that the actor may see the instance of a row of ``instance``, in a list."""
    if actor.only_item is not None:
        return false()
    if actor.oversees:
        seen = [overseen(actor, instance.c.id)]
    else:
        seen = [_linked([*actor.groups, actor.id])]
    for each in actor.replaces:
        linked = _linked([*each.groups, each.id])
        if each.definitions is None:
            seen.append(linked)
        else:
            seen.append(and_(linked, instance.c.definition_id.in_(sorted(each.definitions))))
    return or_(*seen)


def _linked(groups: Sequence[str]) -> ColumnElement[bool]:
    linked = select(identity_link.c.instance_id).where(identity_link.c.group.in_(groups))
    return instance.c.id.in_(linked)


def takes_part(connection: Connection, actor: Actor, instance_id: int) -> bool:
    """Whether an instance is the actor's business: linked to them, or asked of them."""
    if actor.only_item is not None:
        return _holds_one(connection, actor, instance_id)
    if _has_part(connection, actor, instance_id):
        return True
    return bool(actor.replaces) and part_taken_for(connection, actor, instance_id) is not None


def part_taken_for(connection: Connection, actor: Actor, instance_id: int) -> Replaced | None:
    """The first of those the actor replaces who takes part in an instance; None if none does."""
    definition = connection.scalar(
        select(instance.c.definition_id).where(instance.c.id == instance_id)
    )
    for each in actor.replaces:
        if definition is not None and each.covers(definition):
            their = Actor(each.id, groups=each.groups)
            if _has_part(connection, their, instance_id):
                return each
    return None


def acting_in(connection: Connection, actor: Actor, instance_id: int) -> Actor:
    """The actor as they act in an instance: for themselves, or for whom they replace in it."""
    if not actor.replaces or _has_part(connection, actor, instance_id):
        return actor
    replaced = part_taken_for(connection, actor, instance_id)
    return actor if replaced is None else actor.standing_in(replaced)


def _has_part(connection: Connection, actor: Actor, instance_id: int) -> bool:
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
    acting = actor.acting_on(row)
    if acting.asked(row.candidate) or acting.holds(row.assignee) or acting.holds(row.owner):
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
    """Raises Forbidden unless the work item is offered to the actor or is the actor's.

    The actor is the one that :meth:`Actor.acting_on` gives for the work item.
    """
    if not (actor.asked(row.candidate) or actor.holds(row.assignee) or actor.holds(row.owner)):
        raise Forbidden("This task is not offered to you.")


def require_holder(actor: Actor, row: Any) -> None:
    """Raises Forbidden unless the actor may complete the work item.

    That is its assignee; an unassigned one may be completed by whom it is offered to.
    Who answers by a link of their own may always: a colleague's claim on the same
    group does not shut the door that was opened for them. The actor is the one that
    :meth:`Actor.acting_on` gives for the work item.
    """
    require_candidate(actor, row)
    if actor.only_item is not None:
        return
    if row.assignee is not None and not actor.holds(row.assignee):
        raise Forbidden("Somebody else has claimed this task.", assignee=row.assignee)
    if row.assignee is None and not actor.asked(row.candidate):
        raise Forbidden("This task is not offered to you.")
