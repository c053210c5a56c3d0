"""Decisions on the ranking board: ties, points, and giving out the places.

Each is one command about one revision of the ranking: of two people who decide at once,
one decides, and the other is told that what they saw is no longer so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidInput
from engine.texts import checked
from workflows.application.fields import Reader
from workflows.application.file_models import Application, ApplicationReview, ReviewPoints
from workflows.application.messages import ALLOCATED, send
from workflows.application.models import PUBLISHED, Ranking
from workflows.application.policy.allocation import Allocation, Change, changes
from workflows.application.policy.scoring import CRITERIA, MAX_POINTS
from workflows.application.results import locked_ranking, write_results
from workflows.application.standing import (
    BoardChange,
    NewPoints,
    Standing,
    TieOrder,
    in_ranking,
    standing,
)
from workflows.application.views import Status

if TYPE_CHECKING:
    from datetime import datetime

    from engine import Unit

MAX_REMARK = 2000
POINT_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Consequences:
    """What a change on the board would lead to."""

    before: Standing
    after: Standing
    changes: tuple[Change, ...]


def consequences(session: Session, ranking: Ranking, change: BoardChange) -> Consequences:
    """What ``change`` would lead to; nothing is written. Raises InvalidInput for a wrong one."""
    before = standing(session, ranking)
    _require_sense(before, change)
    after = standing(session, ranking, change)
    return Consequences(before, after, changes(before.allocation, after.allocation))


def keep(unit: Unit, ranking_id: int, change: BoardChange, reason: str, revision: int) -> Ranking:
    """Make a change on the board that stands at ``revision``, and say why.

    Raises Conflict where the board has changed since or the places are given, InvalidInput
    without a reason or for a change that makes no sense.
    """
    reason = checked("reason", reason, MAX_REMARK)
    if not reason:
        raise InvalidInput({"reason": ["required"]})
    ranking = claimed_ranking(unit.session, ranking_id, revision)
    before = standing(unit.session, ranking)
    _require_sense(before, change)
    if isinstance(change, TieOrder):
        for position, number in enumerate(change.order):
            before.applications[number].tie_order = position
            before.applications[number].tie_reason = reason
    else:
        write_review(unit, before.applications[change.application], change, reason)
    unit.session.flush()
    return ranking


def claimed_ranking(session: Session, ranking_id: int, revision: int) -> Ranking:
    """The ranking at ``revision``, locked and counted on; raises Conflict otherwise."""
    ranking = locked_ranking(session, ranking_id)
    if ranking.allocated_at is not None:
        raise Conflict("The places of this ranking have been given.", by=ranking.allocated_by)
    if ranking.revision != revision:
        raise Conflict("The ranking has changed since you opened it.")
    ranking.revision += 1
    return ranking


def _require_sense(before: Standing, change: BoardChange) -> None:
    if isinstance(change, NewPoints):
        application = before.applications.get(change.application)
        own = {review.person_id for review in application.reviews} if application else set()
        if change.person not in own:
            raise InvalidInput({"application": ["not_an_option"]})
        return
    tied = {frozenset(tie.candidates) for tie in before.allocation.ties}
    if len(set(change.order)) < len(change.order) or frozenset(change.order) not in tied:
        raise InvalidInput({"order": ["not_a_tie"]})


def read_points(data: Mapping[str, object]) -> dict[str, Decimal]:
    """Points for each criterion from 0 to 20; raises InvalidInput at ``points.<criterion>``."""
    given = data.get("points")
    reader = Reader(given if isinstance(given, Mapping) else {}, "points")
    reader.only(CRITERIA)
    points = {
        name: reader.decimal(name, Decimal(0), MAX_POINTS, places=POINT_DECIMALS, required=True)
        for name in CRITERIA
    }
    reader.checked()
    return {name: value for name, value in points.items() if value is not None}


def write_review(
    unit: Unit, application: Application, given: NewPoints, remark: str | None
) -> None:
    """Keep one reviewer's points for an application, in place of earlier ones."""
    review = own_review(unit, application, given.person)
    review.at, review.remark = unit.now, remark
    review.points = []
    unit.session.flush()
    review.points = [
        ReviewPoints(
            application_id=application.id, person_id=given.person, criterion=name, points=value
        )
        for name, value in given.points.items()
    ]
    unit.session.flush()


def own_review(unit: Unit, application: Application, person_id: int) -> ApplicationReview:
    """What this person says of an application; begun where there is nothing yet."""
    for review in application.reviews:
        if review.person_id == person_id:
            return review
    review = ApplicationReview(person_id=person_id, conflict=False, at=unit.now)
    application.reviews.append(review)
    unit.session.flush()
    return review


def obstacles(ranking: Ranking, found: Standing, now: datetime) -> list[str]:
    """Codes of what keeps the places from being given; empty when they may be."""
    campaign = ranking.campaign
    codes = []
    if campaign.status == PUBLISHED and now <= campaign.closes_at:
        codes.append("campaign_still_open")
    if not found.applications and not found.unchecked:
        codes.append("nobody_to_place")
    if found.unchecked:
        codes.append(f"unchecked:{len(found.unchecked)}")
    if found.unscored:
        codes.append(f"unscored:{', '.join(each.person.name for each in found.unscored)}")
    if found.allocation.open_ties:
        codes.append(f"open_ties:{len(found.allocation.open_ties)}")
    return codes


def allocate_places(unit: Unit, ranking_id: int, revision: int) -> Allocation:
    """Give out the places of a ranking that stands at ``revision``, once and for all.

    The actor confirms by it what the rules have proposed (CRPA, article L. 311-3-1: the
    decision is a human one and says that an algorithm took part). Raises Conflict where
    somebody was faster, InvalidInput at ``_schema`` while something stands in the way.
    """
    ranking = claimed_ranking(unit.session, ranking_id, revision)
    found = standing(unit.session, ranking)
    codes = obstacles(ranking, found, unit.now)
    if codes:
        raise InvalidInput({"_schema": codes})
    allocation = found.allocation
    write_results(
        unit, ranking, found.applications, list(allocation.results), "allocation", found.scores
    )
    ranking.allocated_at, ranking.allocated_by = unit.now, unit.actor.id
    unit.session.flush()
    for application in found.applications.values():
        send(unit, application, ALLOCATED)
    return allocation


def applications_shown(session: Session, ranking: Ranking) -> list[Application]:
    """Every application of a ranking that has been submitted, by id."""
    return in_ranking(session, ranking.id, set(Status) - {Status.DRAFT, Status.MISSED})
