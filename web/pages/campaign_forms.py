"""The forms of a campaign: what they show, and what they send, read for the domain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.errors import NotFound
from web import current
from workflows.application.campaign_input import HEI_ID, CampaignInput, read_campaign
from workflows.application.campaigns import get_campaign
from workflows.application.models import DOCUMENT_KINDS, Campaign
from workflows.application.policy.scoring import CRITERIA
from workflows.application.services import PROCESS
from workflows.office_work.local_time import ZONE
from workflows.partners.services import departments, institutions
from workflows.partnership.coverage import Cover, Offer, covers
from workflows.people.models import Person
from workflows.people.services import all_people

SUMMER = 7
"""From this month on, the campaign of the academic year after next is prepared."""

USUAL_DOCUMENTS = ("cv", "transcript", "language_proof")
LOCAL_TIME = "%Y-%m-%dT%H:%M"
REVISION_DIGITS = 9


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as the table shows it: the editor's fields, its partner, who holds it."""

    fields: Mapping[str, str]
    partner: str
    taken: int


def people(rows: Session) -> list[Person]:
    """Staff who may be members of a commission, by name."""
    staff = [each for each in all_people(rows) if each.active and each.groups]
    return sorted(staff, key=lambda each: (each.family_name, each.given_names, each.id))


def read(rows: Session, typed: Mapping[str, Any]) -> CampaignInput:
    """What the form sends; raises InvalidInput by field path."""
    codes = [each.code for each in departments(rows)]
    return read_campaign(typed, codes, [each.id for each in people(rows)])


def blank(rows: Session) -> dict[str, Any]:
    """The form of a new campaign, filled with what is usual."""
    now = current.engine().clock.now().astimezone(ZONE)
    year = now.year + (now.month >= SUMMER)
    academic_year = f"{year}/{year + 1}"
    return {
        "title": f"Erasmus+ {academic_year}",
        "academic_year": academic_year,
        "documents": list(USUAL_DOCUMENTS),
        "departments": [
            {"code": each.code, "quorum": "0", **_weights(academic_year, each.code)}
            for each in departments(rows)
        ],
    }


def _weights(academic_year: str, department: str) -> dict[str, str]:
    """The weights that the process's table of parameters proposes; 1 each without one."""
    found: Mapping[str, Any] = {}
    try:
        definition = next(e for e in current.engine().definitions() if e.key == PROCESS)
        given = {"academic_year": academic_year, "department": department}
        found = definition.decide("parameters", given)
    except (StopIteration, NotFound):
        found = {}
    return {f"weight_{name}": str(found.get(f"weight_{name}") or 1) for name in CRITERIA}


def fields_of(rows: Session, campaign: Campaign) -> dict[str, Any]:
    """A campaign as its form shows it."""
    chosen = {each.department: each for each in campaign.rankings}
    parts: list[dict[str, Any]] = []
    for department in departments(rows):
        ranking = chosen.get(department.code)
        if ranking is None:
            weights = _weights(campaign.academic_year, department.code)
            parts.append({"code": department.code, "quorum": "0", **weights})
            continue
        parts.append(
            {
                "code": department.code,
                "chosen": "true",
                "quorum": str(ranking.quorum),
                "commission": [str(member.person_id) for member in ranking.commission],
                **{f"weight_{name}": str(weight) for name, weight in ranking.weights.items()},
            }
        )
    return {
        "title": campaign.title,
        "academic_year": campaign.academic_year,
        "opens_at": campaign.opens_at.astimezone(ZONE).strftime(LOCAL_TIME),
        "closes_at": campaign.closes_at.astimezone(ZONE).strftime(LOCAL_TIME),
        "allow_debt": "true" if campaign.allow_debt else "",
        "min_score": "" if campaign.min_score is None else f"{campaign.min_score:f}",
        "documents": [each for each in DOCUMENT_KINDS if each in campaign.documents],
        "note": campaign.note,
        "departments": parts,
    }


def place_rows(rows: Session, campaign_id: int) -> list[PlaceRow]:
    """The table of places of a campaign, in its order."""
    names = {each.hei_id: each.name for each in institutions(rows)}
    found = [
        (place, ranking.department)
        for ranking in get_campaign(rows, campaign_id).rankings
        for place in ranking.places
    ]
    return [
        PlaceRow(
            fields={
                "id": str(place.id),
                "department": department,
                "hei_id": place.hei_id,
                "isced_f": place.isced_f,
                "eqf_level": str(place.eqf_level),
                "seats": str(len(place.seats)),
                "months": str(place.months),
                "language": place.language,
                "cefr": place.cefr,
                "programme": place.programme,
            },
            partner=names.get(place.hei_id, place.hei_id),
            taken=sum(seat.application_id is not None for seat in place.seats),
        )
        for place, department in sorted(found, key=lambda each: (each[0].position, each[0].id))
    ]


def covered(rows: Session, fields: Iterable[Mapping[str, Any]], year: str) -> list[Cover]:
    """The agreements that rows of the table of places rest on; rows half written are none."""
    offers = [
        Offer(str(row["hei_id"]).strip().lower(), str(row["department"]), int(row["seats"]))
        for row in fields
        if re.fullmatch(HEI_ID, str(row.get("hei_id")).strip(), re.ASCII)
        and row.get("department")
        and _is_count(row.get("seats"))
    ]
    return covers(rows, offers, year)


def _is_count(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 4


def taken_revision(typed: dict[str, Any]) -> int:
    """The revision a form was made from, taken out of what it sends; 0 where it says none."""
    text = str(typed.pop("revision", ""))
    good = text.isascii() and text.isdigit() and len(text) <= REVISION_DIGITS
    return int(text) if good else 0


def revision_now(campaign_id: int) -> int:
    """The revision a campaign stands at."""
    with current.reading() as rows:
        return get_campaign(rows, campaign_id).revision
