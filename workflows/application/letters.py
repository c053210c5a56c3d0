"""What candidates, coordinators, the office and partners are told, each in their language."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from workflows.application.file_models import Application
from workflows.application.services import application_of_case, get_application
from workflows.notices.news import Recipient, compose, queue, spoken, tell
from workflows.notices.partner import Contact
from workflows.partners.services import find_institution, institution_name
from workflows.people.models import LOCALES, Person
from workflows.people.services import RI, coordinator_group, people_in

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.application.models import Place
    from workflows.office import Office

MAILS = "workflows.application"
CANCELLED = "application.nomination_cancelled"
"""The job kind that tells a partner of a nomination that no longer holds."""

Values = Callable[[Mapping[str, Any]], dict[str, str]]
"""What a text is filled with, given the words of one language."""


@cache
def words(language: str) -> Mapping[str, Any]:
    """The words of one language that texts are put together from."""
    source = resources.files(MAILS) / "words.json"
    catalogue: Mapping[str, Mapping[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    return catalogue[spoken(language)]


def tell_all(
    unit: Unit,
    application: Application,
    kind: str,
    people: Iterable[Person],
    values: Values,
    *,
    news: str,
) -> None:
    """Queue one mail a person, filled in with the words of the person's language."""
    common = {"year": application.campaign.academic_year, "student": application.person.name}
    told = list(people)
    for language in LOCALES:
        group = [person for person in told if spoken(person.locale or "") == language]
        if group:
            tell(
                unit,
                mails=MAILS,
                kind=kind,
                news=f"application-{application.id}-{news}",
                to=group,
                values={**common, **values(words(language))},
                link=f"/cases/{application.instance_id}",
            )


def tell_student(
    unit: Unit, application: Application, kind: str, values: Values, *, news: str
) -> None:
    """Queue a mail to the candidate."""
    tell_all(unit, application, kind, [application.person], values, news=news)


def staff_of(session: Session, application: Application) -> list[Person]:
    """The coordinators of the application's department, and the international office."""
    group = coordinator_group(application.ranking.department)
    return [*people_in(session, group), *people_in(session, RI)]


def tell_result(unit: Unit, application: Application, appeal_months: object) -> None:
    """Tell the candidate the last result: selected, reserve or rejected, and why.

    ``appeal_months`` is how long one may appeal, as the table of parameters says.
    """
    result = application.results[-1]
    reasons: Mapping[str, Any] = json.loads(result.reasons)
    place = "" if result.place is None else institution_name(unit.session, result.place.hei_id)

    def values(said: Mapping[str, Any]) -> dict[str, str]:
        lines = [
            *_wishes(reasons.get("wishes", []), said),
            *_not_admitted(unit.session, application, said),
        ]
        return {
            "place": place,
            "rank": str(reasons.get("rank", "–")),
            "score": _number(reasons.get("score"), said),
            "parts": "\n".join(_parts(reasons.get("parts", []), said)),
            "wishes": "\n".join(lines),
            "appeal": said["appeal"].format(months=appeal_months),
        }

    tell_student(unit, application, result.outcome, values, news=f"result-{result.number}")


def tell_refused(unit: Unit, application: Application, reason: str, appeal_months: object) -> None:
    """Tell the candidate that the file is not admissible, and every rule it does not meet."""
    tell_student(
        unit,
        application,
        "refused",
        lambda said: {
            "reason": reason,
            "wishes": "\n".join(_not_admitted(unit.session, application, said)),
            "appeal": said["appeal"].format(months=appeal_months),
        },
        news="refused",
    )


def tell_ended(
    unit: Unit, application: Application, cause: str, place: Place | None, reason: str
) -> None:
    """Tell the candidate that the departure does not take place, and why."""
    where = "–" if place is None else institution_name(unit.session, place.hei_id)
    tell_student(
        unit,
        application,
        "ended",
        lambda said: {"place": where, "cause": said["causes"][cause], "reason": reason},
        news=f"ended-{len(application.results)}",
    )


def tell_gone(
    unit: Unit,
    application: Application,
    cause: str,
    place: Place | None,
    promoted: Sequence[Application],
    reason: str = "",
) -> None:
    """Tell coordinators and office that somebody leaves, and who moves up by it."""
    names = ", ".join(each.person.name for each in promoted)
    where = "" if place is None else institution_name(unit.session, place.hei_id)

    def values(said: Mapping[str, Any]) -> dict[str, str]:
        moves = said["moves"].format(names=names) if names else said["no_moves"]
        return {
            "place": where or "–",
            "cause": said["causes"][cause],
            "reason": reason,
            "moves": moves,
        }

    people = staff_of(unit.session, application)
    tell_all(unit, application, "gone", people, values, news=f"gone-{len(application.results)}")


def _wishes(wishes: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> list[str]:
    lines = []
    for number, wish in enumerate(wishes, 1):
        none = wish["verdict"] == "full" and wish["lowest"] is None
        sentence = said["verdicts"]["full_none" if none else wish["verdict"]]
        lowest = _number(wish["lowest"], said)
        lines.append(
            sentence.format(n=number, name=wish["name"], seats=wish["seats"], lowest=lowest)
        )
    return lines


def _not_admitted(session: Session, application: Application, said: Mapping[str, Any]) -> list[str]:
    """The wishes that took no part, with the rules they do not meet."""
    lines = []
    for wish in application.wishes:
        if wish.admitted:
            continue
        named = [said["rules"].get(rule, rule) for rule in wish.failed_rules]
        rules = ", ".join(named) or said["no_rules"]
        name = institution_name(session, wish.place.hei_id)
        lines.append(said["not_admitted"].format(n=wish.rank, name=name, rules=rules))
    return lines


def _parts(parts: Sequence[Mapping[str, Any]], said: Mapping[str, Any]) -> list[str]:
    return [
        said["part"].format(
            criterion=said["criteria"][part["criterion"]],
            points=_number(part["points"], said),
            weight=part["weight"],
        )
        for part in parts
    ]


def _number(text: object, said: Mapping[str, Any]) -> str:
    return "–" if text is None else str(text).replace(".", said["decimal"])


def contact(session: Session, business_key: str, office: Office) -> Contact | None:
    """Who answers for the partner an application is nominated to."""
    application = application_of_case(session, business_key)
    if application is None or application.nomination is None:
        return None
    place = application.nomination.place
    institution = find_institution(session, place.hei_id)
    if institution is None or not institution.contact_email:
        return None
    names = (institution.contact_given_names, institution.contact_family_name)
    values = {
        "home": institution_name(session, office.home_hei_id),
        "year": application.campaign.academic_year,
        "months": str(place.months),
        "level": str(application.eqf_level or ""),
        "field": application.isced_f,
        "language": place.language,
    }
    name = " ".join(part for part in names if part)
    return Contact(institution.contact_email, name, institution.locale, values=values)


def cancel_at_partner(unit: Unit, application: Application, cause: str) -> None:
    """Tell the partner, once this transaction is through, that a nomination is off."""
    unit.enqueue(CANCELLED, {"application": application.id, "cause": cause})


class NominationCancelled:
    """The job kind behind :func:`cancel_at_partner`."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """The mail to the partner's contact, where there is one."""
        with job.session() as session:
            application = get_application(session, int(str(job.payload["application"])))
            found = contact(session, application.business_key, self._office)
            if found is None or application.nomination is None:
                return []
            said = words(found.language)
            values = {
                "student": application.person.name,
                "year": application.campaign.academic_year,
                "place": institution_name(session, application.nomination.place.hei_id),
                "cause": said["causes"][str(job.payload["cause"])],
                "link": self._office.base_url,
            }
            to = Recipient(found.email, found.name, found.language)
            news = f"application-{application.id}-nomination-cancelled"
            return [asdict(compose(MAILS, "nomination_cancelled", to, news, values))]

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue the mail."""
        return queue(ctx, result)
