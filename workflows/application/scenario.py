"""What scenarios can do with campaigns and applications, and look up in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.application.campaign_input import read_campaign, read_places
from workflows.application.campaigns import (
    campaigns,
    create_campaign,
    get_campaign,
    publish,
    save_places,
    update_campaign,
)
from workflows.application.file_models import Application
from workflows.application.policy.scoring import CRITERIA
from workflows.application.ranking import allocate_places
from workflows.application.services import application_of_case, get_application, start_application
from workflows.application.withdrawals import withdraw
from workflows.office_work.local_time import ZONE
from workflows.partners.services import departments, institutions
from workflows.people.services import get_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.application.models import Campaign, Ranking
    from workflows.scenarios.stage import Stage

Action = Callable[["Stage", Mapping[str, Any]], Any]
_DEPARTMENT = "lea"


def _open_campaign(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Publish a campaign of LEA; gives its number.

    Arguments: ``opens_at``, ``closes_at``, ``academic_year``, ``min_score``, ``allow_debt``,
    ``places``: how many there are by SCHAC domain, and their ``programme``.
    """
    given = stage.given(
        arguments,
        academic_year="2026/2027",
        opens_at="2026-01-12T08:00",
        closes_at="2026-02-27T18:00",
        min_score="",
        allow_debt="false",
        places={"usal.es": 1, "uu.se": 1},
        programme="erasmus",
    )
    programme = given.pop("programme")
    rows = [
        {
            "department": _DEPARTMENT,
            "hei_id": hei_id,
            "isced_f": "023",
            "eqf_level": "6",
            "seats": str(count),
            "months": "5",
            "language": "es" if hei_id == "usal.es" else "en",
            "cefr": "B1",
            "programme": programme,
        }
        for hei_id, count in given.pop("places").items()
    ]
    with stage.unit() as unit:
        codes = [each.code for each in departments(unit.session)]
        partners = [each.hei_id for each in institutions(unit.session)]
        campaign = create_campaign(unit, read_campaign(_campaign(given), codes, ()))
        save_places(
            unit, campaign.id, read_places({"places": rows}, codes, partners), campaign.revision
        )
        publish(unit, campaign.id, campaign.revision)
        return campaign.id


def _campaign(given: Mapping[str, Any]) -> dict[str, object]:
    weights = {f"weight_{name}": "1" for name in CRITERIA}
    part = {"code": _DEPARTMENT, "chosen": "true", "quorum": "", **weights}
    return {"title": f"Erasmus+ {given['academic_year']}", "departments": [part], **given}


def _extend_campaign(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Move the closing date of the last campaign (argument ``closes_at``)."""
    given = stage.given(arguments, closes_at="2026-03-13T18:00")
    with stage.unit() as unit:
        campaign = _last_campaign(unit.session)
        fields: dict[str, Any] = {
            "academic_year": campaign.academic_year,
            "opens_at": campaign.opens_at.astimezone(ZONE).isoformat(),
            "closes_at": str(given["closes_at"]),
        }
        codes = [each.code for each in departments(unit.session)]
        wanted = read_campaign(_campaign(fields), codes, ())
        update_campaign(unit, campaign.id, wanted, campaign.revision)


def _start(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """The member who acts begins an application in the last campaign; gives its number."""
    stage.given(arguments)
    number = stage.person_id(stage.member)
    with stage.unit() as unit:
        student = get_person(unit.session, number)
        started = start_application(stage.engine, unit, _ranking(unit.session), student)
        stage.business_key = get_application(unit.session, started.application_id).business_key
    return started.application_id


def _allocate(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Give out the places of the last campaign, as the ranking stands."""
    stage.given(arguments)
    with stage.unit() as unit:
        ranking = _ranking(unit.session)
        allocate_places(unit, ranking.id, ranking.revision)


def _withdraw(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """End the application (argument ``application``) at its student's wish, with a ``reason``."""
    given = stage.given(arguments, application=None, reason="")
    with stage.unit() as unit:
        withdraw(stage.engine, unit, int(given["application"]), str(given["reason"]))


def _application(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """What the student's page sends; ``wishes`` are SCHAC domains, others replace fields."""
    given = dict(arguments)
    wishes = given.pop("wishes", ["usal.es"])
    with stage.reading() as session:
        places = {place.hei_id: place.id for place in _ranking(session).places}
    return {
        "student_number": "22100001",
        "enrolled": "true",
        "years_completed": "1",
        "debts": "false",
        "conditional": "false",
        "eqf_level": "6",
        "isced_f": "0231",
        "erasmus_months": "0",
        "motivation": "Étudier la traduction juridique dans le pays dont c’est la langue.",
        "languages": [{"language": "es", "cefr": "B2"}, {"language": "en", "cefr": "B1"}],
        "wishes": [{"place": str(places[hei_id])} for hei_id in wishes],
        **given,
    }


def _admitted(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """Every wish of the application ``case`` admitted, with a ``remark`` where one is given."""
    given = stage.given(arguments, case=stage.business_key, remark="")
    with stage.reading() as session:
        wishes = [
            {"place": str(wish.place_id), "admitted": "true"}
            for wish in _of_case(session, given["case"]).wishes
        ]
    return {"wishes": wishes, "remark": given["remark"]}


def _points(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """The same points (argument ``all``) for each criterion."""
    given = stage.given(arguments, all="15")
    return {"points": {name: str(given["all"]) for name in CRITERIA}}


def _status(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, str]:
    """Where the applications of the last campaign stand, by the login of their students."""
    stage.given(arguments)
    with stage.reading() as session:
        found = session.query(Application).order_by(Application.id)
        return {each.person.login: each.status for each in found}


def _failed(stage: Stage, arguments: Mapping[str, Any]) -> list[str]:
    """The rules that the first wish of the last application does not meet."""
    stage.given(arguments)
    with stage.reading() as session:
        return list(_of_case(session, stage.business_key).wishes[0].failed_rules)


def _last_campaign(session: Session) -> Campaign:
    return get_campaign(session, max(each.id for each in campaigns(session)))


def _ranking(session: Session) -> Ranking:
    return _last_campaign(session).rankings[0]


def _of_case(session: Session, business_key: str) -> Application:
    found = application_of_case(session, business_key)
    assert found is not None, f"{business_key} is the case of no application"
    return found


ACTIONS: Mapping[str, Action] = {
    "open_campaign": _open_campaign,
    "extend_campaign": _extend_campaign,
    "start_application": _start,
    "allocate_places": _allocate,
    "withdraw_application": _withdraw,
}
FILLERS: Mapping[str, Action] = {
    "application_data": _application,
    "admitted": _admitted,
    "points": _points,
    "application_status": _status,
    "unmet_rules": _failed,
}
