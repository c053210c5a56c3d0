"""What the partner and the student are told of an admission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.mail.outbox import send_later
from workflows.notices.news import Recipient, compose
from workflows.partners.services import find_institution, institution_name

if TYPE_CHECKING:
    from engine import Unit
    from workflows.admission.models import IncomingNomination

MAILS = "workflows.admission"


def tell_outcome(unit: Unit, nomination: IncomingNomination, kind: str) -> None:
    """Tell the partner's contact, and the student, what was decided and why.

    ``kind`` is ``accepted``, ``refused``, ``cancelled`` or ``arrived``. Nobody without an
    address is written to.
    """
    mobility = nomination.mobility
    session = unit.session
    partner = find_institution(session, mobility.sending_hei_id)
    locale = partner.locale if partner else "en"
    contact = (mobility.sending_contact_given_names, mobility.sending_contact_family_name)
    student = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}".strip()
    recipients = [
        Recipient(mobility.sending_contact_email or "", " ".join(filter(None, contact)), locale),
        Recipient(mobility.student_email or "", student, locale),
    ]
    values = {
        "student": student,
        "home": institution_name(session, mobility.receiving_hei_id),
        "partner": institution_name(session, mobility.sending_hei_id),
        "year": nomination.academic_year,
        "reason": nomination.reason or "",
        "arrived_on": nomination.arrived_on or "",
    }
    news = f"admission-{kind}-{mobility.id}"
    for to in recipients:
        if to.email:
            send_later(unit, compose(MAILS, kind, to, news, values))
