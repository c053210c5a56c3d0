"""A student gives up while nothing is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import Conflict, InvalidState
from engine.texts import checked
from workflows.application.letters import cancel_at_partner, tell_gone
from workflows.application.messages import WITHDRAWN
from workflows.application.ranking import MAX_REMARK
from workflows.application.results import leave, place_of
from workflows.application.services import get_application
from workflows.application.steps import APPROVED, CANCELLED, PENDING
from workflows.application.views import WITHDRAWABLE, Status

if TYPE_CHECKING:
    from engine import Engine, Unit


def withdraw(engine: Engine, unit: Unit, application_id: int, reason: str) -> None:
    """End an application at the student's wish; a place it held goes to the next.

    Raises InvalidState where there is nothing to withdraw from, or an offer waits to be
    answered instead; Conflict while the case is on its way between two steps.
    """
    reason = checked("reason", reason, MAX_REMARK)
    application = get_application(unit.session, application_id)
    if application.status not in WITHDRAWABLE:
        raise InvalidState("There is nothing to withdraw from at this stage.")
    # The case first: whoever holds it comes before whoever holds the ranking, everywhere.
    delivery = engine.correlate(
        WITHDRAWN,
        {},
        message_id=f"{application.business_key}-withdrawn",
        business_key=application.business_key,
        actor=unit.actor,
        unit=unit,
    )
    if not delivery.delivered or delivery.duplicate:
        raise Conflict("This application is being processed at this very moment.")
    place = place_of(unit.session, application.id)
    nomination = application.nomination
    if nomination is not None and nomination.status in {PENDING, APPROVED}:
        nomination.status = CANCELLED
        cancel_at_partner(unit, application, "withdrawal")
    draft = application.status == Status.DRAFT
    promoted = leave(unit, application, Status.WITHDRAWN, "withdrawal", reason or None)
    if not draft:
        tell_gone(unit, application, "withdrawal", place, promoted, reason)
