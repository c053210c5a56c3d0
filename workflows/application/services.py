"""Applications: started by a student, written, submitted, judged by the rules.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState, NotFound
from engine.values import Labels, Value
from workflows.application.drafts import Draft, gaps, read_draft
from workflows.application.file_models import Application, LanguageLevel, Wish
from workflows.application.models import Place, Ranking
from workflows.application.policy.eligibility import Demand, Profile, wish_facts
from workflows.application.uploads import missing_documents
from workflows.application.views import Status
from workflows.office_work.local_time import ZONE
from workflows.partners.services import institution_name
from workflows.people.models import Person
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from datetime import datetime

    from engine import Engine, Unit

PROCESS = "application"
KEY_PREFIX = "application-"


@dataclass(frozen=True, slots=True)
class Started:
    """A new application, its case, and the first work items."""

    application_id: int
    instance_id: int
    work_items: tuple[int, ...]


def get_application(session: Session, application_id: int, *, lock: bool = False) -> Application:
    """The application with that id; raises NotFound.

    ``lock`` keeps other writers of it waiting, and reads what they have written.
    """
    statement = select(Application).where(Application.id == application_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def application_of_case(session: Session, business_key: str) -> Application | None:
    """The application that a case with this business key is about, if it is about one."""
    number = business_key.removeprefix(KEY_PREFIX)
    if number == business_key or not (number.isascii() and number.isdigit()):
        return None
    return session.get(Application, int(number))


def find_application(session: Session, campaign_id: int, person_id: int) -> Application | None:
    """A student's application in a campaign."""
    return session.scalar(
        select(Application).where(
            Application.campaign_id == campaign_id, Application.person_id == person_id
        )
    )


def applications_of(session: Session, person_id: int) -> list[Application]:
    """A student's applications, newest first."""
    statement = (
        select(Application)
        .where(Application.person_id == person_id)
        .order_by(Application.created_at.desc(), Application.id.desc())
        .options(*Application.whole())
    )
    return list(session.scalars(statement))


def start_application(engine: Engine, unit: Unit, ranking: Ranking, student: Person) -> Started:
    """Begin the one application a student may have in a campaign, and its case.

    Raises InvalidState where there is one already, InvalidInput while the campaign takes
    no applications.
    """
    session, campaign = unit.session, ranking.campaign
    if not campaign.open_at(unit.now):
        raise InvalidInput({"_schema": [closed_code(campaign.closes_at)]})
    if find_application(session, campaign.id, student.id) is not None:
        raise InvalidState("There is an application in this campaign already.")
    application = Application(
        ranking=ranking,
        campaign=campaign,
        person=student,
        status=Status.DRAFT.value,
        created_at=unit.now,
    )
    session.add(application)
    session.flush()
    variables: dict[str, Value] = {
        "application": application.id,
        "campaign": campaign.id,
        "student": str(student.id),
        "department": ranking.department,
        "partner": "",
        "academic_year": campaign.academic_year,
        "closes_at": campaign.closes_at.isoformat(),
    }
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=application.business_key,
        variables=variables,
        labels=labels_of(session, application),
        links=[student_group(student.id), coordinator_group(ranking.department), RI],
        unit=unit,
    )
    application.instance_id = started.instance_id
    session.flush()
    return Started(application.id, started.instance_id, tuple(started.work_items))


def labels_of(session: Session, application: Application, place: Place | None = None) -> Labels:
    """How the case is shown in lists: the student, the department, the partner or the year."""
    counterparty = application.campaign.academic_year
    if place is not None:
        counterparty = institution_name(session, place.hei_id)
    return Labels(application.person.name, application.ranking.department, counterparty)


def closed_code(closes_at: datetime) -> str:
    """The refusal of a late file, with the moment the campaign closed (in Paris)."""
    return f"campaign_closed:{closes_at.astimezone(ZONE):%Y-%m-%d %H.%M}"


def places_of(application: Application) -> dict[int, Place]:
    """The places one may wish for in this application, by id."""
    return {place.id: place for place in application.ranking.places}


def save_draft(session: Session, application: Application, data: Mapping[str, object]) -> Draft:
    """Keep what can be used of what was written; gives it back with what cannot."""
    draft = read_draft(data, places_of(application))
    for name, value in draft.fields.items():
        setattr(application, name, value)
    application.languages = []
    application.wishes = []
    session.flush()
    application.languages = [
        LanguageLevel(language=language, cefr=cefr, position=position)
        for position, (language, cefr) in enumerate(draft.languages)
    ]
    application.wishes = [
        Wish(rank=rank, place_id=place) for rank, place in enumerate(draft.wishes, 1)
    ]
    session.flush()
    return draft


def draft_of(application: Application) -> dict[str, object]:
    """What is stored, as the mapping of :mod:`workflows.application.drafts`."""
    said: dict[str, object] = {
        "student_number": application.student_number,
        "enrolled": _yes_or_no(application.enrolled),
        "years_completed": _text(application.years_completed),
        "debts": _yes_or_no(application.debts),
        "conditional": _yes_or_no(application.conditional),
        "eqf_level": _text(application.eqf_level),
        "isced_f": application.isced_f,
        "erasmus_months": _text(application.erasmus_months),
        "motivation": application.motivation,
        "languages": [
            {"language": each.language, "cefr": each.cefr} for each in application.languages
        ],
        "wishes": [{"place": str(each.place_id)} for each in application.wishes],
    }
    return said


def _yes_or_no(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def submit(
    session: Session, application: Application, data: Mapping[str, object], now: datetime
) -> None:
    """Hand the application in.

    Empty ``data`` submits what was kept before. Raises InvalidInput by field path while it
    is incomplete, at ``_schema`` once the campaign is closed (a file that the office has
    returned may come later: its own deadline counts).
    """
    campaign = application.campaign
    if application.status == Status.DRAFT:
        if not campaign.open_at(now):
            raise InvalidInput({"_schema": [closed_code(campaign.closes_at)]})
    elif application.status != Status.RETURNED:
        raise InvalidState("This application has been submitted.")
    errors = gaps(save_draft(session, application, data or draft_of(application)))
    for kind in missing_documents(session, application):
        errors[f"documents.{kind}"] = ["document_missing"]
    if errors:
        raise InvalidInput(errors)
    application.status = Status.SUBMITTED.value
    application.submitted_at = now
    session.flush()


def facts_of(application: Application) -> dict[str, Value]:
    """What the rules of eligibility are asked about a stored application, as variables."""
    draft = read_draft(draft_of(application), places_of(application))
    return {
        **facts(draft, places_of(application), allow_debt=application.campaign.allow_debt),
        "conditional": bool(application.conditional),
    }


def facts(draft: Draft, places: Mapping[int, Place], *, allow_debt: bool) -> dict[str, Value]:
    """What the rules of eligibility are asked about; ``wishes`` has one entry a wish.

    What is not said yet counts as nothing.
    """
    said = draft.fields
    profile = Profile(
        isced_f=str(said["isced_f"] or ""),
        eqf_level=_number(said["eqf_level"]),
        languages=dict(draft.languages),
    )
    wishes: list[Value] = [wish_facts(demand_of(places[place]), profile) for place in draft.wishes]
    return {
        "enrolled": said["enrolled"] is True,
        "years_completed": _number(said["years_completed"]),
        "erasmus_months": _number(said["erasmus_months"]),
        "debts": said["debts"] is True,
        "allow_debt": allow_debt,
        "wishes": wishes,
    }


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def demand_of(place: Place) -> Demand:
    """What a place asks for, as the rules read it."""
    return Demand(
        place.id, place.isced_f, place.eqf_level, place.months, place.language, place.cefr
    )


def _chosen(application: Application) -> Sequence[Wish]:
    return sorted(application.wishes, key=lambda wish: wish.rank)


def record_eligibility(application: Application, failed: object) -> None:
    """Keep which rules each wish does not meet, as the decision table has answered.

    ``failed`` holds a list of rules, or nothing, for each wish in its order.
    """
    answers = failed if isinstance(failed, list) else []
    wishes = _chosen(application)
    if len(answers) != len(wishes):
        raise InvalidState("The decision table has not answered about each wish.")
    for wish, rules in zip(wishes, answers, strict=True):
        named = rules if isinstance(rules, list) else [rules] if rules else []
        wish.failed = " ".join(str(rule) for rule in named)
        wish.admitted = None
