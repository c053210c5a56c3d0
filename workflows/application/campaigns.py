"""Campaigns: prepared, published, changed and closed by the international office.

Nothing here commits; every function works inside the transaction of its caller, who has
checked that the actor may do it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidInput, InvalidState, NotFound
from workflows.application.campaign_input import CampaignInput, DepartmentInput, PlaceInput
from workflows.application.file_models import Application, Wish
from workflows.application.models import (
    CLOSED,
    DRAFT,
    PUBLISHED,
    Campaign,
    CommissionMember,
    Place,
    Ranking,
    Seat,
)
from workflows.application.results import locked_ranking, settle
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from engine import Unit

Weights = Callable[[str, str], Mapping[str, int]]
"""Weights that a decision table proposes, from the academic year and the department."""


def get_campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign with that id; raises NotFound."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound
    return found


def get_ranking(session: Session, ranking_id: int) -> Ranking:
    """The ranking with that id; raises NotFound."""
    found = session.get(Ranking, ranking_id)
    if found is None:
        raise NotFound
    return found


def campaigns(session: Session) -> list[Campaign]:
    """Every campaign, the latest to close first."""
    statement = select(Campaign).order_by(Campaign.closes_at.desc(), Campaign.id.desc())
    return list(session.scalars(statement))


def create_campaign(unit: Unit, given: CampaignInput) -> Campaign:
    """Add a campaign as a draft."""
    campaign = Campaign(
        status=DRAFT, revision=1, created_at=unit.now, created_by=unit.actor.id, **_fields(given)
    )
    unit.session.add(campaign)
    campaign.rankings = [_ranking(each) for each in given.departments]
    unit.session.flush()
    return campaign


def update_campaign(unit: Unit, campaign_id: int, given: CampaignInput, revision: int) -> Campaign:
    """Change a campaign that stands at ``revision``.

    Raises Conflict where somebody has changed it since, InvalidInput for what can no longer
    be changed: the year of a published campaign, a department that has places or
    applications, criteria and commission of a ranking whose places are given; nor does a
    campaign whose places are given close later.
    """
    campaign = locked_campaign(unit.session, campaign_id, revision)
    if campaign.status != DRAFT and campaign.academic_year != given.academic_year:
        raise InvalidInput({"academic_year": ["immutable"]})
    _lock_rankings(unit.session, campaign)
    if given.closes_at > campaign.closes_at and _places_given(campaign):
        raise InvalidInput({"closes_at": ["already_allocated"]})
    for name, value in _fields(given).items():
        setattr(campaign, name, value)
    wanted = {each.code: each for each in given.departments}
    for ranking in list(campaign.rankings):
        department = wanted.pop(ranking.department, None)
        if department is None:
            _drop(unit.session, campaign, ranking)
        else:
            _change(ranking, department)
    campaign.rankings += [_ranking(each) for each in wanted.values()]
    unit.session.flush()
    return campaign


def locked_campaign(session: Session, campaign_id: int, revision: int) -> Campaign:
    """The campaign, kept from other writers and counted on; raises Conflict, NotFound."""
    statement = (
        select(Campaign)
        .where(Campaign.id == campaign_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    campaign = session.scalar(statement)
    if campaign is None:
        raise NotFound
    if campaign.revision != revision:
        raise Conflict("Somebody has changed this campaign since you opened it.")
    campaign.revision += 1
    return campaign


def _lock_rankings(session: Session, campaign: Campaign) -> None:
    """Keep every ranking of a campaign from whoever scores, withdraws or allocates."""
    session.flush()
    for ranking in campaign.rankings:
        locked_ranking(session, ranking.id)


def _places_given(campaign: Campaign) -> bool:
    """Whether any department has given its places: who applied later would wait in vain."""
    return any(each.allocated_at for each in campaign.rankings)


def _fields(given: CampaignInput) -> dict[str, object]:
    return {
        "title": given.title,
        "academic_year": given.academic_year,
        "opens_at": given.opens_at,
        "closes_at": given.closes_at,
        "allow_debt": given.allow_debt,
        "min_score": given.min_score,
        "required_documents": " ".join(given.documents),
        "note": given.note,
    }


def _ranking(given: DepartmentInput) -> Ranking:
    ranking = Ranking(department=given.code, revision=1)
    _change(ranking, given)
    return ranking


def _change(ranking: Ranking, given: DepartmentInput) -> None:
    members = {member.person_id for member in ranking.commission}
    same = (
        ranking.quorum == given.quorum
        and members == set(given.commission)
        and all(getattr(ranking, f"weight_{n}") == w for n, w in given.weights.items())
    )
    if same:
        return
    if ranking.allocated_at is not None:
        raise InvalidInput({"departments": [f"places_given:{ranking.department}"]})
    for name, weight in given.weights.items():
        setattr(ranking, f"weight_{name}", weight)
    ranking.quorum = given.quorum
    ranking.commission = [CommissionMember(person_id=number) for number in given.commission]
    ranking.revision = (ranking.revision or 0) + 1


def _drop(session: Session, campaign: Campaign, ranking: Ranking) -> None:
    used = session.scalar(select(Application.id).where(Application.ranking_id == ranking.id))
    if used is not None or ranking.places:
        raise InvalidInput({"departments": [f"department_in_use:{ranking.department}"]})
    campaign.rankings.remove(ranking)
    session.delete(ranking)


def save_places(
    unit: Unit, campaign_id: int, places: Sequence[PlaceInput], revision: int
) -> Campaign:
    """Make ``places`` the campaign's table of places, in this order.

    A place that is not named any more goes, unless somebody has wished for it; fewer seats
    than are held are refused, and so is a change of what applications were judged by. Where
    the places are given already, new seats go to whoever is next. Raises Conflict,
    InvalidInput by field path.
    """
    campaign = locked_campaign(unit.session, campaign_id, revision)
    _lock_rankings(unit.session, campaign)
    rankings = {each.department: each for each in campaign.rankings}
    known = {place.id: place for each in campaign.rankings for place in each.places}
    wished = _wished(unit.session, known)
    errors: dict[str, list[str]] = {}
    for position, given in enumerate(places):
        code = _save_place(unit.session, rankings, known, wished, given, position)
        if code:
            errors[f"places.{position}.{code[0]}"] = [code[1]]
    for place in known.values():
        if place.id in wished:
            errors.setdefault("places", []).append(f"place_wished:{place.hei_id}")
        else:
            place.ranking.places.remove(place)
            unit.session.delete(place)
    if errors:
        raise InvalidInput(errors)
    for ranking in rankings.values():
        ranking.revision += 1
    unit.session.flush()
    for ranking in rankings.values():
        if ranking.allocated_at is not None:
            settle(unit, ranking)
    return campaign


def _wished(session: Session, known: Mapping[int, Place]) -> set[int]:
    statement = select(Wish.place_id).where(Wish.place_id.in_(known)).distinct()
    return set(session.scalars(statement))


def _save_place(
    session: Session,
    rankings: Mapping[str, Ranking],
    known: dict[int, Place],
    wished: set[int],
    given: PlaceInput,
    position: int,
) -> tuple[str, str] | None:
    """Store one row and take it out of ``known``; field and code where it cannot be."""
    ranking = rankings.get(given.department)
    if ranking is None:
        return "department", "not_an_option"
    if given.id is not None and given.id not in known:
        return "hei_id", "not_an_option"
    fields = {name: getattr(given, name) for name in _JUDGED}
    if given.id is None:
        place = Place(ranking=ranking, position=position, **fields)
        session.add(place)
    else:
        place = known.pop(given.id)
        moved = place.ranking is not ranking
        if place.id in wished and (
            moved or any(getattr(place, name) != value for name, value in fields.items())
        ):
            return "hei_id", "place_wished"
        place.ranking = ranking
        place.position = position
        for name, value in fields.items():
            setattr(place, name, value)
    taken = sum(seat.application_id is not None for seat in place.seats)
    if given.seats < taken:
        return "seats", f"places_taken:{taken}"
    _resize(place, given.seats)
    return None


_JUDGED = ("hei_id", "isced_f", "eqf_level", "months", "language", "cefr", "programme")


def _resize(place: Place, count: int) -> None:
    """Add free seats, or take free ones away from the end."""
    last = max((seat.number for seat in place.seats), default=0)
    missing = count - len(place.seats)
    place.seats += [Seat(number=last + more) for more in range(1, missing + 1)]
    free = [seat for seat in reversed(place.seats) if seat.application_id is None]
    for seat in free[: len(place.seats) - count]:
        place.seats.remove(seat)


def publish(unit: Unit, campaign_id: int, revision: int) -> Campaign:
    """Open the campaign to students from its opening on.

    Raises InvalidInput while there is nothing to apply for, InvalidState once places of a
    closed campaign have been given.
    """
    campaign = locked_campaign(unit.session, campaign_id, revision)
    if campaign.status == CLOSED and _places_given(campaign):
        raise InvalidState("Places of this campaign have been given; it cannot be reopened.")
    if not any(each.places for each in campaign.rankings):
        raise InvalidInput({"places": ["required"]})
    if campaign.closes_at <= unit.now:
        raise InvalidInput({"closes_at": ["in_the_past"]})
    campaign.status = PUBLISHED
    return campaign


def close(unit: Unit, campaign_id: int, revision: int) -> Campaign:
    """Take no more applications, whatever the closing date says."""
    campaign = locked_campaign(unit.session, campaign_id, revision)
    if campaign.status != PUBLISHED:
        raise InvalidState("Only a published campaign can be closed.")
    campaign.status = CLOSED
    return campaign


def copy_campaign(unit: Unit, campaign_id: int) -> Campaign:
    """A draft for the year after: the same departments and places, dates a year later."""
    source = get_campaign(unit.session, campaign_id)
    year = int(source.academic_year[:4]) + 1
    campaign = Campaign(
        title=source.title.replace(source.academic_year, f"{year}/{year + 1}"),
        academic_year=f"{year}/{year + 1}",
        opens_at=a_year_later(source.opens_at),
        closes_at=a_year_later(source.closes_at),
        status=DRAFT,
        revision=1,
        allow_debt=source.allow_debt,
        min_score=source.min_score,
        required_documents=source.required_documents,
        note=source.note,
        created_at=unit.now,
        created_by=unit.actor.id,
    )
    campaign.rankings = [_copied(each) for each in source.rankings]
    unit.session.add(campaign)
    unit.session.flush()
    return campaign


def _copied(source: Ranking) -> Ranking:
    ranking = Ranking(department=source.department, quorum=source.quorum, revision=1)
    for name, weight in source.weights.items():
        setattr(ranking, f"weight_{name}", weight)
    ranking.commission = [CommissionMember(person_id=each.person_id) for each in source.commission]
    ranking.places = [
        Place(
            position=place.position,
            seats=[Seat(number=number) for number in range(1, len(place.seats) + 1)],
            **{name: getattr(place, name) for name in _JUDGED},
        )
        for place in source.places
    ]
    return ranking


def a_year_later(at: datetime) -> datetime:
    """The same time of day in Paris a year later; 29 February becomes the 28th."""
    local = at.astimezone(ZONE)
    try:
        moved = local.replace(year=local.year + 1)
    except ValueError:
        moved = local.replace(year=local.year + 1, day=28)
    return moved.astimezone(at.tzinfo)
