"""Substitution: who does whose work for a while, and for which processes.

A substitute gets the groups of whom they replace and what is asked of them in person, and
acts under both names. What somebody is as a student, administrator or auditor stays with
them; so does the charge of confidential cases, unless their process is named. It never goes
further: who replaces a substitute gets what that person has themselves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from engine.errors import Forbidden, InvalidInput, InvalidState, NotFound
from engine.identity import Actor
from engine.tables import definition
from workflows.office_work.local_time import beginning_of, day_of
from workflows.office_work.models import Substitution
from workflows.office_work.standing_in import passed_on
from workflows.people.models import Person
from workflows.people.services import (
    ADMIN,
    AUDITOR,
    RI,
    actor_id,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit

OVER = "office.substitution_over"
"""The job kind that runs when a substitution is over; payload ``substitution``."""

ARRANGED = "office.substitution"
"""The job kind that tells of a substitution; payload ``substitution`` and ``ended``."""

LONGEST = timedelta(days=366)
_ID = re.compile(r"[0-9]{1,18}")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Plan:
    """A substitution that may be made. It lasts to the end of the day ``last``."""

    person: Person
    substitute: Person
    first: date
    last: date
    processes: tuple[str, ...]

    @property
    def groups(self) -> frozenset[str]:
        """What the substitute gets."""
        return passed_on(self.person, self.processes)


def works(person: Person) -> bool:
    """Whether somebody has work that another could do for them."""
    return person.active and bool(person.groups - {ADMIN, AUDITOR})


def plan(session: Session, by: Actor, typed: Mapping[str, object], now: datetime) -> Plan:
    """What was typed as a substitution that may be made.

    ``typed`` holds ``person`` and ``substitute`` (ids), ``first`` and ``last`` (ISO days) and
    ``processes`` (a list of keys, empty for all). Raises InvalidInput by field, and Forbidden
    where ``by`` is neither the person nor of the international office.
    """
    person = _worker(session, typed.get("person"))
    if person is None:
        raise InvalidInput({"person": ["not_an_option"]})
    if by.id != actor_id(person.id) and RI not in by.groups:
        raise Forbidden
    errors: dict[str, list[str]] = {}
    substitute = _substitute(session, by, person, typed.get("substitute"), errors)
    days = _days(typed, now, errors)
    processes = _processes(session, typed.get("processes"), errors)
    if errors or substitute is None or days is None:
        raise InvalidInput(errors)
    found = Plan(person, substitute, *days, processes)
    _refuse_conflicts(session, found)
    return found


def arrange(unit: Unit, plan: Plan) -> Substitution:
    """Make a substitution, and have both told.

    Raises InvalidInput where another was made for that time meanwhile.
    """
    # Of two that are made at once the second waits here, and then finds the first.
    unit.session.get_one(Person, plan.person.id, with_for_update={"key_share": True})
    _refuse_conflicts(unit.session, plan)
    made = Substitution(
        person_id=plan.person.id,
        substitute_id=plan.substitute.id,
        starts_at=max(beginning_of(plan.first), unit.now),
        ends_at=beginning_of(plan.last + timedelta(days=1)),
        processes=",".join(plan.processes),
        created_at=unit.now,
        created_by=unit.actor.id,
    )
    unit.session.add(made)
    unit.session.flush()
    unit.enqueue(ARRANGED, {"substitution": made.id, "ended": False})
    unit.enqueue(OVER, {"substitution": made.id}, due_at=made.ends_at)
    return made


def end(unit: Unit, substitution_id: int) -> Substitution:
    """End a substitution now, or call it off before it began; both are told.

    Whoever is replaced, replaces or works in the international office may. Raises NotFound
    for everybody else, InvalidState where it is over.
    """
    found = unit.session.get(Substitution, substitution_id, with_for_update={"key_share": True})
    if found is None or not may_see(found, unit.actor):
        raise NotFound
    if found.until <= unit.now:
        raise InvalidState("This substitution is over.")
    found.ended_at, found.ended_by = unit.now, unit.actor.id
    unit.session.flush()
    unit.enqueue(ARRANGED, {"substitution": found.id, "ended": True})
    unit.enqueue(OVER, {"substitution": found.id})
    return found


def may_see(substitution: Substitution, actor: Actor) -> bool:
    """Whether a substitution is the actor's own on either side, or the office's to arrange."""
    sides = (actor_id(substitution.person_id), actor_id(substitution.substitute_id))
    return actor.id in sides or RI in actor.groups


def arranged(
    session: Session, person_id: int | None = None, limit: int = 200
) -> list[Substitution]:
    """Substitutions, the latest first: those of one person on either side, or all."""
    statement = select(Substitution).order_by(Substitution.starts_at.desc(), Substitution.id.desc())
    if person_id is not None:
        sides = or_(Substitution.person_id == person_id, Substitution.substitute_id == person_id)
        statement = statement.where(sides)
    return list(session.scalars(statement.limit(limit)))


def _worker(session: Session, value: object) -> Person | None:
    if not isinstance(value, str | int) or _ID.fullmatch(str(value)) is None:
        return None
    found = session.get(Person, int(value))
    return found if found is not None and works(found) else None


def _substitute(
    session: Session, by: Actor, person: Person, value: object, errors: dict[str, list[str]]
) -> Person | None:
    found = _worker(session, value)
    if not value:
        errors["substitute"] = ["required"]
    elif found is None:
        errors["substitute"] = ["not_an_option"]
    elif found.id == person.id or by.id == actor_id(found.id):
        # Nobody takes another's powers by naming themselves.
        errors["substitute"] = ["not_yourself"]
    return found


def _days(
    typed: Mapping[str, object], now: datetime, errors: dict[str, list[str]]
) -> tuple[date, date] | None:
    found = [_day(name, typed.get(name), errors) for name in ("first", "last")]
    first, last = found
    if first is None or last is None:
        return None
    if first < day_of(now):
        errors["first"] = ["date_past"]
    elif first - day_of(now) > LONGEST:
        errors["first"] = ["date_far"]
    elif last < first:
        errors["last"] = ["before_start"]
    elif last - first > LONGEST:
        errors["last"] = [f"days_at_most:{LONGEST.days}"]
    return first, last


def _day(name: str, value: object, errors: dict[str, list[str]]) -> date | None:
    if not value:
        errors[name] = ["required"]
        return None
    try:
        # Other forms of ISO 8601, such as weeks, are nothing that a date field sends.
        found = date.fromisoformat(str(value)) if _ISO_DAY.fullmatch(str(value)) else None
    except ValueError:
        found = None
    if found is None:
        errors[name] = ["not_a_date"]
    return found


def _processes(session: Session, value: object, errors: dict[str, list[str]]) -> tuple[str, ...]:
    wanted = {str(each) for each in value} if isinstance(value, list) else set()
    known = set(session.scalars(select(definition.c.key).distinct()))
    if wanted - known:
        errors["processes"] = ["not_an_option"]
    return tuple(sorted(wanted))


def _refuse_conflicts(session: Session, plan: Plan) -> None:
    """Raises InvalidInput where one of the two is away by another substitution in that time."""
    starts, ends = beginning_of(plan.first), beginning_of(plan.last + timedelta(days=1))
    others = session.scalars(
        select(Substitution).where(
            Substitution.person_id.in_((plan.person.id, plan.substitute.id)),
            Substitution.starts_at < ends,
            Substitution.ends_at > starts,
            Substitution.ended_at.is_(None),
        )
    ).all()
    for other in others:
        shared = not plan.processes or not other.keys or set(plan.processes) & set(other.keys)
        if shared and other.person_id == plan.person.id:
            raise InvalidInput({"first": ["substitution_overlaps"]})
        if shared:
            raise InvalidInput({"substitute": ["substitute_away"]})
