"""Where the candidates of a ranking stand: scores, ties, and what each would get."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.application.file_models import Application
from workflows.application.models import Ranking
from workflows.application.policy.allocation import Allocation, Candidate, allocate
from workflows.application.policy.scoring import Points, Score, score
from workflows.application.views import PINNED, RUNNING, Status


@dataclass(frozen=True, slots=True)
class TieOrder:
    """Candidates of equal score, in the order somebody puts them in."""

    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewPoints:
    """One reviewer's new points for one application."""

    application: int
    person: int
    points: Mapping[str, Decimal]


BoardChange: TypeAlias = TieOrder | NewPoints
"""What can be changed on the board before the places are given."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The candidates of a ranking as they stand.

    ``applications`` and ``scores`` go by id; ``unscored`` are those whose reviewers have not
    finished, whatever points there are already, ``unchecked`` those whose admissibility
    nobody has decided.
    """

    applications: Mapping[int, Application]
    scores: Mapping[int, Score]
    unscored: tuple[Application, ...]
    unchecked: tuple[Application, ...]
    allocation: Allocation


def points_of(application: Application) -> dict[int, Points]:
    """The points each reviewer has given, by person."""
    return {
        review.person_id: {each.criterion: each.points for each in review.points}
        for review in application.reviews
        if not review.conflict and review.points
    }


def score_of(application: Application, weights: Mapping[str, int]) -> Score | None:
    """An application's score; None while nobody has given points."""
    return score(list(points_of(application).values()), weights)


def in_ranking(session: Session, ranking_id: int, statuses: Iterable[Status]) -> list[Application]:
    """The applications of a ranking that have one of these statuses, by id."""
    statement = (
        select(Application)
        .where(Application.ranking_id == ranking_id, Application.status.in_(list(statuses)))
        .order_by(Application.id)
        .options(*Application.whole())
    )
    return list(session.scalars(statement))


def standing(session: Session, ranking: Ranking, change: BoardChange | None = None) -> Standing:
    """Where everybody stands before the places are given, as if ``change`` had been made."""
    admitted = in_ranking(session, ranking.id, [Status.ADMITTED, Status.SCORED])
    waiting = in_ranking(session, ranking.id, [Status.SUBMITTED, Status.RETURNED])
    scores: dict[int, Score] = {}
    for application in admitted:
        found = _score(application, ranking.weights, change)
        if found is not None:
            scores[application.id] = found
    candidates = [
        candidate_of(each, scores[each.id].total, _tie_order(each, change))
        for each in admitted
        if each.id in scores
    ]
    return Standing(
        applications={each.id: each for each in admitted},
        scores=scores,
        unscored=tuple(each for each in admitted if each.status == Status.ADMITTED),
        unchecked=tuple(waiting),
        allocation=allocate(candidates, capacities(ranking), threshold=ranking.campaign.threshold),
    )


def rerun(session: Session, ranking: Ranking) -> tuple[dict[int, Application], Allocation]:
    """The allocation again among those who still run; who has confirmed keeps their place."""
    held = held_places(ranking)
    running = {each.id: each for each in in_ranking(session, ranking.id, RUNNING)}
    candidates = []
    for application in running.values():
        found = score_of(application, ranking.weights)
        total = found.total if found is not None else Fraction(0)
        pinned = held.get(application.id) if application.status in PINNED else None
        candidates.append(candidate_of(application, total, application.tie_order, pinned))
    return running, allocate(candidates, capacities(ranking))


def candidate_of(
    application: Application, total: Fraction, tie_order: int | None, held: int | None = None
) -> Candidate:
    """An application as the allocation sees it: only its admitted wishes, in their order."""
    chosen = sorted(application.wishes, key=lambda wish: wish.rank)
    wishes = tuple(wish.place_id for wish in chosen if wish.admitted)
    return Candidate(application.id, total, wishes, tie_order, held)


def capacities(ranking: Ranking) -> dict[int, int]:
    """How many there are of each place."""
    return {place.id: len(place.seats) for place in ranking.places}


def held_places(ranking: Ranking) -> dict[int, int]:
    """Which place each application holds, by application."""
    return {
        seat.application_id: place.id
        for place in ranking.places
        for seat in place.seats
        if seat.application_id is not None
    }


def _score(
    application: Application, weights: Mapping[str, int], change: BoardChange | None
) -> Score | None:
    reviews = points_of(application)
    if isinstance(change, NewPoints) and change.application == application.id:
        reviews[change.person] = change.points
    given: Sequence[Points] = list(reviews.values())
    return score(given, weights)


def _tie_order(application: Application, change: BoardChange | None) -> int | None:
    if isinstance(change, TieOrder) and application.id in change.order:
        return change.order.index(application.id)
    return application.tie_order


def applications_by_ranking(session: Session, campaign_id: int) -> dict[int, int]:
    """How many applications each ranking of a campaign has, drafts included."""
    statement = (
        select(Application.ranking_id, func.count())
        .where(Application.campaign_id == campaign_id)
        .group_by(Application.ranking_id)
    )
    return {int(ranking): int(count) for ranking, count in session.execute(statement)}
