"""Campaigns of the demonstration: prepared, published, and their places given out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from workflows.application.campaign_input import read_campaign, read_places
from workflows.application.campaigns import create_campaign, publish, save_places
from workflows.application.models import Campaign, Ranking
from workflows.application.policy.scoring import CRITERIA
from workflows.application.ranking import allocate_places, keep
from workflows.application.standing import TieOrder, standing
from workflows.demo.casting import OUTSIDE
from workflows.demo.dates import Pace
from workflows.demo.people import DESK
from workflows.demo.script import Do, Moment, Telling
from workflows.demo.world import CODES, curricula, partners
from workflows.partners.services import departments, institutions

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

LEVEL = "6"
MONTHS = "5"


@dataclass(frozen=True, slots=True)
class Call:
    """One campaign: its year, its days, how many places each partner offers a department."""

    title: str
    academic_year: str
    opens: date
    closes: date
    seats: int = 1

    def find(self, session: Session) -> Campaign:
        """The campaign of this call."""
        return session.scalars(select(Campaign).where(Campaign.title == self.title)).one()

    def ranking(self, session: Session, department: str) -> Ranking:
        """One department's part in it."""
        rankings = self.find(session).rankings
        return next(each for each in rankings if each.department == department)


def offered(department: str) -> list[str]:
    """The partners that a department has places at: two of five, each department others."""
    inside = [each.hei_id for each in partners().values() if each.country not in OUTSIDE]
    at = CODES.index(department)
    return [hei_id for number, hei_id in enumerate(inside) if (number + at) % 5 < 2]


def campaign(call: Call, pace: Pace, allocated: date | None) -> Telling:
    """RI prepares and publishes it and, once everybody is ranked, gives out the places."""
    yield Do(pace.on(call.opens - timedelta(days=6)), DESK, lambda moment: _publish(moment, call))
    if allocated is not None:
        for department in CODES:
            yield Do(pace.on(allocated), DESK, _allocate(call, department))


def _publish(moment: Moment, call: Call) -> None:
    session = moment.session
    codes = [each.code for each in departments(session)]
    known = [each.hei_id for each in institutions(session)]
    weights = {f"weight_{name}": "1" for name in CRITERIA}
    said = {
        "title": call.title,
        "academic_year": call.academic_year,
        "opens_at": _at(call.opens, time(8)),
        "closes_at": _at(call.closes, time(18)),
        "min_score": "9",
        "allow_debt": "false",
        "departments": [
            {"code": code, "chosen": "true", "quorum": "", **weights} for code in CODES
        ],
    }
    made = create_campaign(moment.unit, read_campaign(said, codes, ()))
    rows = [_place(call, code, hei_id) for code in CODES for hei_id in offered(code)]
    places = read_places({"places": rows}, codes, known)
    made = save_places(moment.unit, made.id, places, made.revision)
    publish(moment.unit, made.id, made.revision)


def _at(day: date, hour: time) -> str:
    return datetime.combine(day, hour).isoformat(timespec="minutes")


def _place(call: Call, department: str, hei_id: str) -> dict[str, object]:
    return {
        "department": department,
        "hei_id": hei_id,
        "isced_f": curricula()[department].isced_f[:3],
        "eqf_level": LEVEL,
        "seats": str(call.seats),
        "months": MONTHS,
        "language": partners()[hei_id].language,
        "cefr": "B1",
    }


def _allocate(call: Call, department: str) -> Callable[[Moment], None]:
    """Settle what ties there are, then give out a department's places."""

    def allocate(moment: Moment) -> None:
        ranking = call.ranking(moment.session, department)
        for tie in standing(moment.session, ranking).allocation.open_ties:
            order = TieOrder(tuple(sorted(tie.candidates)))
            reason = "À points égaux, la candidature déposée la première."
            ranking = keep(moment.unit, ranking.id, order, reason, ranking.revision)
        if standing(moment.session, ranking).applications:
            allocate_places(moment.unit, ranking.id, ranking.revision)

    return allocate


def calls(today: date, year: str, later: str) -> Sequence[Call]:
    """The campaign that is decided, and the one that takes applications."""
    return (
        Call(
            f"Mobilité sortante {year}, appel principal",
            year,
            today - timedelta(days=125),
            today - timedelta(days=95),
        ),
        Call(
            f"Mobilité sortante {later}, appel anticipé",
            later,
            today - timedelta(days=20),
            today + timedelta(days=11),
            2,
        ),
    )
