"""Validation plans of students who go outside the programme."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from workflows.demo.dates import Pace
from workflows.demo.script import Answer, Do, Moment, Telling
from workflows.demo.stays import Stay
from workflows.demo.world import curricula
from workflows.people.models import Membership, Person
from workflows.people.services import teacher_group
from workflows.validation_plan.services import open_plan

WRITTEN, ACCEPTED, CHECKED, SIGNED_BY_STUDENT, SIGNED = range(1, 6)
"""How far a plan comes."""


def plan(stay: Stay, pace: Pace, days: Sequence[date], reach: int) -> Telling:
    """A plan, opened on the first of ``days`` and answered on the others."""

    def start(moment: Moment) -> int:
        found = open_plan(
            moment.engine,
            moment.unit,
            student=moment.person(stay.student),
            department=stay.department,
            receiving_hei_id=stay.partner,
            academic_year=stay.academic_year,
            home_hei_id=moment.home,
            omobility_id=stay.omobility_id,
        )
        return found.mobility_id

    yield Do(pace.on(days[0]), stay.student, start)
    steps = (
        (stay.student, "draft", None),
        (None, "teachers_agree", "approve"),
        (stay.coordinator, "check_coherence", "approve"),
        (stay.student, "sign_student", "approve"),
        (stay.coordinator, "sign_sending", "approve"),
    )
    for (who, element, outcome), day in list(zip(steps, days[1:], strict=False))[:reach]:
        if who is None:
            for teacher in TEACHERS[stay.department]:
                yield _answer(stay, pace, day, teacher, element, outcome)
        else:
            yield _answer(stay, pace, day, who, element, outcome)


TEACHERS = {
    "lea": ("thomas.besson", "laure.estienne"),
    "his": ("yves.roquelaure",),
    "mi": ("vincent.albert",),
    "let": ("agathe.rouzaud",),
    "iut": ("sylvain.pons",),
}
"""Who answers for the units of each department, by login."""


def _answer(
    stay: Stay, pace: Pace, day: date, who: str, element: str, outcome: str | None
) -> Answer:
    def data(moment: Moment) -> dict[str, object]:
        return _written(stay, moment) if element == "draft" else {}

    return Answer(pace.on(day), who, "validation_plan", element, stay.case, outcome, None, data)


def _written(stay: Stay, moment: Moment) -> dict[str, object]:
    """Each unit at home with its teacher; the last one is kept and followed from afar."""
    statement = (
        select(Person.id)
        .join(Membership)
        .where(Membership.group == teacher_group(stay.department))
        .order_by(Person.id)
    )
    teachers = list(moment.session.scalars(statement))
    curriculum = curricula()[stay.department]
    abroad = curriculum.offered(stay.host.language)
    rows = []
    for number, (code, title, ects) in enumerate(curriculum.home):
        row: dict[str, object] = {
            "unit_code": code,
            "unit_title": title,
            "credits": ects,
            "term": "semester_1",
            "teacher_id": str(teachers[number % len(teachers)]),
        }
        if number == len(curriculum.home) - 1:
            rows.append({**row, "disposition": "kept_distance"})
            continue
        course = {
            "code": abroad[number][0],
            "title": abroad[number][1],
            "credits": abroad[number][2],
        }
        rows.append(
            {
                **row,
                "disposition": "replaced",
                "failure_rule": "resit_equivalent_unit",
                "courses": [course],
            }
        )
    return {
        "start_date": stay.start.isoformat(),
        "end_date": stay.end.isoformat(),
        "conversion_method": "grid",
        "conversion_note": "Grille votée par le département.",
        "rows": rows,
    }
