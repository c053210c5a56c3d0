"""What people are told about a waiver besides its tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.exam_waiver.policy import REVOKED
from workflows.exam_waiver.reading import Status
from workflows.mobility.services import labels_for
from workflows.notices.news import tell
from workflows.people.services import coordinator_group, people_in, student_group

if TYPE_CHECKING:
    from engine import Unit
    from workflows.exam_waiver.models import Waiver

MAILS = "workflows.exam_waiver"
GRANTED, REFUSED, CHANGED = "granted", "refused", "changed"
KINDS = (GRANTED, REFUSED, CHANGED)


def tell_decision(unit: Unit, waiver: Waiver) -> None:
    """Tell student and coordinators what was decided, with the link to the letter."""
    mobility = waiver.mobility
    labels = labels_for(unit.session, mobility)
    people = [
        *people_in(unit.session, student_group(mobility.person_id or 0)),
        *people_in(unit.session, coordinator_group(mobility.department)),
    ]
    tell(
        unit,
        mails=MAILS,
        kind=_kind(waiver),
        news=f"exam-waiver-{waiver.id}",
        to=people,
        values={
            "student": labels.subject,
            "partner": labels.counterparty,
            "reason": waiver.reason or "",
        },
        link=f"/documents/{waiver.document_id}",
    )


def _kind(waiver: Waiver) -> str:
    if waiver.status == Status.REFUSED:
        return REFUSED
    return CHANGED if any(exam.mark == REVOKED for exam in waiver.exams) else GRANTED
