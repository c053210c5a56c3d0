"""A student gives up while nothing is asked of them, until the day of departure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Conflict, InvalidInput, InvalidState
from engine.texts import checked
from workflows.application.letters import cancel_at_partner, tell_ended, tell_gone
from workflows.application.messages import MOBILITY_WITHDRAWN, WITHDRAWN
from workflows.application.ranking import MAX_REMARK
from workflows.application.results import leave, locked_ranking, place_of
from workflows.application.services import get_application
from workflows.application.steps import APPROVED, CANCELLED, PENDING
from workflows.application.views import WITHDRAWABLE, Status
from workflows.contract.cases import running_cases
from workflows.mobility.agreement import day_of
from workflows.mobility.services import get_mobility
from workflows.office_work.local_time import ZONE
from workflows.people.services import person_id_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine import Engine, Unit
    from engine.values import Delivery
    from workflows.application.file_models import Application
    from workflows.mobility.models import Mobility

AGREEMENTS = ("contract", "validation_plan")
"""The processes that the message of a mobility withdrawn ends."""


def may_withdraw(session: Session, application: Application, now: datetime) -> bool:
    """Whether there is something to withdraw from: a file, a place, a departure to come."""
    if application.status != Status.PLACED:
        return application.status in WITHDRAWABLE
    mobility = _mobility_of(session, application)
    said = mobility.start_date or (mobility.start_year_month and f"{mobility.start_year_month}-01")
    departure = day_of(said)
    return departure is None or now.astimezone(ZONE).date() < departure


def withdraw(engine: Engine, unit: Unit, application_id: int, reason: str) -> None:
    """End an application, or the mobility it led to, at the student's wish.

    A place it held goes to the next; what was being agreed ends. Raises InvalidInput where
    somebody else than the student gives no reason, InvalidState where there is nothing to
    withdraw from or an offer waits to be answered instead, Conflict while the case is on its
    way between two steps.
    """
    reason = checked("reason", reason, MAX_REMARK)
    application = get_application(unit.session, application_id)
    own = person_id_of(unit.actor) == application.person_id
    if not own and not reason:
        raise InvalidInput({"reason": ["required"]})
    status = application.status
    if not may_withdraw(unit.session, application, unit.now):
        raise InvalidState("There is nothing to withdraw from at this stage.")
    # The case first: whoever holds it comes before whoever holds the ranking, everywhere.
    if status == Status.PLACED:
        _end_mobility(engine, unit, _mobility_of(unit.session, application))
    else:
        _end_application(engine, unit, application)
    locked_ranking(unit.session, application.ranking_id)
    application = get_application(unit.session, application_id, lock=True)
    if application.status != status:
        raise _moving()
    place = place_of(unit.session, application.id)
    nomination = application.nomination
    if nomination is not None and nomination.status in {PENDING, APPROVED}:
        nomination.status = CANCELLED
        cancel_at_partner(unit, application, "withdrawal")
    promoted = leave(unit, application, Status.WITHDRAWN, "withdrawal", reason or None)
    if status != Status.DRAFT:
        tell_gone(unit, application, "withdrawal", place, promoted, reason)
    if status == Status.PLACED or not own:
        tell_ended(unit, application, "withdrawal", place, reason)


def _end_application(engine: Engine, unit: Unit, application: Application) -> None:
    delivery = _send(engine, unit, WITHDRAWN, application.business_key)
    if not delivery.delivered or delivery.duplicate:
        raise _moving()


def _end_mobility(engine: Engine, unit: Unit, mobility: Mobility) -> None:
    """Call the mobility off; a contract or plan that is still being agreed ends."""
    _send(engine, unit, MOBILITY_WITHDRAWN, str(mobility.id))
    if mobility.instance_id is None or running_cases(unit, mobility, AGREEMENTS):
        raise _moving()
    mobility.called_off_at = unit.now


def _send(engine: Engine, unit: Unit, name: str, key: str) -> Delivery:
    return engine.correlate(
        name, {}, message_id=f"{name}-{key}", business_key=key, actor=unit.actor, unit=unit
    )


def _mobility_of(session: Session, application: Application) -> Mobility:
    nomination = application.nomination
    assert nomination is not None
    assert nomination.mobility_id is not None
    return get_mobility(session, nomination.mobility_id)


def _moving() -> Conflict:
    return Conflict("This application is being processed at this very moment.")
