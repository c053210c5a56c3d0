"""Waivers besides what a signed contract brings about: asking for one, a stay cut short.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Forbidden, InvalidInput
from engine.tables import definition as definition_table
from engine.tables import instance
from engine.texts import checked
from engine.values import InstanceStatus, Value
from workflows.contract.policy import stay
from workflows.exam_waiver.models import WaiverRequest
from workflows.exam_waiver.reading import last_day_of_stay
from workflows.exam_waiver.sources import basis_of
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility, is_outgoing, labels_for
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.identity import Actor

PROCESS = "exam_waiver"
CUT_SHORT_MESSAGE = "stay_cut_short"
REQUEST, CUT_SHORT = "request", "cut_short"
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
    return "waiver_under_way" if running_case(session, mobility) is not None else None


def running_case(session: Session, mobility: Mobility) -> int | None:
    """The case of a waiver that is under way."""
    statement = (
        select(instance.c.id)
        .join(definition_table, definition_table.c.id == instance.c.definition_id)
        .where(
            definition_table.c.key == PROCESS,
            instance.c.business_key == str(mobility.id),
            instance.c.status == int(InstanceStatus.ACTIVE),
        )
    )
    return session.scalar(statement)


def ask_for_waiver(
    engine: Engine, unit: Unit, mobility_id: int, *, reason: str, home_hei_id: str
) -> int:
    """Open a case about a waiver that nothing else brings about; returns its number.

    For exams that are over already, or anew after a refusal. Raises Forbidden for who is no
    party, InvalidInput at ``reason``, and at ``_schema`` for what stands against it.
    """
    mobility = _locked(unit, mobility_id)
    if not parties_of(unit.actor, mobility):
        raise Forbidden
    code = obstacle(unit.session, mobility, home_hei_id)
    if code is not None:
        raise InvalidInput({"_schema": [code]})
    _keep(unit, mobility, REQUEST, _reason(reason))
    return _start(engine, unit, mobility)


def cut_short(
    engine: Engine,
    unit: Unit,
    mobility_id: int,
    *,
    last_day: str,
    reason: str,
    home_hei_id: str,
) -> int:
    """RI tells that a stay ends before its time; returns the case in which that is settled.

    Exams that begin after the last day are no longer excused. A case under way takes it into
    account at once. Raises Forbidden for who is not RI; InvalidInput at ``last_day`` for a
    day that is none, lies outside the stay or before what was said last, at ``reason``, and
    at ``_schema`` for what stands against it.
    """
    if RI not in unit.actor.groups:
        raise Forbidden
    mobility = _locked(unit, mobility_id)
    code = obstacle(unit.session, mobility, home_hei_id)
    if code not in {None, "waiver_under_way"}:
        raise InvalidInput({"_schema": [str(code)]})
    errors = {}
    day, wrong = _last_day(unit.session, mobility, last_day)
    if wrong is not None:
        errors["last_day"] = [wrong]
    if not reason.strip():
        errors["reason"] = ["required"]
    if errors or day is None:
        raise InvalidInput(errors)
    request = _keep(unit, mobility, CUT_SHORT, _reason(reason), day)
    running = running_case(unit.session, mobility)
    if running is None:
        return _start(engine, unit, mobility)
    engine.correlate(
        CUT_SHORT_MESSAGE,
        {},
        message_id=f"exam-waiver-request-{request.id}",
        business_key=str(mobility.id),
        actor=unit.actor,
        unit=unit,
    )
    return running


def _locked(unit: Unit, mobility_id: int) -> Mobility:
    """The mobility; of two who ask at once the second waits for the first.

    Its cases are locked before it, as whoever completes a task locks them; rows that only
    refer to the mobility may be written by others meanwhile.
    """
    cases = select(instance.c.id).where(instance.c.business_key == str(mobility_id))
    unit.session.execute(cases.order_by(instance.c.id).with_for_update())
    found = select(Mobility.id).where(Mobility.id == mobility_id)
    unit.session.execute(found.with_for_update(key_share=True))
    return get_mobility(unit.session, mobility_id)


def _reason(text: str) -> str:
    reason = checked("reason", text, MAX_REASON)
    if not reason:
        raise InvalidInput({"reason": ["required"]})
    return reason


def _last_day(session: Session, mobility: Mobility, text: str) -> tuple[date | None, str | None]:
    """The day, or the code of what is wrong with it."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None, "not_a_date" if text.strip() else "required"
    first, last = stay(mobility.agreement)
    known = last_day_of_stay(session, mobility.id)
    if (first and day < first) or (last and day >= last and known is None):
        return None, "outside_stay"
    return (None, "already_cut_short") if day == known else (day, None)


def _keep(
    unit: Unit, mobility: Mobility, kind: str, reason: str, last_day: date | None = None
) -> WaiverRequest:
    request = WaiverRequest(
        mobility_id=mobility.id,
        kind=kind,
        reason=reason,
        last_day=last_day.isoformat() if last_day else None,
        actor=unit.actor.id,
        asked_by=unit.actor.name,
        at=unit.now,
    )
    unit.session.add(request)
    unit.session.flush()
    return request


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
