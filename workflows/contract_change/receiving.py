"""As receiving institution: a change that we ask the sending university for.

Changes are written in the system of the sending university, whoever asks (brief, P3). So a
request of ours is written to its contact, and a case of the contract waits for the changed
agreement, which is then reviewed and answered like any other that comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from workflows.contract.services import start_case
from workflows.contract_change.models import ChangeRequest
from workflows.contract_change.news import MAILS
from workflows.mobility.services import labels_for
from workflows.notices.news import Recipient, compose, queue
from workflows.notices.partner import contact_of_mobility
from workflows.partners.services import institution_name

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.contract.services import Opened
    from workflows.office import Office

ASK_SENDING = "contract_change.ask_sending"
"""The job kind that writes to the sending university; its payload names the request."""


def wait_for_sending(engine: Engine, unit: Unit, request: ChangeRequest) -> Opened:
    """Write to the sending university, and open the case that waits for what it sends."""
    opened = start_case(engine, unit, request.mobility, entry="awaited", direction="incoming")
    unit.enqueue(ASK_SENDING, {"request": request.id})
    return opened


class AskSending:
    """The job kind ``contract_change.ask_sending``.

    Without an address there is nobody to write to, and the request stays in the case.
    """

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mail, in the language of the sending university."""
        with job.session() as session:
            request = session.get_one(ChangeRequest, int(str(job.payload["request"])))
            mobility = request.mobility
            contact = contact_of_mobility(session, str(mobility.id), self._office)
            if contact is None:
                return []
            values = {
                "student": labels_for(session, mobility, incoming=True).subject,
                "host": institution_name(session, self._office.home_hei_id),
                "year": mobility.receiving_academic_year_id or "",
                "reason": request.reason,
                "link": self._office.base_url,
            }
        to = Recipient(contact.email, contact.name, contact.language)
        return [asdict(compose(MAILS, "ask_sending", to, f"ask-sending-{request.id}", values))]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mail."""
        return queue(ctx, result)
