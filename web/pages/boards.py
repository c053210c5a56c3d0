"""What the ranking board shows: rows of candidates, places with what is left, changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from web import current
from web.viewer import Viewer
from workflows.application.file_models import Application
from workflows.application.models import Place, Ranking
from workflows.application.policy.allocation import Allocation, Result, Tie
from workflows.application.policy.scoring import Score
from workflows.application.ranking import (
    Consequences,
    applications_shown,
    obstacles,
)
from workflows.application.standing import points_of, rerun, score_of, standing
from workflows.application.views import OVER
from workflows.partners.services import institutions


@dataclass(frozen=True, slots=True)
class Chip:
    """A wish on the board: the partner, whether it takes part, what becomes of it."""

    rank: int
    name: str
    admitted: bool | None
    failed: tuple[str, ...]
    verdict: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the board; ``outcome`` and ``place`` as things stand."""

    id: int
    case: int | None
    name: str
    status: str
    rank: int | None
    score: Score | None
    reviews: int
    wishes: tuple[Chip, ...]
    outcome: str
    place: str
    tied: bool
    tie_reason: str | None
    own_points: Mapping[str, Decimal] | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place on the board: how many there are, how many nobody gets, who waits for it."""

    id: int
    name: str
    seats: int
    left: int
    reserve: tuple[str, ...]
    language: str
    cefr: str
    months: int


@dataclass(frozen=True, slots=True)
class TieRow:
    """Candidates of equal score, as (id, name, place in their order now)."""

    members: tuple[tuple[int, str, int], ...]
    score: Any
    open: bool


@dataclass(frozen=True, slots=True)
class Board:
    """One department's ranking."""

    id: int
    campaign_id: int
    title: str
    academic_year: str
    department: str
    revision: int
    weights: Mapping[str, int]
    threshold: Decimal | None
    allocated_at: datetime | None
    allocated_by: str | None
    candidates: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    places: tuple[PlaceRow, ...]
    ties: tuple[TieRow, ...]
    obstacles: tuple[str, ...]
    may_change: bool
    may_allocate: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One consequence: who, what they would get now and then."""

    name: str
    before: str
    before_place: str
    after: str
    after_place: str


def board_of(rows: Session, ranking: Ranking, viewer: Viewer) -> Board:
    """The board as it stands for ``viewer``."""
    names = {each.hei_id: each.name for each in institutions(rows)}
    shown = applications_shown(rows, ranking)
    if ranking.allocated_at is None:
        found = standing(rows, ranking)
        allocation = found.allocation
        codes = obstacles(ranking, found, current.engine().clock.now())
    else:
        _running, allocation = rerun(rows, ranking)
        codes = []
    maker = _Maker(rows, ranking, allocation, names, viewer)
    made = [maker.candidate(each) for each in shown]
    ranked = sorted((c for c in made if c.rank is not None), key=lambda c: c.rank or 0)
    open_now = ranking.allocated_at is None
    return Board(
        id=ranking.id,
        campaign_id=ranking.campaign_id,
        title=ranking.campaign.title,
        academic_year=ranking.campaign.academic_year,
        department=ranking.department,
        revision=ranking.revision,
        weights=ranking.weights,
        threshold=ranking.campaign.min_score,
        allocated_at=ranking.allocated_at,
        allocated_by=ranking.allocated_by,
        candidates=tuple(ranked),
        others=tuple(each for each in made if each.rank is None),
        places=tuple(maker.place(place) for place in ranking.places),
        ties=tuple(maker.tie(tie) for tie in allocation.ties) if open_now else (),
        obstacles=tuple(codes),
        may_change=open_now and viewer.takes_part,
        may_allocate=open_now and viewer.is_ri,
    )


class _Maker:
    """Turns rows and results into what the page shows."""

    def __init__(
        self,
        rows: Session,
        ranking: Ranking,
        allocation: Allocation,
        names: Mapping[str, str],
        viewer: Viewer,
    ) -> None:
        self.rows = rows
        self.ranking = ranking
        self.allocation = allocation
        self.names = names
        self.viewer = viewer
        self.partners = {place.id: names.get(place.hei_id, "") for place in ranking.places}
        self.people: dict[int, str] = {}
        self.tied = {number for tie in allocation.ties for number in tie.candidates}

    def candidate(self, application: Application) -> Candidate:
        self.people[application.id] = application.person.name
        result = self.allocation.of(application.id)
        over = application.status in OVER
        reviews = points_of(application)
        return Candidate(
            id=application.id,
            case=application.instance_id,
            name=application.person.name,
            status=application.status,
            rank=result.rank if result and not over else None,
            score=score_of(application, self.ranking.weights),
            reviews=len(reviews),
            wishes=tuple(self._chips(application, result)),
            outcome=result.outcome.value if result else "",
            place=self.partners.get(result.place or 0, "") if result else "",
            tied=application.id in self.tied,
            tie_reason=application.tie_reason,
            own_points=reviews.get(self.viewer.person_id),
        )

    def _chips(self, application: Application, result: Result | None) -> list[Chip]:
        verdicts = {each.place: each.verdict.value for each in result.wishes} if result else {}
        return [
            Chip(
                wish.rank,
                self.partners.get(wish.place_id, ""),
                wish.admitted,
                wish.failed_rules,
                verdicts.get(wish.place_id, ""),
            )
            for wish in sorted(application.wishes, key=lambda wish: wish.rank)
        ]

    def place(self, place: Place) -> PlaceRow:
        waiting: Sequence[int] = self.allocation.reserve.get(place.id, ())
        return PlaceRow(
            id=place.id,
            name=self.partners[place.id],
            seats=len(place.seats),
            left=self.allocation.left.get(place.id, len(place.seats)),
            reserve=tuple(self.people.get(number, "") for number in waiting),
            language=place.language,
            cefr=place.cefr,
            months=place.months,
        )

    def tie(self, tie: Tie) -> TieRow:
        members = tuple(
            (number, self.people.get(number, ""), position)
            for position, number in enumerate(tie.candidates, 1)
        )
        return TieRow(members, tie.score, tie.open)


def changes_of(rows: Session, ranking: Ranking, found: Consequences) -> list[ChangeRow]:
    """What a change would lead to, in words' keys and names."""
    names = {each.hei_id: each.name for each in institutions(rows)}
    partners = {place.id: names.get(place.hei_id, "") for place in ranking.places}
    people = {number: each.person.name for number, each in found.after.applications.items()}
    return [
        ChangeRow(
            name=people.get(each.candidate, ""),
            before=each.before.outcome.value if each.before else "",
            before_place=partners.get(each.before.place or 0, "") if each.before else "",
            after=each.after.outcome.value if each.after else "",
            after_place=partners.get(each.after.place or 0, "") if each.after else "",
        )
        for each in found.changes
    ]
