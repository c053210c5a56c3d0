"""Grades of incoming students: certified, checked, sealed, sent, acknowledged, corrected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from workflows.demo.dates import Pace, Term
from workflows.demo.people import DESK
from workflows.demo.script import PARTNER, Answer, Data, Do, Moment, Telling
from workflows.demo.stays import Stay
from workflows.grade_transfer.cases import correct
from workflows.grade_transfer.courses import courses_of
from workflows.grade_transfer.transcripts import transcripts_of

GRADES = "grade_transfer"
MARKS = ("9", "11", "12", "12.5", "13", "14", "14.5", "15", "16", "17")
ABSENT, RESIT = "ABI", "R"


def results_on(term: Term) -> date:
    """About when a term's marks are certified."""
    return date(term.year + 1, 2, 1) if term.number == 1 else date(term.year + 1, 6, 15)


def transferred(stay: Stay, pace: Pace, first: date, *, acknowledged: bool = True) -> Telling:
    """From the grade sheet to the partner's acknowledgement; ``first`` is when marks come."""
    yield _grades(
        stay,
        pace,
        first,
        stay.coordinator,
        "certify",
        data=lambda moment: _marks(stay, pace, moment),
    )
    yield from _issued(stay, pace, first + timedelta(days=3))
    if acknowledged:
        yield _acknowledged(stay, pace, first + timedelta(days=9))


def corrected(stay: Stay, pace: Pace, asked: date) -> Telling:
    """A mark was wrong: it is opened again, and a transcript supersedes the first one."""

    def reopen(moment: Moment) -> None:
        mobility = int(stay.case(moment.session))
        course = courses_of(moment.session, mobility)[0]
        correct(
            moment.engine,
            moment.unit,
            mobility,
            [course.id],
            reason="Erreur de saisie signalée par l’enseignant.",
            key=f"demo {stay.student}",
        )

    yield Do(pace.on(asked), DESK, reopen)
    yield _grades(
        stay,
        pace,
        asked + timedelta(days=2),
        stay.coordinator,
        "certify",
        data=lambda moment: _marks(stay, pace, moment),
    )
    yield from _issued(stay, pace, asked + timedelta(days=3), reason="correction")
    yield _acknowledged(stay, pace, asked + timedelta(days=8))


def _issued(stay: Stay, pace: Pace, day: date, reason: str = "") -> Telling:
    """RI checks against the contract, then signs exactly what was frozen."""
    checked: dict[str, object] = {
        "first_day": stay.start.isoformat(),
        "last_day": stay.end.isoformat(),
    }
    if reason:
        checked["change_reason"] = reason
    yield _grades(stay, pace, day, DESK, "check", "issue", data=lambda _: checked)
    yield _grades(
        stay,
        pace,
        day + timedelta(days=1),
        DESK,
        "sign",
        "sign",
        data=lambda moment: {"digest": _last_digest(stay, moment)},
    )


def _acknowledged(stay: Stay, pace: Pace, day: date) -> Answer:
    said = {"signer_name": stay.host.contact, "signer_position": "Erasmus coordinator"}
    return _grades(stay, pace, day, PARTNER, "acknowledge", "acknowledge", data=lambda _: said)


def _grades(
    stay: Stay,
    pace: Pace,
    day: date,
    who: str,
    element: str,
    outcome: str | None = None,
    *,
    data: Data | None = None,
) -> Answer:
    return Answer(pace.on(day), who, GRADES, element, stay.case, outcome, None, data or {})


def _marks(stay: Stay, pace: Pace, moment: Moment) -> Mapping[str, object]:
    """A mark for each course that is still open."""
    mobility = int(stay.case(moment.session))
    open_courses = [
        course
        for course in courses_of(moment.session, mobility)
        if course.certified_at is None and not course.dropped
    ]
    cells = {}
    for course in open_courses:
        # What is corrected gets another mark than before.
        others = [mark for mark in MARKS if mark != course.mark]
        cells[f"c{course.id}"] = pace.random.choice(others)
    return {"cells": cells}


def _last_digest(stay: Stay, moment: Moment) -> str:
    return transcripts_of(moment.session, int(stay.case(moment.session)))[-1].digest
