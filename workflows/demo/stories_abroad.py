"""What follows a signed contract: exams excused, changes during the stay, a stay cut short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from workflows.contract.reading import version_in_force
from workflows.contract_change.proposals import EARLIER
from workflows.contract_change.semesters import set_semester_start
from workflows.contract_change.services import Wish, ask_for_change, withdraw
from workflows.demo.dates import Pace
from workflows.demo.people import DESK, RECORDS
from workflows.demo.script import PARTNER, Answer, Data, Do, Moment, Telling
from workflows.demo.stays import Stay, component
from workflows.demo.world import curricula
from workflows.exam_waiver.policy import CHOICE, TOO_LATE
from workflows.exam_waiver.reading import open_waiver, view_of
from workflows.mobility.services import get_mobility
from workflows.mobility.stays import cut_short

WAIVER, CHANGE = "exam_waiver", "contract_change"
GRANTED, REFUSED, RETURNED, PROPOSED, ENDORSED = (
    "granted",
    "refused",
    "returned",
    "proposed",
    "endorsed",
)
"""How a waiver ends, or where it waits: before the coordinator, or before the head."""

SIGNED, REJECTED, ASKED, TAKEN_BACK = "signed", "rejected", "asked", "taken back"
"""How a change ends, or that it waits for its proposal."""


def waiver(stay: Stay, pace: Pace, first: date, ending: str = GRANTED) -> Telling:
    """The exams a signed contract excuses from, decided from ``first`` on."""
    if ending == PROPOSED:
        return
    if ending == REFUSED:
        reason = "Les examens sont organisés à distance cette année ; vous pouvez les passer."
        yield _waiver(stay, pace, first, stay.coordinator, "propose", "reject", reason)
        return
    yield _waiver(stay, pace, first, stay.coordinator, "propose", "approve")
    if ending == ENDORSED:
        return
    decided = first + timedelta(days=pace.random.randint(1, 4))
    if ending == RETURNED:
        reason = "Le projet tutoré n’a pas d’examen : retirez-le de la liste."
        yield _waiver(stay, pace, decided, stay.head, "decide", "return", reason)
        decided += timedelta(days=3)
        yield _waiver(
            stay, pace, decided - timedelta(days=1), stay.coordinator, "propose", "approve"
        )
    yield _waiver(stay, pace, decided, stay.head, "decide", "approve")
    recorded = decided + timedelta(days=pace.random.randint(1, 3))
    yield _waiver(stay, pace, recorded, RECORDS, "record")


def _waiver(
    stay: Stay,
    pace: Pace,
    day: date,
    who: str,
    element: str,
    outcome: str | None = None,
    reason: str | None = None,
) -> Answer:
    def data(moment: Moment) -> Mapping[str, object]:
        if element == "record":
            return {"coded": True, "reference": f"APO-{day:%Y}-{stay.case(moment.session)}"}
        listed = element == "propose" and outcome == "approve"
        return _exams(moment, int(stay.case(moment.session))) if listed else {}

    return Answer(pace.on(day), who, WAIVER, element, stay.case, outcome, reason, data, True)


def _exams(moment: Moment, mobility: int) -> dict[str, object]:
    """Every exam that may be chosen, with the exception that late ones need."""
    found = open_waiver(moment.session, mobility)
    view = view_of(found) if found else None
    exams = [exam for exam in (view.exams if view else ()) if exam.excused or exam.cause in CHOICE]
    late = any(exam.cause == TOO_LATE for exam in exams) or bool(view and view.retroactive)
    said = {"exception": "Le partenaire a signé pendant la session."} if late else {}
    return {"exams": [str(exam.id) for exam in exams], **said}


def shortened(stay: Stay, pace: Pace, told: date, last_day: date) -> Telling:
    """The student comes home early: the waiver is recomputed and decided anew."""

    def cut(moment: Moment) -> None:
        cut_short(
            moment.unit,
            int(stay.case(moment.session)),
            last_day=last_day.isoformat(),
            reason="Retour anticipé pour raison familiale.",
            home_hei_id=moment.home,
        )

    yield Do(pace.on(told), DESK, cut)
    yield _waiver(stay, pace, told + timedelta(days=1), stay.head, "decide", "approve")
    yield _waiver(stay, pace, told + timedelta(days=3), RECORDS, "record")


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a contract: asked for on a day, by whom it is admitted if it is late."""

    asked: date
    ending: str = SIGNED
    number: int = 0


def change(stay: Stay, pace: Pace, said: Amendment) -> Telling:
    """A course abroad is replaced by another one."""
    day = said.asked
    yield Do(pace.on(day), stay.student, lambda moment: _ask(stay, moment))
    yield _change(
        stay,
        pace,
        day + timedelta(days=1),
        stay.coordinator,
        "admit",
        "approve",
        data={"admission": "L’annulation vient du partenaire."},
        optional=True,
    )
    if said.ending == ASKED:
        return
    if said.ending == TAKEN_BACK:
        yield Do(pace.on(day + timedelta(days=2)), stay.student, lambda m: _take_back(stay, m))
        return
    yield from _agreed(stay, pace, day, rejected=said.ending == REJECTED)


def _agreed(stay: Stay, pace: Pace, day: date, *, rejected: bool) -> Telling:
    """The proposal, its signatures, and what the partner says."""
    yield _change(
        stay,
        pace,
        day + timedelta(days=2),
        stay.student,
        "propose",
        data=lambda moment: _proposal(stay, moment),
    )
    yield _change(stay, pace, day + timedelta(days=3), stay.student, "sign_student", "approve")
    yield _change(stay, pace, day + timedelta(days=5), stay.coordinator, "sign_sending", "approve")
    yield _change(
        stay,
        pace,
        day + timedelta(days=6),
        DESK,
        "check_admin",
        "approve",
        data={"home_registration": True},
    )
    reject = "The course you chose is full; please propose another one."
    yield _change(
        stay,
        pace,
        day + timedelta(days=9),
        PARTNER,
        "partner_answer",
        "reject" if rejected else "approve",
        reject if rejected else None,
        data={} if rejected else stay.signer,
    )


def _change(
    stay: Stay,
    pace: Pace,
    day: date,
    who: str,
    element: str,
    outcome: str | None = None,
    reason: str | None = None,
    *,
    data: Data | None = None,
    optional: bool = False,
) -> Answer:
    return Answer(
        pace.on(day), who, CHANGE, element, stay.case, outcome, reason, data or {}, optional
    )


def _ask(stay: Stay, moment: Moment) -> int:
    wish = Wish(
        party="student",
        about="components",
        reason="Un des cours choisis n’est finalement pas donné ce semestre.",
        late_reason="Le partenaire l’a annoncé hier.",
    )
    number = int(stay.case(moment.session))
    asked = ask_for_change(moment.engine, moment.unit, number, wish, home_hei_id=moment.home)
    return asked.instance_id


def _take_back(stay: Stay, moment: Moment) -> None:
    reason = "Le cours est donné, finalement."
    withdraw(moment.engine, moment.unit, int(stay.case(moment.session)), reason)


def _proposal(stay: Stay, moment: Moment) -> dict[str, object]:
    """The third course abroad goes, another one comes."""
    base = version_in_force(moment.session, int(stay.case(moment.session)))
    assert base is not None, f"the contract of {stay.student} is signed"
    gone = [row for row in base.components if row.part == "studied"][2]
    added = component(curricula()[stay.department].replacement, stay.term)
    del added["lineage"]
    return {
        EARLIER: [{"lineage": gone.lineage, "remove": "1", "reason_code": "not-available"}],
        "studied": [{**added, "reason_code": "substituting-deleted"}],
    }


def semester_begins(stay: Stay, pace: Pace, day: date) -> Do:
    """RI enters the day on which the partner's semester begins."""

    def enter(moment: Moment) -> None:
        mobility = get_mobility(moment.session, int(stay.case(moment.session)))
        set_semester_start(
            moment.unit,
            hei_id=mobility.receiving_hei_id,
            academic_year=stay.academic_year,
            semester=str(stay.term),
            starts_on=stay.start.isoformat(),
        )

    return Do(pace.on(day), DESK, enter)
