"""What scenarios can do with a recognition, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workflows.grading.tables import record
from workflows.mobility.services import case_of
from workflows.recognition.models import PartnerTranscript, Recognition
from workflows.recognition.results import mean_of
from workflows.recognition.services import PROCESS, begin, entered

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage

TABLES = (
    ("usal.es", "ES", (("MH", 12), ("SB", 58), ("NT", 170), ("AP", 160))),
    (
        "",
        "FR",
        (
            ("18", 4),
            ("17", 9),
            ("16", 22),
            ("15", 43),
            ("14", 78),
            ("13", 104),
            ("12", 121),
            ("11", 113),
            ("10", 106),
        ),
    ),
)
"""Invented tables of a partner and of the home university, whose domain the stage knows."""


def _begin(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Begin the recognition of the last mobility opened; gives the case's number."""
    stage.given(arguments)
    with stage.unit() as unit:
        return begin(stage.engine, unit, stage.mobility, home_hei_id=stage.home_hei_id)


def _know_tables(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Record the grading tables of Salamanca and of the home university."""
    stage.given(arguments)
    with stage.unit() as unit:
        for hei_id, scale, entries in TABLES:
            record(
                unit.session,
                hei_id=hei_id or stage.home_hei_id,
                isced_f="0231",
                eqf=6,
                years=("2024/2025", "2025/2026"),
                scale=scale,
                entries=entries,
                source="scenario",
                actor="system",
                now=unit.now,
            )


def _transcript(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """A transcript in Spanish grades, received today.

    Arguments: ``grades``, by title, empty for a pass without a grade; ``credits``, by title
    where they differ from 6; ``scale``.
    """
    usual = {f"Curso {number}": "7,5" for number in range(1, 6)}
    given = stage.given(arguments, grades=usual, credits={}, scale="ES")
    rows = [
        {
            "title": title,
            "grade": str(grade or ""),
            "status": "" if grade else "passed",
            "credits": str(given["credits"].get(title, "6")),
        }
        for title, grade in given["grades"].items()
    ]
    today = stage.clock.at.date().isoformat()
    return {"received_on": today, "scale": given["scale"], "rows": rows}


def _links(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """The links of the match page; arguments name a course and the component it answers."""

    def look(_: Recognition, current: PartnerTranscript) -> dict[str, object]:
        ids = {each.title: str(each.id) for each in current.agreed}
        lines = []
        for line in current.lines:
            if line.present:
                known = str(line.agreed_id) if line.agreed_id else ""
                agreed = arguments.get(line.title)
                lines.append({"id": str(line.id), "agreed": ids[agreed] if agreed else known})
        return {"lines": lines}

    return dict(_look(stage, look))


def _decision(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """The grades as they stand.

    Arguments: ``grades`` by title as a list of grade and reason; ``verdict`` and
    ``verdict_reason`` of the jury.
    """
    given = stage.given(arguments, grades={}, verdict=None, verdict_reason=None)

    def look(recognition: Recognition, current: PartnerTranscript) -> dict[str, object]:
        lines = []
        for line in current.lines:
            stands = line.final_grade if line.agreed_id is not None else None
            said = line.jury_reason or line.coordinator_reason or ""
            grade, reason = given["grades"].get(line.title, [_text(stands), said])
            lines.append({"id": str(line.id), "grade": str(grade), "reason": reason})
        return {"proposal": str(recognition.proposal), "lines": lines}

    said = {name: given[name] for name in ("verdict", "verdict_reason") if given[name]}
    return {**_look(stage, look), **said}


def _look(stage: Stage, look: Callable[[Recognition, PartnerTranscript], Any]) -> Any:
    with stage.reading() as session:
        case = case_of(session, stage.mobility, PROCESS, active=True) or _ended(stage)
        return look(*entered(session, case))


def _ended(stage: Stage) -> int:
    return next(case.id for case in stage.cases() if case.key == "recognition")


def _fact(
    look: Callable[[Recognition, PartnerTranscript], Any],
) -> Callable[[Stage, Mapping[str, Any]], Any]:
    return lambda stage, _: _look(stage, look)


def _text(number: Decimal | None) -> str:
    return "" if number is None else format(number, "f")


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "begin_recognition": _begin,
    "know_grading_tables": _know_tables,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "partner_transcript": _transcript,
    "recognition_links": _links,
    "recognition_decision": _decision,
    "recognition_grades": _fact(
        lambda _, current: {line.title: _text(line.final_grade) for line in current.lines}
    ),
    "recognition_outcomes": _fact(
        lambda _, current: {line.title: line.outcome for line in current.lines}
    ),
    "recognition_units": _fact(
        lambda _, current: {unit.title: unit.recognised for unit in current.units}
    ),
    "recognition_verdict": _fact(lambda recognition, _: recognition.verdict),
    "recognition_by_rule": _fact(lambda recognition, _: recognition.verdict_by_rule),
    "recognition_mean": _fact(lambda recognition, _: _text(mean_of(recognition))),
    "recognition_credits": _fact(lambda recognition, _: _text(recognition.credits_awarded)),
}
