"""Campaigns as lists and pages show them, and who may see which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import g
from sqlalchemy.orm import Session

from engine.errors import NotFound
from web import current
from web.viewer import Viewer
from workflows.application.campaigns import get_campaign
from workflows.application.models import CLOSED, DRAFT, Campaign, Ranking
from workflows.application.standing import applications_by_ranking
from workflows.people.services import actor_id


@dataclass(frozen=True, slots=True)
class RankingRow:
    """A department's part in a list: how many places and applications it has."""

    id: int
    department: str
    places: int
    applications: int
    allocated_at: datetime | None


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign in a list; ``state`` is a key of ``words.campaign_status``."""

    id: int
    title: str
    academic_year: str
    opens_at: datetime
    closes_at: datetime
    state: str
    note: str
    revision: int
    rankings: tuple[RankingRow, ...]

    @property
    def places(self) -> int:
        """How many places there are in all departments together."""
        return sum(each.places for each in self.rankings)

    @property
    def applications(self) -> int:
        """How many applications there are."""
        return sum(each.applications for each in self.rankings)


def load(viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the campaign for the request; raises NotFound for one the viewer has no part in."""
    with current.reading() as rows:
        campaign = get_campaign(rows, arguments["campaign_id"])
        if not any(sees_ranking(viewer, ranking) for ranking in campaign.rankings):
            raise NotFound
        g.campaign = row_of(rows, campaign)


def load_open(_viewer: Viewer, arguments: Mapping[str, Any]) -> None:
    """Keep the campaign for the request; raises NotFound for one that is not published."""
    with current.reading() as rows:
        campaign = get_campaign(rows, arguments["campaign_id"])
        if campaign.status == DRAFT:
            raise NotFound
        g.campaign = row_of(rows, campaign)


def sees_ranking(viewer: Viewer, ranking: Ranking) -> bool:
    """Whether somebody may see a ranking: as an overseer, a coordinator, a reviewer."""
    own = ranking.department in viewer.departments
    reviews = any(viewer.actor.asked(actor_id(each.person_id)) for each in ranking.commission)
    return viewer.oversees or own or reviews


def shown() -> CampaignRow:
    """The campaign of the request, which its policy has loaded."""
    return cast("CampaignRow", g.campaign)


def row_of(rows: Session, campaign: Campaign) -> CampaignRow:
    """A campaign with how many places and applications it has."""
    counts = applications_by_ranking(rows, campaign.id)
    return CampaignRow(
        id=campaign.id,
        title=campaign.title,
        academic_year=campaign.academic_year,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        state=state_of(campaign),
        note=campaign.note,
        revision=campaign.revision,
        rankings=tuple(
            RankingRow(
                id=ranking.id,
                department=ranking.department,
                places=sum(len(place.seats) for place in ranking.places),
                applications=counts.get(ranking.id, 0),
                allocated_at=ranking.allocated_at,
            )
            for ranking in campaign.rankings
        ),
    )


def state_of(campaign: Campaign) -> str:
    """Where a campaign stands now, as a key of ``words.campaign_status``."""
    now = current.engine().clock.now()
    if campaign.status in {DRAFT, CLOSED}:
        return campaign.status
    if now < campaign.opens_at:
        return "planned"
    return "open" if campaign.open_at(now) else "ended"
