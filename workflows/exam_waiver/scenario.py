"""What scenarios can do with exam waivers, and look up in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.contract.reading import contract_view
from workflows.exam_waiver.policy import CHOICE
from workflows.exam_waiver.reading import (
    WaiverView,
    open_waiver,
    view_of,
    waiver_in_force,
    waivers_of,
)
from workflows.exam_waiver.services import ask_for_waiver
from workflows.papers.documents import content

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _ask(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Ask for a waiver, with a ``reason``; gives the case."""
    given = stage.given(arguments, reason="The contract was signed late.")
    with stage.unit() as unit:
        return ask_for_waiver(
            stage.engine,
            unit,
            stage.mobility,
            reason=given["reason"],
            home_hei_id=stage.home_hei_id,
        )


def _listed(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """What the coordinator sends: all exams that may be chosen, but for some.

    Arguments: ``without``, titles of units that are left out, and ``exception``.
    """
    given = stage.given(arguments, without=[], exception=None)
    with stage.reading() as session:
        waiver = open_waiver(session, stage.mobility)
        view = view_of(waiver) if waiver else None
    exams = view.exams if view else ()
    chosen = [
        str(exam.id)
        for exam in exams
        if exam.title not in given["without"] and (exam.excused or exam.cause in CHOICE)
    ]
    said = {"exception": given["exception"]} if given["exception"] else {}
    return {"exams": chosen, **said}


def _home_change(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """A change of what is recognised at home, as the page of changes sends it.

    Arguments: ``without``, titles taken out, and ``plus``, those added as
    ``{title: credits}``.
    """
    given = stage.given(arguments, without=[], plus={})
    with stage.reading() as session:
        base = contract_view(session, stage.mobility).in_force
    assert base is not None, "the contract is signed"
    return {
        "earlier": [
            {"lineage": row.lineage, "remove": "1", "reason_code": "timetable-conflict"}
            for row in base.part("recognised").rows
            if row.title in given["without"]
        ],
        "recognised": [
            {
                "title": title,
                "term_number": "1",
                "total_terms": "2",
                "credits": [{"scheme": "ects", "value": str(credits_)}],
                "reason_code": "substituting-deleted",
            }
            for title, credits_ in given["plus"].items()
        ],
    }


def _view(stage: Stage) -> WaiverView | None:
    with stage.reading() as session:
        found = waivers_of(session, stage.mobility)
        return view_of(found[-1]) if found else None


def _marks(stage: Stage, _: Mapping[str, Any]) -> dict[str, str]:
    """What became of each exam of the newest list, by unit (and session where it is a resit)."""
    view = _view(stage)
    return {
        exam.title if exam.session == 1 else f"{exam.title} (2)": exam.cause or exam.mark
        for exam in (view.exams if view else ())
    }


def _excused(stage: Stage, _: Mapping[str, Any]) -> list[str]:
    """The units excused by the decision in force."""
    with stage.reading() as session:
        waiver = waiver_in_force(session, stage.mobility)
        return [exam.title for exam in view_of(waiver).excused] if waiver else []


def _letter_size(stage: Stage, _: Mapping[str, Any]) -> bool:
    """Whether the newest decision's letter is a sealed PDF."""
    view = _view(stage)
    if view is None or view.document_id is None:
        return False
    with stage.reading() as session:
        letter = content(session, view.document_id)
    return letter.startswith(b"%PDF-1.7") and b"/ETSI.CAdES.detached" in letter


def _of_view(look: Callable[[WaiverView], Any]) -> Callable[[Stage, Mapping[str, Any]], Any]:
    def filler(stage: Stage, _: Mapping[str, Any]) -> Any:
        view = _view(stage)
        return look(view) if view else None

    return filler


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "ask_for_waiver": _ask,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "home_change": _home_change,
    "waiver_exams": _listed,
    "waiver_marks": _marks,
    "exams_excused": _excused,
    "waiver_sealed": _letter_size,
    "waiver_codes": _of_view(lambda view: [exam.code for exam in view.exams]),
    "waiver_number": _of_view(lambda view: view.number),
    "waiver_status": _of_view(lambda view: view.status.value),
    "waiver_retroactive": _of_view(lambda view: view.retroactive),
    "waiver_recorded_by": _of_view(lambda view: view.recorded_by),
}
