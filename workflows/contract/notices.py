"""What mails tell about a contract besides its tasks: the link to the partner, the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.contract.digest import content_digest
from workflows.contract.reading import latest_version
from workflows.mobility.services import labels_for, mobility_of_case
from workflows.notices.news import tell
from workflows.notices.partner import Contact, contact_of_mobility
from workflows.people.services import coordinator_group, people_in, student_group

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from workflows.mobility.models import Mobility
    from workflows.office import Office

MAILS = "workflows.contract"
KINDS = ("partner", "partner_reminder", "signed")


def contact(session: Session, business_key: str, office: Office) -> Contact | None:
    """Who answers for the receiving institution, and for which version.

    An agreement that another university sends is not ours to write about: then, as when
    there is no address, our own desk is told instead.
    """
    mobility = mobility_of_case(session, business_key)
    if mobility is None or mobility.sending_hei_id != office.home_hei_id:
        return None
    found = contact_of_mobility(session, business_key, office)
    if found is None:
        return None
    version = latest_version(session, mobility.id)
    year = mobility.receiving_academic_year_id or ""
    values = {"version": str(version.number), "year": year}
    return replace(found, digest=content_digest(version), values=values)


def announce_signed(unit: Unit, mobility: Mobility, instance_id: int) -> None:
    """Tell the student and the coordinators that the contract bears its signatures."""
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
    news, link = f"signed-{instance_id}", f"/cases/{instance_id}"
    tell(unit, mails=MAILS, kind="signed", news=news, to=people, values=values, link=link)
