"""What a contract’s case offers about the grades: to begin their transfer, or to see it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.values import Instance, InstanceQuery
from web import current
from workflows.grade_transfer.cases import PROCESS, obstacle
from workflows.mobility.services import mobility_of_case


@dataclass(frozen=True, slots=True)
class TransferOffer:
    """The grade transfers of a mobility, newest first, and whether one may begin."""

    mobility_id: int
    cases: tuple[int, ...]
    may_begin: bool


def transfer_offer(case: Instance) -> TransferOffer | None:
    """What is offered on a case; None where there is nothing to see or to begin."""
    viewer, settings = current.signed_in(), current.settings()
    query = InstanceQuery(process=PROCESS, business_key=case.business_key)
    found = current.engine().instances(actor=viewer.actor, query=query).items
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        if mobility is None:
            return None
        free = viewer.within(PROCESS).is_ri and obstacle(rows, mobility, settings.home_hei) is None
    offer = TransferOffer(mobility.id, tuple(each.id for each in found), free)
    return offer if offer.cases or offer.may_begin else None
