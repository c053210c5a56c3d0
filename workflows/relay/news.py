"""Telling those a letter is to: people with an account, and the partner by its own link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from engine.values import Value
from workflows.links import LIFE
from workflows.mobility.services import get_mobility, labels_for
from workflows.notices.news import Recipient, compose, queue, tell
from workflows.notices.partner import contact_of_mobility
from workflows.people.models import Person
from workflows.people.services import RI, coordinator_group, people_in, student_group
from workflows.relay.links import issue
from workflows.relay.models import Letter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from engine.registry import Job, JobContext
    from workflows.mobility.models import Mobility
    from workflows.office import Office

MAILS = "workflows.relay"
TO_PARTNER = "relay.partner"
"""The job kind that writes to the partner; its payload names the letter."""


def tell_letter(unit: Unit, letter: Letter, mobility: Mobility) -> None:
    """Tell every party the letter is to. The mail has no word of it, only the way to it."""
    groups = {
        "student": student_group(mobility.person_id or 0),
        "coordinator": coordinator_group(mobility.department),
        "ri": RI,
    }
    people: dict[int, Person] = {}
    for party, group in groups.items():
        if party in letter.to:
            people |= {each.id: each for each in people_in(unit.session, group)}
    tell(
        unit,
        mails=MAILS,
        kind="letter",
        news=f"letter-{letter.id}",
        to=[each for each in people.values() if f"person:{each.id}" != letter.author],
        values=_values(unit.session, letter, mobility),
        link=f"/relay/{mobility.id}",
    )
    if letter.to_partner:
        unit.enqueue(TO_PARTNER, {"letter": letter.id})


def _values(session: Session, letter: Letter, mobility: Mobility) -> dict[str, str]:
    return {"sender": letter.author_name, "student": labels_for(session, mobility).subject}


class ToPartner:
    """The job kind ``relay.partner``: the mail with the link that opens the correspondence."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mail to whoever is the partner's contact now; none where there is nobody."""
        with job.session() as session:
            letter = session.get(Letter, int(str(job.payload["letter"])))
            if letter is None:
                return []
            mobility = get_mobility(session, letter.mobility_id)
            contact = contact_of_mobility(session, str(mobility.id), self._office)
            if contact is None:
                return []
            token = issue(self._office, mobility.id, contact.email, job.now)
            values = {
                **_values(session, letter, mobility),
                "link": f"{self._office.base_url}/correspondence/{token}",
                "until": (job.now + LIFE).date().isoformat(),
            }
        to = Recipient(contact.email, contact.name, contact.language)
        return [asdict(compose(MAILS, "letter_partner", to, f"letter-{letter.id}", values))]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue it."""
        return queue(ctx, result)
