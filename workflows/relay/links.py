"""The link by which a partner reads what it was written, and writes back, without an account.

It opens the letters that one partner may read about one mobility, as long as the agreement
names the address it was sent to as the partner's contact.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from workflows.links import LinkInvalid, read_signed, signed
from workflows.notices.partner import contact_of_mobility

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.notices.partner import Contact
    from workflows.office import Office

PURPOSE = "passerelle.relay-link.1"


@dataclass(frozen=True, slots=True)
class RelayLink:
    """A link that holds: for which mobility, whose it is, until when it lives."""

    mobility_id: int
    contact: Contact
    expires_at: datetime

    @property
    def author(self) -> str:
        """How the partner is named as the author of a letter."""
        return f"partner:{self.mobility_id}"


def issue(office: Office, mobility_id: int, address: str, now: datetime) -> str:
    """A token for the contact with that mail address."""
    return signed(office.secret_key, PURPOSE, [mobility_id, _mark(address)], now=now)


def verify(session: Session, office: Office, token: str, now: datetime) -> RelayLink:
    """What the token opens now; raises LinkExpired or LinkInvalid."""
    content, until = read_signed(office.secret_key, PURPOSE, token, now=now)
    match content:
        case [int(mobility_id), str(mark)]:
            contact = contact_of_mobility(session, str(mobility_id), office)
            if contact is not None and _mark(contact.email) == mark:
                return RelayLink(mobility_id, contact, until)
    raise LinkInvalid


def _mark(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:16]
