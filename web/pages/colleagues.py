"""Who else may be given a task: the members of the groups it is offered to."""

from __future__ import annotations

from engine.identity import Actor
from engine.values import WorkItem
from web import current
from workflows.people.services import STUDENT, actor_id, people_in, people_in_any


def of_group(group: str, actor: Actor) -> list[tuple[str, str]]:
    """Actor ids and names of the members of ``group``; none for who is not in it.

    A student's task is theirs alone.
    """
    if group not in actor.groups or group.startswith(STUDENT):
        return []
    with current.reading() as rows:
        return [(actor_id(person.id), person.name) for person in people_in(rows, group)]


def of_item(item: WorkItem, actor: Actor) -> list[tuple[str, str]]:
    """Those to whom ``actor`` may give a work item: its group, where they act for it."""
    return of_group(item.candidate, actor.acting_on(item))


def of(actor: Actor) -> list[tuple[str, str]]:
    """Everybody who shares a group with ``actor`` or with those they replace, by name."""
    own = [group for group in actor.groups if not group.startswith(STUDENT)]
    theirs = [group for each in actor.replaces for group in each.groups]
    with current.reading() as rows:
        people = people_in_any(rows, {*own, *theirs})
    return sorted(
        ((actor_id(person.id), person.name) for person in people), key=lambda entry: entry[1]
    )
