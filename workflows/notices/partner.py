"""Writing to a partner university: whom, and the signed link by which they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workflows.links import LIFE, issue_link
from workflows.mobility.services import mobility_of_case
from workflows.notices.news import COMMON, Recipient, compose, exists
from workflows.notices.rows import TaskRow
from workflows.partners.services import find_institution

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from workflows.mail.outbox import Mail
    from workflows.office import Office


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for a partner, and what they are asked about.

    ``digest`` binds the link to what was shown (empty: to the work item alone);
    ``values`` fill the lifecycle's own texts ``partner`` and ``partner_reminder``.
    """

    email: str
    name: str
    language: str
    digest: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


FindContact = Callable[["Session", str, "Office"], Contact | None]
"""From a case's business key; None where our own desk answers for the partner."""


def contact_of_mobility(session: Session, business_key: str, office: Office) -> Contact | None:
    """The contact of the other institution of a mobility, as its agreement names it."""
    mobility = mobility_of_case(session, business_key)
    if mobility is None:
        return None
    side = "receiving" if mobility.sending_hei_id == office.home_hei_id else "sending"
    email = getattr(mobility, f"{side}_contact_email")
    if not email:
        return None
    given = getattr(mobility, f"{side}_contact_given_names") or ""
    family = getattr(mobility, f"{side}_contact_family_name") or ""
    institution = find_institution(session, getattr(mobility, f"{side}_hei_id"))
    language = institution.locale if institution else "en"
    return Contact(email, f"{given} {family}".strip(), language)


def link_mail(
    office: Office, contact: Contact, row: TaskRow, *, reminder: bool, news: str, now: datetime
) -> Mail:
    """The mail with the link that opens one work item, and nothing else, for a while."""
    token = issue_link(
        office.secret_key,
        instance_id=row.instance_id,
        work_item_id=row.id,
        digest=contact.digest,
        now=now,
    )
    kind = "partner_reminder" if reminder else "partner"
    own = f"workflows.{row.key}"
    values = {
        **row.values(contact.language),
        **contact.values,
        "link": office.partner_url(token),
        "until": (now + LIFE).date().isoformat(),
    }
    to = Recipient(contact.email, contact.name, contact.language)
    return compose(own if exists(own, kind) else COMMON, kind, to, news, values)
