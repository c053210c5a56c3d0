"""Who takes part in a case: whom a comment may name, and whose substitutes hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from engine.tables import definition, identity_link, instance, work_item
from workflows.office_work.standing_in import substitutes
from workflows.people.models import Membership, Person
from workflows.people.services import PARTNER_DESK, RI

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session


def taking_part(session: Session, instance_id: int) -> frozenset[str]:
    """The groups and actor ids that take part in an instance: linked to it, or asked in it."""
    linked = session.scalars(
        select(identity_link.c.group).where(identity_link.c.instance_id == instance_id)
    )
    asked = session.execute(
        select(work_item.c.candidate, work_item.c.assignee, work_item.c.owner)
        .where(work_item.c.instance_id == instance_id)
        .distinct()
    )
    return frozenset(linked) | {each for row in asked for each in row if each}


def people_of_case(session: Session, instance_id: int, now: datetime) -> list[Person]:
    """The active people who may see an instance and follow it, by name.

    That is whoever takes part, their substitutes, and the international office, unless the
    case is restricted. Administrators and auditors, who only oversee, are not among them.
    """
    case = session.execute(
        select(instance.c.restricted, definition.c.key)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(instance.c.id == instance_id)
    ).one_or_none()
    if case is None:
        return []
    parts = taking_part(session, instance_id)
    found = {person.id: person for person in _members(session, parts, office=not case.restricted)}
    for each in substitutes(session, found.values(), case.key, now):
        if any(each.gets(candidate) for candidate in parts):
            found.setdefault(each.person.id, each.person)
    return sorted(found.values(), key=lambda person: (person.family_name, person.name, person.id))


def _members(session: Session, parts: Iterable[str], *, office: bool) -> list[Person]:
    groups = set(parts) | ({RI} if office or PARTNER_DESK in parts else set())
    numbers = [
        int(number)
        for kind, _, number in (part.partition(":") for part in groups)
        if kind in {"person", "student"} and number.isdigit()
    ]
    inside = select(Membership.person_id).where(Membership.group.in_(groups))
    return list(
        session.scalars(
            select(Person).where(Person.active, or_(Person.id.in_(numbers), Person.id.in_(inside)))
        )
    )
