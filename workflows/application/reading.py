"""An application as pages show it: values that live on without a session."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from workflows.application.file_models import Application
from workflows.application.models import Place
from workflows.application.policy.scoring import CRITERIA, Score
from workflows.application.results import place_of
from workflows.application.services import draft_of
from workflows.application.standing import score_of
from workflows.application.uploads import documents_of
from workflows.papers.models import Document
from workflows.partners.services import institution_name


@dataclass(frozen=True, slots=True)
class PlaceView:
    """What an agreement offers, with the partner's name and how many seats nobody holds."""

    id: int
    hei_id: str
    name: str
    isced_f: str
    eqf_level: int
    months: int
    language: str
    cefr: str
    programme: str
    seats: int
    left: int


@dataclass(frozen=True, slots=True)
class WishView:
    """A wish, the rules it does not meet, and whether it takes part (None: undecided)."""

    rank: int
    place: PlaceView
    failed: tuple[str, ...]
    admitted: bool | None


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What a reviewer says; no points where they have a conflict of interest."""

    person_id: int
    name: str
    conflict: bool
    remark: str | None
    points: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class ResultView:
    """One result: ``cause`` of it, ``outcome``, the partner's name, and the reasons kept."""

    number: int
    at: datetime
    cause: str
    outcome: str
    place: str
    reasons: Mapping[str, Any]
    remark: str | None
    actor: str


@dataclass(frozen=True, slots=True)
class NominationView:
    """What the partner was asked, and has answered."""

    status: str
    partner: str
    sent_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    comment: str | None
    mobility_id: int | None


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """An application with all that belongs to it.

    ``said`` is what the student declares, as the editor sends it; ``held`` the place the
    application holds; ``score`` None while nobody has given points.
    """

    id: int
    instance_id: int | None
    person_id: int
    student: str
    status: str
    department: str
    campaign_id: int
    campaign: str
    academic_year: str
    closes_at: datetime
    required_documents: tuple[str, ...]
    ranking_id: int
    allocated: bool
    submitted_at: datetime | None
    said: Mapping[str, Any]
    wishes: tuple[WishView, ...]
    documents: tuple[Document, ...]
    reviews: tuple[ReviewView, ...]
    score: Score | None
    results: tuple[ResultView, ...]
    nomination: NominationView | None
    held: PlaceView | None
    tie_reason: str | None

    @property
    def decided(self) -> ResultView | None:
        """The last result of the allocation, whose reasons the student is told."""
        return next((each for each in reversed(self.results) if each.reasons), None)


def application_view(session: Session, application: Application) -> ApplicationView:
    """Everything about an application."""
    held = place_of(session, application.id)
    return ApplicationView(
        id=application.id,
        instance_id=application.instance_id,
        person_id=application.person_id,
        student=application.person.name,
        status=application.status,
        department=application.ranking.department,
        campaign_id=application.campaign_id,
        campaign=application.campaign.title,
        academic_year=application.campaign.academic_year,
        closes_at=application.campaign.closes_at,
        required_documents=application.campaign.documents,
        ranking_id=application.ranking_id,
        allocated=application.ranking.allocated_at is not None,
        submitted_at=application.submitted_at,
        said=draft_of(application),
        wishes=tuple(
            WishView(wish.rank, place_view(session, wish.place), wish.failed_rules, wish.admitted)
            for wish in sorted(application.wishes, key=lambda wish: wish.rank)
        ),
        documents=tuple(documents_of(session, application)),
        reviews=tuple(_reviews(application)),
        score=score_of(application, application.ranking.weights),
        results=tuple(_results(session, application)),
        nomination=_nomination(session, application),
        held=place_view(session, held) if held is not None else None,
        tie_reason=application.tie_reason,
    )


def place_view(session: Session, place: Place) -> PlaceView:
    """A place with its partner's name."""
    return PlaceView(
        id=place.id,
        hei_id=place.hei_id,
        name=institution_name(session, place.hei_id),
        isced_f=place.isced_f,
        eqf_level=place.eqf_level,
        months=place.months,
        language=place.language,
        cefr=place.cefr,
        programme=place.programme,
        seats=len(place.seats),
        left=sum(seat.application_id is None for seat in place.seats),
    )


def _reviews(application: Application) -> list[ReviewView]:
    views = []
    for review in application.reviews:
        given = {each.criterion: each.points for each in review.points}
        points = {name: given[name] for name in CRITERIA if name in given}
        views.append(
            ReviewView(review.person_id, review.person.name, review.conflict, review.remark, points)
        )
    return views


def _results(session: Session, application: Application) -> list[ResultView]:
    return [
        ResultView(
            number=result.number,
            at=result.at,
            cause=result.cause,
            outcome=result.outcome,
            place=institution_name(session, result.place.hei_id) if result.place else "",
            reasons=json.loads(result.reasons),
            remark=result.remark,
            actor=result.actor,
        )
        for result in application.results
    ]


def _nomination(session: Session, application: Application) -> NominationView | None:
    nomination = application.nomination
    if nomination is None:
        return None
    return NominationView(
        status=nomination.status,
        partner=institution_name(session, nomination.place.hei_id),
        sent_at=nomination.sent_at,
        answered_at=nomination.answered_at,
        answered_by=nomination.answered_by,
        comment=nomination.comment,
        mobility_id=nomination.mobility_id,
    )
