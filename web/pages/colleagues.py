"""Who else may be given a task: the members of the groups it is offered to."""

from __future__ import annotations

from engine.identity import Actor
from web import current
from workflows.people.services import people_in

STUDENT_PREFIX = "student:"


def of_group(group: str, actor: Actor) -> list[tuple[str, str]]:
    """Actor ids and names of the members of ``group``; none for who is not in it.

    A student's task is theirs alone.
    """
    if group not in actor.groups or group.startswith(STUDENT_PREFIX):
        return []
    with current.reading() as rows:
        return [(f"person:{person.id}", person.name) for person in people_in(rows, group)]


def of(actor: Actor) -> list[tuple[str, str]]:
    """Everybody who shares a group with ``actor``, by name."""
    found = {entry for group in actor.groups for entry in of_group(group, actor)}
    return sorted(found, key=lambda entry: entry[1])
