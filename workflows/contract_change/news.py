"""What people are told about a change besides its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.mobility.services import labels_for
from workflows.notices.news import tell
from workflows.people.models import Person
from workflows.people.services import coordinator_group, get_person, people_in, student_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine import Unit
    from workflows.contract_change.models import ChangeRequest, Correction
    from workflows.mobility.models import Mobility

MAILS = "workflows.contract_change"
KINDS = (
    "partner",
    "partner_reminder",
    "refused",
    "withdrawn",
    "prolonged",
    "lapsed",
    "ask_sending",
    "corrected",
)
"""Texts of their own; tasks, reminders and delays have those of the office."""


def tell_refused(unit: Unit, request: ChangeRequest) -> None:
    """Tell who asked, and the student, that a late request is not admitted, and why."""
    people = [*_requester(unit, request), *_student(unit, request.mobility)]
    _tell(unit, request, "refused", people)


def tell_withdrawn(unit: Unit, request: ChangeRequest) -> None:
    """Tell student and coordinators that a change was taken back, and why."""
    _tell(unit, request, "withdrawn", _both(unit, request.mobility))


def tell_prolonged(unit: Unit, request: ChangeRequest) -> None:
    """Tell student and coordinators that there is more time to agree, and why."""
    _tell(unit, request, "prolonged", _both(unit, request.mobility))


def tell_lapsed(unit: Unit, request: ChangeRequest) -> None:
    """Tell who asked, student and coordinators that a change has lapsed, and why."""
    people = [*_requester(unit, request), *_both(unit, request.mobility)]
    _tell(unit, request, "lapsed", people)


def tell_corrected(unit: Unit, mobility: Mobility, correction: Correction) -> None:
    """Tell student and coordinators that contacts or dates were corrected."""
    values = {**_values(unit, mobility), "by": correction.corrected_by}
    tell(
        unit,
        mails=MAILS,
        kind="corrected",
        news=f"corrected-{correction.id}",
        to=_both(unit, mobility),
        values=values,
        link=f"/cases/{mobility.instance_id}",
    )


def _tell(unit: Unit, request: ChangeRequest, kind: str, to: Sequence[Person]) -> None:
    reason = request.closing_reason or request.prolonged or ""
    until = request.agree_by.isoformat() if request.agree_by else ""
    tell(
        unit,
        mails=MAILS,
        kind=kind,
        news=f"change-{kind}-{request.id}-{until}",
        to=to,
        values={**_values(unit, request.mobility), "reason": reason},
        link=f"/cases/{request.instance_id}",
    )


def _values(unit: Unit, mobility: Mobility) -> dict[str, str]:
    labels = labels_for(unit.session, mobility)
    return {"student": labels.subject, "partner": labels.counterparty}


def _requester(unit: Unit, request: ChangeRequest) -> list[Person]:
    number = request.actor.removeprefix("person:")
    return [get_person(unit.session, int(number))] if number.isdigit() else []


def _student(unit: Unit, mobility: Mobility) -> list[Person]:
    return people_in(unit.session, student_group(mobility.person_id or 0))


def _both(unit: Unit, mobility: Mobility) -> list[Person]:
    coordinators = people_in(unit.session, coordinator_group(mobility.department))
    return [*_student(unit, mobility), *coordinators]
