"""Waivers besides what a signed contract brings about: asking for one.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import Forbidden, InvalidInput
from engine.texts import checked
from engine.values import Value
from workflows.exam_waiver.models import WaiverRequest
from workflows.exam_waiver.sources import basis_of
from workflows.mobility.models import Mobility
from workflows.mobility.services import case_of, is_outgoing, labels_for
from workflows.mobility.stays import locked
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.identity import Actor

PROCESS = "exam_waiver"
MAX_REASON = 2000


def parties_of(actor: Actor, mobility: Mobility) -> bool:
    """Whether the actor may ask for a waiver: the student, the coordinators, RI."""
    asking = {RI, coordinator_group(mobility.department)}
    if mobility.person_id is not None:
        asking.add(student_group(mobility.person_id))
    return bool(asking & actor.groups)


def obstacle(session: Session, mobility: Mobility, home_hei_id: str) -> str | None:
    """The code of what keeps a waiver from being asked for; None where nothing does."""
    if not is_outgoing(mobility, home_hei_id):
        return "waiver_is_home"
    if basis_of(session, mobility) is None:
        return "not_signed_yet"
    running = case_of(session, mobility.id, PROCESS, active=True)
    return "waiver_under_way" if running is not None else None


def ask_for_waiver(
    engine: Engine, unit: Unit, mobility_id: int, *, reason: str, home_hei_id: str
) -> int:
    """Open a case about a waiver that nothing else brings about; returns its number.

    For exams that are over already, or anew after a refusal. Raises Forbidden for who is no
    party, InvalidInput at ``reason``, and at ``_schema`` for what stands against it.
    """
    mobility = locked(unit, mobility_id)
    if not parties_of(unit.actor, mobility):
        raise Forbidden
    code = obstacle(unit.session, mobility, home_hei_id)
    if code is not None:
        raise InvalidInput({"_schema": [code]})
    request = WaiverRequest(
        mobility_id=mobility.id,
        reason=_reason(reason),
        actor=unit.actor.id,
        asked_by=unit.actor.name,
        at=unit.now,
    )
    unit.session.add(request)
    unit.session.flush()
    return _start(engine, unit, mobility)


def _reason(text: str) -> str:
    reason = checked("reason", text, MAX_REASON)
    if not reason:
        raise InvalidInput({"reason": ["required"]})
    return reason


def _start(engine: Engine, unit: Unit, mobility: Mobility) -> int:
    variables: dict[str, Value] = {
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.receiving_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
    }
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=variables,
        labels=labels_for(unit.session, mobility),
        links=[student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI],
        unit=unit,
    )
    return started.instance_id
