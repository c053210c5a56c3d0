"""Incoming students: nominated, admitted, here; their agreements, which we answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from workflows.admission.services import nominate
from workflows.contract.agreements import AgreementImport
from workflows.contract.incoming import IncomingAgreement, read
from workflows.demo.casting import Role
from workflows.demo.dates import Pace
from workflows.demo.people import DESK, RECORDS
from workflows.demo.script import Answer, Do, Moment, Telling
from workflows.demo.sent_agreement import document
from workflows.demo.stays import Stay
from workflows.demo.world import curricula
from workflows.mobility.services import get_mobility
from workflows.people.models import Person

ADMISSION, CONTRACT = "admission", "contract"
NOMINATED, ADMITTED, REVIEWED, REGISTERED = range(4)
"""How far an admission comes."""


def nominated(stay: Stay, pace: Pace, day: date, departments: Sequence[str] = ()) -> Do:
    """RI records the nomination that the partner has sent."""

    def enter(moment: Moment) -> int:
        person = moment.person(stay.student)
        born = date(stay.start.year - 21, 1 + person.id % 12, 1 + person.id % 27)
        said = {
            "student_given_names": person.given_names,
            "student_family_name": person.family_name,
            "student_email": person.email,
            "student_birth_date": born.isoformat(),
            "student_global_id": _identifier(stay, person),
            "student_citizenship": stay.host.country,
            "student_gender": "9",
            "eqf_level_studied_at_departure": "6",
            "sending_hei_id": stay.partner,
            "receiving_academic_year_id": stay.academic_year,
            "start_date": stay.start.isoformat(),
            "end_date": stay.end.isoformat(),
            "isced_f_code": curricula()[stay.department].isced_f,
            "language": "fr",
            "cefr_level": "A2" if departments == ("low",) else "B2",
            "departments": [stay.department, *(code for code in departments if code != "low")],
            "omobility_id": stay.omobility_id,
        }
        found = nominate(
            moment.engine,
            moment.unit,
            said,
            home_hei_id=moment.home,
            key=stay.omobility_id,
        )
        return found.mobility_id

    return Do(pace.on(day), DESK, enter)


def _identifier(stay: Stay, person: Person) -> str:
    return f"urn:schac:personalUniqueCode:int:esi:{stay.partner}:{person.id * 104729 % 10**8:08d}"


def admitted(role: Role, pace: Pace, days: Sequence[date], reach: int) -> Telling:
    """The admission, answered on its days as far as ``reach``."""
    stay = role.stay
    second = ("his",) if role.number == 4 and stay.department != "his" else ()
    yield nominated(stay, pace, days[0], second)
    answers: tuple[tuple[int, str, str, dict[str, object]], ...] = (
        (ADMITTED, DESK, "check_admissibility", {}),
        (REVIEWED, stay.coordinator, "review", {}),
        (REGISTERED, RECORDS, "register", {"student_number": f"9{26_04_700 + role.number:07d}"}),
    )
    for step, who, element, data in answers:
        if step > reach:
            return
        yield _admission(stay, pace, days[step], who, element, "approve", data)
        if element == "review" and second and step < reach:
            yield _admission(stay, pace, days[step], "paul.roussel", element, "approve", {})


def arrived(stay: Stay, pace: Pace, day: date) -> Answer:
    """RI notes that the student came on the first day."""
    data: dict[str, object] = {"arrived_on": stay.start.isoformat()}
    return _admission(stay, pace, day, DESK, "confirm_arrival", "approve", data)


def turned_down(stay: Stay, pace: Pace, days: Sequence[date]) -> Telling:
    """RI admits the nomination, the department does not."""
    yield nominated(stay, pace, days[0])
    yield _admission(stay, pace, days[1], DESK, "check_admissibility", "approve", {})
    reason = "Les cours demandés sont complets ; une candidature au semestre suivant est possible."
    yield _admission(stay, pace, days[2], stay.coordinator, "review", "reject", {}, reason)


def _admission(
    stay: Stay,
    pace: Pace,
    day: date,
    who: str,
    element: str,
    outcome: str,
    data: dict[str, object],
    reason: str | None = None,
) -> Answer:
    return Answer(pace.on(day), who, ADMISSION, element, stay.case, outcome, reason, data)


def agreed(stay: Stay, pace: Pace, sent: date, *, first_rejected: bool = False) -> Telling:
    """The sending university's agreement comes in; our department reviews it, RI answers."""
    yield received(stay, pace, sent, 1)
    if first_rejected:
        reason = "Le deuxième cours n’est pas ouvert ce semestre."
        yield _contract(
            stay,
            pace,
            sent + timedelta(days=2),
            stay.coordinator,
            "review_receiving",
            "reject",
            reason,
        )
        comment = "The second course is not taught this term. Please choose another one."
        yield _contract(
            stay, pace, sent + timedelta(days=3), DESK, "answer_receiving", "reject", comment
        )
        sent += timedelta(days=7)
        yield received(stay, pace, sent, 2)
    yield _contract(
        stay, pace, sent + timedelta(days=2), stay.coordinator, "review_receiving", "approve"
    )
    yield _contract(stay, pace, sent + timedelta(days=4), DESK, "answer_receiving", "approve")


def _contract(
    stay: Stay,
    pace: Pace,
    day: date,
    who: str,
    element: str,
    outcome: str,
    reason: str | None = None,
) -> Answer:
    return Answer(pace.on(day), who, CONTRACT, element, stay.case, outcome, reason)


def received(stay: Stay, pace: Pace, day: date, version: int) -> Do:
    """RI reads in the agreement that student and sending university have signed."""

    def take_in(moment: Moment) -> int:
        mobility = get_mobility(moment.session, int(stay.case(moment.session)))
        (agreement,) = read(document(stay, mobility, moment, version))
        assert isinstance(agreement, IncomingAgreement)
        done = AgreementImport(moment.engine, moment.unit, agreement, moment.home).run()
        return done.mobility.id

    return Do(pace.on(day), DESK, take_in)
