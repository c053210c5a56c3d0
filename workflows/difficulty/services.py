"""Difficulties: reporting one, and who is in charge of it.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.values import Value
from workflows.answers import Answers
from workflows.contract_change.models import ChangeRequest
from workflows.contract_change.services import requests_of
from workflows.difficulty.models import KINDS, Difficulty
from workflows.difficulty.news import tell_reported
from workflows.mobility.models import Mobility
from workflows.mobility.services import is_outgoing, labels_for
from workflows.partners.models import UNASSIGNED
from workflows.people.services import (
    RI_CARE,
    coordinator_group,
    person_id_of,
    student_group,
)

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.identity import Actor

PROCESS = "difficulty"
REPORTED, FOLLOWED, SET_ASIDE, CLOSED = "reported", "followed", "set_aside", "closed"
MOST_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Reported:
    """A new difficulty, its case, and the first work items."""

    difficulty_id: int
    instance_id: int
    work_items: tuple[int, ...]


def may_report(actor: Actor, mobility: Mobility, home_hei_id: str) -> bool:
    """Whether somebody may report a difficulty of this mobility's student.

    That is the student, the department's coordinators and the persons in charge at RI; the
    student is one we have received.
    """
    if is_outgoing(mobility, home_hei_id):
        return False
    if mobility.person_id is not None and person_id_of(actor) == mobility.person_id:
        return True
    return bool(actor.groups & {coordinator_group(mobility.department), RI_CARE})


def report(
    engine: Engine, unit: Unit, mobility_id: int, data: Mapping[str, object], *, home_hei_id: str
) -> Reported:
    """Report a difficulty and start its case, which nobody but those in charge sees.

    Takes ``kind``, ``description`` and ``no_health`` (that nothing about health is in it).
    Raises NotFound where the mobility is none the actor may report for, InvalidInput.
    """
    session = unit.session
    mobility = session.get(Mobility, mobility_id)
    if mobility is None or not may_report(unit.actor, mobility, home_hei_id):
        raise NotFound
    found = _read(data, mobility, unit)
    session.add(found)
    session.flush()
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=_variables(found, mobility),
        labels=labels_for(session, mobility, incoming=True),
        links=_who_sees(mobility),
        unit=unit,
    )
    found.instance_id = started.instance_id
    session.flush()
    tell_reported(unit, found, mobility)
    return Reported(found.id, started.instance_id, started.work_items)


def _read(data: Mapping[str, object], mobility: Mobility, unit: Unit) -> Difficulty:
    answers = Answers(data)
    kind = answers.option("kind", KINDS)
    description = answers.text("description", most=MOST_TEXT, required=True)
    if not answers.flag("no_health"):
        answers.refuse("no_health", "no_health_required")
    answers.check()
    return Difficulty(
        mobility_id=mobility.id,
        kind=kind,
        description=description,
        state=REPORTED,
        reported_by=unit.actor.id,
        reported_at=unit.now,
    )


def _variables(found: Difficulty, mobility: Mobility) -> dict[str, Value]:
    return {
        "difficulty": found.id,
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.sending_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
        "kind": found.kind,
        "follower": in_charge(mobility.department),
    }


def in_charge(department: str) -> str:
    """The group that looks after a department's students; RI's where none is assigned yet."""
    return RI_CARE if department == UNASSIGNED else coordinator_group(department)


def _who_sees(mobility: Mobility) -> list[str]:
    student = [student_group(mobility.person_id)] if mobility.person_id is not None else []
    return list(dict.fromkeys([*student, in_charge(mobility.department), RI_CARE]))


def get_difficulty(session: Session, difficulty_id: int) -> Difficulty:
    """The difficulty with that id; raises NotFound."""
    found = session.get(Difficulty, difficulty_id)
    if found is None:
        raise NotFound
    return found


def difficulty_of_case(session: Session, instance_id: int) -> Difficulty | None:
    """The difficulty a case is about."""
    return session.scalar(select(Difficulty).where(Difficulty.instance_id == instance_id))


def change_since(session: Session, found: Difficulty) -> ChangeRequest | None:
    """The last request to change the student's contract since the difficulty was reported."""
    since = [
        each
        for each in requests_of(session, found.mobility_id)
        if each.requested_at >= found.reported_at
    ]
    return since[-1] if since else None


def follower_of(answers: Answers, department: str) -> str:
    """Who was chosen to follow a student: the department's coordinators, or RI's in charge."""
    chosen = answers.option("follower", ("coordinator", "ri_care"))
    if chosen == "ri_care" or department == UNASSIGNED:
        return RI_CARE
    return coordinator_group(department)
