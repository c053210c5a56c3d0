"""As receiving institution: the sending one is told what was answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from workflows.contract.notices import MAILS
from workflows.contract.reading import latest_version
from workflows.mobility.services import labels_for, mobility_of_case
from workflows.notices.news import Recipient, compose, queue
from workflows.notices.partner import contact_of_mobility
from workflows.partners.services import institution_name

if TYPE_CHECKING:
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.office import Office

KINDS = {"approve": "receiving_accepted", "reject": "receiving_rejected"}
"""Text of the mail by what RI has answered."""


class TellSending:
    """The service ``contract.tell_sending`` (parameter ``outcome``).

    Writes to the contact that the sending institution named in the agreement; without an
    address there is nobody to write to, and the answer stays in the case.
    """

    parameters = frozenset({"outcome"})

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mail, in the language of the sending institution."""
        kind = KINDS.get(str(job.payload.get("outcome")))
        if kind is None:
            raise InvalidState("contract.tell_sending needs an outcome it knows.")
        with job.session() as session:
            mobility = mobility_of_case(session, job.business_key)
            contact = contact_of_mobility(session, job.business_key, self._office)
            if mobility is None or contact is None:
                return []
            version = latest_version(session, mobility.id)
            values = {
                "student": labels_for(session, mobility, incoming=True).subject,
                "host": institution_name(session, self._office.home_hei_id),
                "year": mobility.receiving_academic_year_id or "",
                "version": str(version.number),
                "comment": version.comments[-1].text if version.comments else "",
                "link": self._office.base_url,
            }
        to = Recipient(contact.email, contact.name, contact.language)
        return [asdict(compose(MAILS, kind, to, f"{kind}-{job.id}", values))]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mail."""
        return queue(ctx, result)
