"""Incoming students in difficulty: reported, taken up, followed."""

from __future__ import annotations

from datetime import date, timedelta

from workflows.demo.dates import Pace
from workflows.demo.script import Answer, Do, Moment, Telling
from workflows.demo.stays import Stay
from workflows.difficulty.services import report
from workflows.office_work.local_time import ZONE

REPORTED, TAKEN_UP, MET, CLOSED = range(4)
"""How far the follow-up comes."""

WORDS = {
    "exam_clash": "Deux examens ont lieu le même matin, dans deux composantes.",
    "language": "Les cours magistraux vont trop vite ; je ne peux pas suivre les prises de notes.",
}


def difficulty(stay: Stay, pace: Pace, first: date, reach: int, kind: str) -> Telling:
    """One student's difficulty, reported by the coordinator on ``first``."""
    who, case = stay.coordinator, stay.case

    def start(moment: Moment) -> int:
        number = int(case(moment.session))
        said = {"kind": kind, "description": WORDS[kind], "no_health": True}
        found = report(moment.engine, moment.unit, number, said, home_hei_id=moment.home)
        return found.difficulty_id

    yield Do(pace.on(first), who, start)
    day = first + timedelta(days=1)
    taken = {"follower": "coordinator"}
    met = {
        "contacted_on": None,
        "summary": "Entretien d’une demi-heure ; le calendrier est aménagé avec les enseignants.",
        "measure": "adjusted_calendar",
    }

    def contact(moment: Moment) -> dict[str, object]:
        today = moment.unit.now.astimezone(ZONE).date()
        return {**met, "contacted_on": today.isoformat()}

    lines = (
        (day, "triage", "take_up", taken),
        (day + timedelta(days=1), "contact", None, contact),
        (
            day + timedelta(days=3),
            "adjust",
            None,
            {"arrangement": "Second examen déplacé à l’après-midi."},
        ),
        (
            day + timedelta(days=9),
            "close",
            None,
            {"conclusion": "L’étudiant a passé ses deux examens."},
        ),
    )
    for at, element, outcome, data in lines[: reach + (reach == CLOSED)]:
        yield Answer(pace.on(at), who, "difficulty", element, case, outcome, None, data)
