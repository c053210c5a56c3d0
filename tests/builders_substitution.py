"""Substitutions as tests make them, on the people of a house."""

from __future__ import annotations

from engine import Actor
from tests.builders_house import House
from workflows.office_work import standing_in, substitutions
from workflows.office_work.models import Substitution
from workflows.people.services import get_person, person_id_of


def number(actor: Actor) -> int:
    """The id of the person behind an actor."""
    found = person_id_of(actor)
    assert found is not None
    return found


def arrange(
    house: House,
    absent: Actor,
    substitute: Actor,
    *,
    first: str = "2026-03-02",
    last: str = "2026-03-13",
    processes: list[str] | None = None,
    by: Actor | None = None,
) -> Substitution:
    """Have ``substitute`` replace ``absent``; arranged by the absent unless somebody else does."""
    typed = {
        "person": str(number(absent)),
        "substitute": str(number(substitute)),
        "first": first,
        "last": last,
        "processes": processes or [],
    }
    with house.engine.unit(by or absent) as unit:
        plan = substitutions.plan(unit.session, unit.actor, typed, unit.now)
        return substitutions.arrange(unit, plan)


def end(house: House, substitution: Substitution, by: Actor) -> None:
    """End a substitution before its time."""
    with house.engine.unit(by) as unit:
        substitutions.end(unit, substitution.id)


def now_acting(house: House, actor: Actor) -> Actor:
    """A person's actor as it is at this moment, with those they replace."""
    with house.engine.reading() as session:
        person = get_person(session, number(actor))
        return standing_in.acting(session, person, house.clock.now())[0]
