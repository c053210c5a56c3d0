"""What mails tell about a plan besides its tasks: the link to the partner, the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.mobility.services import labels_for, mobility_of_case
from workflows.notices.news import tell
from workflows.notices.partner import Contact, contact_of_mobility
from workflows.people.services import coordinator_group, people_in, student_group
from workflows.validation_plan.digest import plan_digest
from workflows.validation_plan.reading import latest_plan

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from workflows.mobility.models import Mobility
    from workflows.office import Office

MAILS = "workflows.validation_plan"


def contact(session: Session, business_key: str, office: Office) -> Contact | None:
    """Who signs for the partner, and which version: the link is bound to what was shown."""
    mobility = mobility_of_case(session, business_key)
    found = contact_of_mobility(session, business_key, office)
    if mobility is None or found is None:
        return None
    plan = latest_plan(session, mobility.id)
    year = mobility.receiving_academic_year_id or ""
    values = {"version": str(plan.number), "year": year}
    return replace(found, digest=plan_digest(plan), values=values)


def announce_signed(unit: Unit, mobility: Mobility, instance_id: int) -> None:
    """Tell the student and the coordinators that the plan is in force."""
    people = [
        *people_in(unit.session, student_group(mobility.person_id or 0)),
        *people_in(unit.session, coordinator_group(mobility.department)),
    ]
    labels = labels_for(unit.session, mobility)
    values = {
        "student": labels.subject,
        "partner": labels.counterparty,
        "year": mobility.receiving_academic_year_id or "",
    }
    news, link = f"plan-signed-{instance_id}", f"/cases/{instance_id}"
    tell(unit, mails=MAILS, kind="signed", news=news, to=people, values=values, link=link)
