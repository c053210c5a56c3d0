"""Campaigns and applications: one that is decided, with everything that came of it, one open."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import select

from workflows.application.file_models import Application
from workflows.application.models import Campaign
from workflows.application.policy.scoring import CRITERIA
from workflows.application.services import save_draft, start_application
from workflows.demo.casting import Applicant
from workflows.demo.dates import Pace
from workflows.demo.people import COORDINATORS, DESK
from workflows.demo.script import PARTNER, Answer, Do, Moment, Step, Telling
from workflows.demo.stays import student_code
from workflows.demo.stories_campaign import Call
from workflows.demo.world import curricula, partners
from workflows.people.models import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

APPLICATION = "application"
LEVEL = "6"
MONTHS = "5"


Hosted: TypeAlias = Generator[Step, Any, str | None]
"""A telling that ends with the partner who takes the student, if one does."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One application under way: who applies, in which campaign."""

    call: Call
    applicant: Applicant
    pace: Pace

    @property
    def coordinator(self) -> str:
        """Who scores it."""
        return COORDINATORS[self.applicant.department]

    def application(self, session: Session) -> Application:
        """The application itself."""
        statement = (
            select(Application)
            .join(Campaign, Campaign.id == Application.campaign_id)
            .join(Person, Person.id == Application.person_id)
            .where(Campaign.title == self.call.title, Person.login == self.applicant.student)
        )
        return session.scalars(statement).one()

    def case(self, session: Session) -> str:
        """The business key of its case."""
        return self.application(session).business_key

    def answer(
        self,
        day: date,
        who: str,
        element: str,
        outcome: str | None = None,
        reason: str | None = None,
        data: Callable[[Moment], Mapping[str, object]] | None = None,
        *,
        optional: bool = False,
    ) -> Answer:
        """Somebody's next answer in its case."""
        return Answer(
            self.pace.on(day),
            who,
            APPLICATION,
            element,
            self.case,
            outcome,
            reason,
            data or {},
            optional,
        )

    # What the people do, step by step.

    def start(self, day: date) -> Do:
        """The student begins."""

        def begin(moment: Moment) -> int:
            ranking = self.call.ranking(moment.session, self.applicant.department)
            student = moment.person(self.applicant.student)
            return start_application(moment.engine, moment.unit, ranking, student).application_id

        return Do(self.pace.on(day), self.applicant.student, begin)

    def write(self, day: date) -> Do:
        """The student keeps what is written so far."""

        def half(moment: Moment) -> None:
            said = {**self.said(moment), "motivation": "", "languages": []}
            save_draft(moment.session, self.application(moment.session), said)

        return Do(self.pace.on(day), self.applicant.student, half)

    def apply(self, day: date, element: str = "apply", **changes: object) -> Answer:
        """The student submits it."""
        return self.answer(
            day,
            self.applicant.student,
            element,
            data=lambda moment: {**self.said(moment), **changes},
        )

    def said(self, moment: Moment) -> dict[str, object]:
        """What the student writes: up to three wishes among the department's places."""
        person = moment.person(self.applicant.student)
        ranking = self.call.ranking(moment.session, self.applicant.department)
        number = self.applicant.number
        # Neighbours want the same first places, so some are refused or wait.
        first = number // 10 % max(len(ranking.places) - 2, 1)
        wishes = ranking.places[first : first + 1 + number % 3]
        return {
            "student_number": f"9{student_code(person.id)[-8:-1]}",
            "enrolled": "true",
            "years_completed": str(1 + number % 2),
            "debts": "false",
            "conditional": "false",
            "eqf_level": LEVEL,
            "isced_f": curricula()[self.applicant.department].isced_f,
            "erasmus_months": "0",
            "motivation": (
                "Ce séjour complète mon parcours : les cours choisis prolongent ceux que je suis "
                "ici, dans la langue et le pays dont ils parlent."
            ),
            "languages": [
                {"language": place.language, "cefr": "B2"}
                for place in {each.language: each for each in wishes}.values()
            ],
            "wishes": [{"place": str(place.id)} for place in wishes],
        }

    def admit(self, day: date) -> Answer:
        """RI admits it with every wish."""

        def admitted(moment: Moment) -> dict[str, object]:
            wishes = self.application(moment.session).wishes
            chosen = [{"place": str(each.place_id), "admitted": "true"} for each in wishes]
            late = any(each.failed for each in wishes)
            remark = "Le niveau sera attesté avant le départ." if late else ""
            return {"wishes": chosen, "remark": remark}

        return self.answer(day, DESK, "check_admissibility", "admit", data=admitted)

    def score(self, day: date) -> Answer:
        """The coordinator gives points."""
        drawn = [self.pace.random.randrange(14, 39) / 2 for _ in CRITERIA]
        points = {name: str(value) for name, value in zip(CRITERIA, drawn, strict=True)}
        return self.answer(
            day, self.coordinator, "score", "score", data=lambda _: {"points": points}
        )


def decided(dossier: Dossier, allocated: date, last: date) -> Hosted:
    """An application in the campaign that is decided; gives the partner, once it says yes.

    ``last`` is the day on which the partner answers.
    """
    number, pace, call = dossier.applicant.number, dossier.pace, dossier.call
    days = pace.days(call.closes - timedelta(days=number % 9 + 2), 2, 9)
    yield dossier.start(days[0])
    yield dossier.apply(days[1])
    checked = call.closes + timedelta(days=2 + number % 3)
    if number % 12 == 7:
        yield dossier.answer(
            checked,
            DESK,
            "check_admissibility",
            "refuse",
            "Le séjour demandé dépasserait douze mois Erasmus dans ce cycle.",
        )
        return None
    yield dossier.admit(checked)
    yield dossier.score(checked + timedelta(days=3 + number % 4))
    confirmed = allocated + timedelta(days=2 + number % 4)
    if number % 12 == 4:
        gone = "J’ai obtenu un stage de longue durée à Toulouse."
        student = dossier.applicant.student
        if (yield dossier.answer(confirmed, student, "confirm", "withdraw", gone, optional=True)):
            return None
    return (yield from _on_the_way(dossier, confirmed, last))


def _on_the_way(dossier: Dossier, confirmed: date, last: date) -> Hosted:
    """Confirmed, nominated, accepted; who is on the reserve may get a place some days later."""
    student = dossier.applicant.student
    for day in (confirmed, confirmed + timedelta(days=5)):
        if (yield dossier.answer(day, student, "confirm", "confirm", optional=True)):
            break
    else:
        return None
    named = min(confirmed + timedelta(days=8), last - timedelta(days=4))
    yield dossier.answer(named, DESK, "nominate", "nominate")
    host = yield Do(dossier.pace.on(named), DESK, lambda moment: _host(dossier, moment))
    if dossier.applicant.number % 12 == 10:
        # This partner takes its time: its answer is overdue.
        return None
    contact = partners()[host].contact
    yield dossier.answer(
        last,
        PARTNER,
        "partner_answer",
        "approve",
        data=lambda _: {"signer_name": contact, "comment": "We look forward to the stay."},
    )
    return str(host)


def _host(dossier: Dossier, moment: Moment) -> str:
    nomination = dossier.application(moment.session).nomination
    assert nomination is not None
    return nomination.place.hei_id


def applying(dossier: Dossier, today: date) -> Telling:
    """An application in the campaign that is open, as far as it has come."""
    number, call = dossier.applicant.number, dossier.call
    first = max(call.opens, today - timedelta(days=12 - number % 6))
    yield dossier.start(first)
    if number % 4 == 0:
        yield dossier.write(first + timedelta(days=1))
        return
    low = [{"language": "sv", "cefr": "A2"}] if number == 5 else None
    sent = first + timedelta(days=2)
    yield dossier.apply(sent, languages=low) if low else dossier.apply(sent)
    if number % 4 == 1:
        return
    if number % 4 == 2:
        missing = "Le relevé de notes de la première année manque."
        yield dossier.answer(
            sent + timedelta(days=2), DESK, "check_admissibility", "return", missing
        )
        return
    yield dossier.admit(sent + timedelta(days=2))
    if number % 8 == 3:
        yield dossier.score(sent + timedelta(days=4))
