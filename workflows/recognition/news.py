"""What is told about a recognition beside its tasks: who gets which mail."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from workflows.mail.outbox import Mail
from workflows.notices.news import Recipient, compose, spoken, tell
from workflows.notices.partner import contact_of_mobility
from workflows.people.services import RI, coordinator_group, head_group, people_in, student_group
from workflows.recognition.documents import decision_in_words

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from engine import Unit
    from workflows.mobility.models import Mobility
    from workflows.office import Office
    from workflows.recognition.models import Recognition
    from workflows.recognition.results import ResultOfRecognition

MAILS = "workflows.recognition"


def decided(
    unit: Unit,
    mobility: Mobility,
    recognition: Recognition,
    result: ResultOfRecognition,
    *,
    appeal_months: str,
) -> None:
    """The decision is notified: what, by whom, when, why, and the ways to contest it.

    The student reads it in the words of its document (P9: notified with author, date,
    reasons, remedies).
    """
    if mobility.person_id is None:
        return
    for person in people_in(unit.session, student_group(mobility.person_id)):
        told = decision_in_words(result, spoken(person.locale or ""), appeal_months)
        tell(
            unit,
            mails=MAILS,
            kind="decided",
            news=f"recognition-decided-{recognition.id}-{recognition.proposal}",
            to=[person],
            values={**_about(mobility), **told},
            link=f"/cases/{recognition.instance_id}",
        )


def alert(
    unit: Unit, mobility: Mobility, *, step: str, decide_by: str, instance_id: int, job_id: int
) -> None:
    """The five weeks are nearly over: director, RI and coordinators learn where it stands."""
    department = mobility.department
    people = [
        *people_in(unit.session, head_group(department)),
        *people_in(unit.session, RI),
        *people_in(unit.session, coordinator_group(department)),
    ]
    once = {person.id: person for person in people}
    tell(
        unit,
        mails=MAILS,
        kind="alert",
        news=f"recognition-alert-{instance_id}-{step}-{job_id}",
        to=once.values(),
        values={**_about(mobility), "decide_by": decide_by},
        link=f"/cases/{instance_id}",
    )


def chase(
    session: Session, mobility: Mobility, office: Office, *, job_id: int, now: datetime
) -> Mail | None:
    """The mail that asks the partner for its transcript; None where nobody is known to ask."""
    contact = contact_of_mobility(session, str(mobility.id), office)
    if contact is None:
        return None
    to = Recipient(contact.email, contact.name, contact.language)
    values = {**_about(mobility), "today": _day(now)}
    return compose(MAILS, "chase", to, f"recognition-chase-{job_id}", values)


def _day(now: datetime) -> str:
    return date.isoformat(now.date())


def _about(mobility: Mobility) -> dict[str, str]:
    student = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}".strip()
    return {"student": student, "year": mobility.receiving_academic_year_id or ""}
