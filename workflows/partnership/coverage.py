"""Which agreement a place offered in a campaign rests on, and whether it offers so many.

Places come from agreements (P1, P11). What does not fit informs the office and stops nothing:
an agreement may be about to be signed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.partners.services import institution_name
from workflows.partnership.models import Partnership
from workflows.partnership.services import IN_FORCE
from workflows.years import days_of

FRAMEWORK = "framework"
"""The kind of partnership that offers no places."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Places a campaign offers: with whom, for which department, how many."""

    hei_id: str
    department: str
    seats: int


@dataclass(frozen=True, slots=True)
class Cover:
    """An offer and the agreement in force it rests on, None where there is none.

    ``offered`` are the places of all offers that rest on the same agreement.
    """

    offer: Offer
    partner: str
    agreement: Partnership | None
    offered: int

    @property
    def exceeded(self) -> bool:
        """Whether more places are offered than were agreed."""
        return self.agreement is not None and self.offered > self.agreement.places_out


def covers(session: Session, offers: Sequence[Offer], year: str) -> list[Cover]:
    """What each of ``offers`` rests on in an academic year, in their order.

    A department's own agreement comes before one of all departments, of several the one that
    ends last.
    """
    known = _in_force(session, year)
    found = [_agreement(known, offer) for offer in offers]
    offered: Counter[int] = Counter()
    for offer, agreement in zip(offers, found, strict=True):
        if agreement is not None:
            offered[agreement.id] += offer.seats
    return [
        Cover(
            offer,
            institution_name(session, offer.hei_id),
            agreement,
            offered[agreement.id] if agreement is not None else offer.seats,
        )
        for offer, agreement in zip(offers, found, strict=True)
    ]


def _in_force(session: Session, year: str) -> list[Partnership]:
    """The agreements with places in force in some part of the year, the last to end first."""
    first, last = days_of(year)
    statement = (
        select(Partnership)
        .where(
            Partnership.state == IN_FORCE,
            Partnership.kind != FRAMEWORK,
            Partnership.starts_on <= last,
            Partnership.ends_on >= first,
        )
        .order_by(Partnership.ends_on.desc(), Partnership.id)
    )
    return list(session.scalars(statement))


def _agreement(known: Sequence[Partnership], offer: Offer) -> Partnership | None:
    for department in (offer.department, ""):
        for each in known:
            if each.hei_id == offer.hei_id and each.department == department:
                return each
    return None
