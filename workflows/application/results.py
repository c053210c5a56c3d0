"""Results: who holds which place, why, and what a place that becomes free leads to.

Whoever writes here holds the ranking's row, so that results follow one another; the
database refuses a seat with two holders and a holder with two seats besides.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidState, NotFound
from workflows.application.file_models import Application, ApplicationResult
from workflows.application.messages import PROMOTED, send
from workflows.application.models import Place, Ranking, Seat
from workflows.application.policy.allocation import Outcome, Result
from workflows.application.policy.scoring import Score, rounded
from workflows.application.services import get_application
from workflows.application.standing import held_places, rerun, score_of
from workflows.application.views import Status
from workflows.partners.services import institution_name

if TYPE_CHECKING:
    from engine import Unit

STATUS_OF = {
    Outcome.SELECTED: Status.SELECTED,
    Outcome.RESERVE: Status.RESERVE,
    Outcome.REJECTED: Status.REJECTED,
}


def locked_ranking(session: Session, ranking_id: int) -> Ranking:
    """The ranking, kept from other writers and read anew; raises NotFound."""
    statement = (
        select(Ranking)
        .where(Ranking.id == ranking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def seat_of(session: Session, application_id: int) -> Seat | None:
    """The seat an application holds."""
    return session.scalar(select(Seat).where(Seat.application_id == application_id))


def place_of(session: Session, application_id: int) -> Place | None:
    """The place an application holds."""
    seat = seat_of(session, application_id)
    return session.get(Place, seat.place_id) if seat is not None else None


def write_results(
    unit: Unit,
    ranking: Ranking,
    applications: Mapping[int, Application],
    results: list[Result],
    cause: str,
    scores: Mapping[int, Score],
) -> None:
    """Give and free seats as ``results`` say, and keep each result with its reasons.

    ``applications`` and ``scores`` go by id; an application in no result is left alone.
    """
    moving = {each.candidate for each in results}
    for place in ranking.places:
        for seat in place.seats:
            if seat.application_id in moving:
                seat.application_id = None
    unit.session.flush()
    free = {
        place.id: [seat for seat in place.seats if seat.application_id is None]
        for place in ranking.places
    }
    for result in results:
        application = applications[result.candidate]
        if result.place is not None:
            if not free[result.place]:
                raise InvalidState("There is no seat left of this place.")
            free[result.place].pop(0).application_id = application.id
        application.status = STATUS_OF[result.outcome].value
        reasons = reasons_of(unit.session, ranking, result, scores.get(application.id))
        add_result(unit, application, cause, place=result.place, reasons=reasons)
    unit.session.flush()


def reasons_of(
    session: Session, ranking: Ranking, result: Result, score: Score | None
) -> dict[str, object]:
    """Why a result is what it is, in values that stay true when names or weights change."""
    names = {place.id: institution_name(session, place.hei_id) for place in ranking.places}
    seats = {place.id: len(place.seats) for place in ranking.places}
    reasons: dict[str, object] = {
        "rank": result.rank,
        "wishes": [
            {
                "place": wish.place,
                "name": names.get(wish.place, ""),
                "verdict": wish.verdict.value,
                "seats": seats.get(wish.place, 0),
                "lowest": None if wish.lowest is None else str(rounded(wish.lowest)),
            }
            for wish in result.wishes
        ],
    }
    if score is not None:
        reasons["score"] = str(rounded(score.total))
        reasons["parts"] = [
            {
                "criterion": part.criterion,
                "weight": part.weight,
                "points": str(rounded(part.points)),
                "share": str(rounded(part.share)),
            }
            for part in score.parts
        ]
    return reasons


def add_result(
    unit: Unit,
    application: Application,
    cause: str,
    *,
    place: int | None = None,
    reasons: Mapping[str, object] | None = None,
    remark: str | None = None,
) -> ApplicationResult:
    """Keep what the application's status has become, and why."""
    result = ApplicationResult(
        number=len(application.results) + 1,
        at=unit.now,
        cause=cause,
        outcome=application.status,
        place_id=place,
        reasons=json.dumps(reasons or {}, ensure_ascii=False, sort_keys=True),
        remark=remark,
        actor=unit.actor.id,
    )
    application.results.append(result)
    return result


def settle(unit: Unit, ranking: Ranking) -> list[Application]:
    """Give what has become free to whoever is next; gives back whose result is better now.

    The allocation is run again without those who have gone, with the places that are
    confirmed left alone. So a freed place goes to whoever preferred it, in rank order, and
    what that one leaves goes to the next; nobody loses anything.
    """
    running, allocation = rerun(unit.session, ranking)
    held = held_places(ranking)
    better = [
        result
        for result in allocation.results
        if result.place is not None and held.get(result.candidate) != result.place
    ]
    weights = ranking.weights
    scores = {
        each.candidate: found
        for each in better
        if (found := score_of(running[each.candidate], weights)) is not None
    }
    write_results(unit, ranking, running, better, "promotion", scores)
    promoted = [running[result.candidate] for result in better]
    for application in promoted:
        send(unit, application, PROMOTED)
    if better:
        ranking.revision += 1
    return promoted


def leave(
    unit: Unit,
    application: Application,
    status: Status,
    cause: str,
    remark: str | None = None,
    *,
    reasons: Mapping[str, object] | None = None,
) -> list[Application]:
    """Take an application out of the race for good; gives back who moves up by it."""
    ranking = locked_ranking(unit.session, application.ranking_id)
    application = get_application(unit.session, application.id, lock=True)
    seat = seat_of(unit.session, application.id)
    place = seat.place_id if seat is not None else None
    if seat is not None:
        seat.application_id = None
    application.status = status.value
    add_result(unit, application, cause, place=place, reasons=reasons, remark=remark)
    ranking.revision += 1
    unit.session.flush()
    if ranking.allocated_at is None:
        return []
    return settle(unit, ranking)
