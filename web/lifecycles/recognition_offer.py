"""What a case offers about the recognition of its contract or validation plan."""

from __future__ import annotations

from dataclasses import dataclass

from engine.values import Instance, InstanceQuery
from web import current
from workflows.mobility.services import mobility_of_case
from workflows.recognition.services import PROCESS, obstacle


@dataclass(frozen=True, slots=True)
class RecognitionOffer:
    """The recognitions of a mobility, newest first, and whether another may begin."""

    cases: tuple[int, ...]
    may_begin: bool


def recognition_offer(case: Instance) -> RecognitionOffer | None:
    """What is offered on a case; None where there is nothing to see or to begin."""
    viewer, settings = current.signed_in(), current.settings()
    query = InstanceQuery(process=PROCESS, business_key=case.business_key)
    found = current.engine().instances(actor=viewer.actor, query=query).items
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        free = mobility is not None and obstacle(rows, mobility, settings.home_hei) is None
    offer = RecognitionOffer(
        tuple(each.id for each in found), viewer.within(PROCESS).is_ri and free
    )
    return offer if offer.cases or offer.may_begin else None
