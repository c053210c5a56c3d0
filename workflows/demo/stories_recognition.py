"""Recognitions: a partner's transcript comes, grades are proposed, decided and registered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from workflows.contract.reading import effective_components, version_in_force
from workflows.demo.dates import Pace
from workflows.demo.grades import models
from workflows.demo.people import DESK, RECORDS
from workflows.demo.script import Answer, Data, Do, Moment, Telling
from workflows.demo.stays import Stay
from workflows.mobility.services import case_of
from workflows.office_work.local_time import ZONE
from workflows.recognition.services import PROCESS, begin, entered

if TYPE_CHECKING:
    from workflows.recognition.models import PartnerTranscript, Recognition

RECOGNITION = "recognition"
AWAITED, TO_PROPOSE, TO_DECIDE, TO_REGISTER, DONE = range(5)
"""How far a recognition comes: which answer it waits for, or none."""


def recognition(
    stay: Stay, pace: Pace, arrives: date, *, reach: int = DONE, failed: int = 0
) -> Telling:
    """From the end of the stay to the decision; ``failed`` courses abroad were not passed."""
    begins = arrives - timedelta(days=5 if reach != AWAITED else 30)
    yield Do(pace.on(begins), DESK, lambda moment: _begin(stay, moment))
    if reach == AWAITED:
        return
    yield _answer(
        stay,
        pace,
        arrives,
        DESK,
        "enter_transcript",
        data=lambda moment: _transcript(stay, pace, moment, failed),
    )
    if reach != TO_PROPOSE:
        yield from _decided(stay, pace, arrives, reach, "partly" if failed else "recognised")


def _decided(stay: Stay, pace: Pace, arrives: date, reach: int, verdict: str) -> Telling:
    """What coordinator, board and registrar do with the transcript, as far as they come."""
    day = arrives + timedelta(days=pace.random.randint(2, 5))
    yield _answer(stay, pace, day, stay.coordinator, "match", "approve", optional=True)
    yield _answer(
        stay,
        pace,
        day,
        stay.coordinator,
        "propose",
        "approve",
        data=lambda moment: _shown(stay, moment, None),
    )
    if reach == TO_DECIDE:
        return
    day += timedelta(days=pace.random.randint(4, 8))
    yield _answer(
        stay,
        pace,
        day,
        stay.jury,
        "decide",
        "approve",
        data=lambda moment: _shown(stay, moment, verdict),
    )
    if reach == TO_REGISTER:
        return
    day += timedelta(days=pace.random.randint(1, 4))
    yield _answer(
        stay,
        pace,
        day,
        RECORDS,
        "register",
        "approve",
        data={"register_reference": f"PV-{day:%Y}-{stay.department.upper()}"},
    )


def _answer(
    stay: Stay,
    pace: Pace,
    day: date,
    who: str,
    element: str,
    outcome: str | None = None,
    *,
    data: Data | None = None,
    optional: bool = False,
) -> Answer:
    return Answer(
        pace.on(day), who, RECOGNITION, element, stay.case, outcome, None, data or {}, optional
    )


def _begin(stay: Stay, moment: Moment) -> int:
    number = int(stay.case(moment.session))
    return begin(moment.engine, moment.unit, number, home_hei_id=moment.home)


def _transcript(stay: Stay, pace: Pace, moment: Moment, failed: int) -> dict[str, object]:
    """What the partner certifies: every course that was agreed, with a grade on its scale."""
    version = version_in_force(moment.session, int(stay.case(moment.session)))
    assert version is not None, f"the contract of {stay.student} is signed"
    agreed = [row for row in effective_components(version) if row.part == "studied"]
    rows = [
        {
            "code": row.los_code or "",
            "title": row.title,
            "credits": row.credits[0].text,
            "grade": _grade(stay, pace, number < failed),
            "status": "failed" if number < failed else "passed",
        }
        for number, row in enumerate(agreed)
    ]
    received = moment.unit.now.astimezone(ZONE).date()
    return {
        "received_on": received.isoformat(),
        "issued_on": (received - timedelta(days=6)).isoformat(),
        "scale": stay.host.scale,
        "rows": rows,
    }


def _grade(stay: Stay, pace: Pace, fails: bool) -> str:
    model = models()[stay.host.scale]
    return model.failed if fails else pace.random.choice(model.given)


def _shown(stay: Stay, moment: Moment, verdict: str | None) -> Mapping[str, object]:
    """What the page sends back: every grade as it stands, and the verdict."""
    case = case_of(moment.session, int(stay.case(moment.session)), PROCESS, active=True)
    assert case is not None, f"no recognition of {stay.student} is under way"
    recognition, transcript = entered(moment.session, case)
    said: dict[str, object] = {
        "proposal": str(recognition.proposal),
        "lines": _lines(transcript),
    }
    return {**said, **_verdict(recognition, verdict)} if verdict else said


def _lines(transcript: PartnerTranscript) -> list[dict[str, object]]:
    """A grade the conversion could not give is explained."""
    lines: list[dict[str, object]] = []
    for line in transcript.lines:
        grade = "" if line.final_grade is None else format(line.final_grade, "f")
        reason = "" if grade else "Validé sans note."
        lines.append({"id": str(line.id), "grade": grade, "reason": reason})
    return lines


def _verdict(recognition: Recognition, verdict: str) -> dict[str, object]:
    return {"verdict": verdict, "verdict_reason": "Décision du jury au vu du relevé."}
