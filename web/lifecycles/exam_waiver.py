"""Exam waivers on pages: what their tasks and their case show."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, WorkItem
from web import current, words
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.submissions import Node
from workflows.exam_waiver.policy import CHOICE
from workflows.exam_waiver.reading import ExamView, WaiverView, view_of, waivers_of
from workflows.exam_waiver.services import obstacle, parties_of
from workflows.mobility.services import mobility_of_case
from workflows.mobility.stays import shortening_of

PICK = "pick_"
"""What the name of an exam's box begins with; its number follows."""


def _asked(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    """The list that waits, the stay it is about, and what has been typed."""
    with current.reading() as rows:
        mobility = mobility_of_case(rows, item.business_key)
        found = waivers_of(rows, mobility.id) if mobility else []
        waiver = view_of(found[-1]) if found else None
        shortened = shortening_of(rows, mobility.id) if mobility else None
        rows.expunge_all()
    return {
        "waiver": waiver,
        "agreement": mobility.agreement if mobility else None,
        "shortened": shortened,
        "picked": _picked(waiver, typed),
        "may_pick": may_pick,
        "exception": str((typed.data or {}).get("exception") or ""),
        "error_labels": {"exams": _("Exams"), "exception": _("Reason for the exception")},
    }


def _picked(waiver: WaiverView | None, typed: Typed) -> Collection[str]:
    """The numbers of the exams whose boxes are ticked: as typed, else as derived."""
    chosen = (typed.data or {}).get("exams")
    if isinstance(chosen, list):
        return {str(each) for each in chosen}
    return {str(exam.id) for exam in waiver.excused} if waiver else set()


def may_pick(exam: ExamView) -> bool:
    """Whether the coordinator has a choice; what the contract took out is settled."""
    return exam.excused or exam.cause in CHOICE


def _submission(data: dict[str, Node]) -> dict[str, Node]:
    """The ticked boxes as a list of exams."""
    boxes: list[Node] = [name.removeprefix(PICK) for name in data if name.startswith(PICK)]
    rest = {name: value for name, value in data.items() if not name.startswith(PICK)}
    return {**rest, "exams": boxes}


def _section(case: Instance) -> Mapping[str, Any] | None:
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        if mobility is None:
            return None
        waivers = [view_of(each) for each in waivers_of(rows, mobility.id)]
        hindered = obstacle(rows, mobility, current.settings().home_hei)
        viewer = current.signed_in().within("exam_waiver")
        party = parties_of(viewer.actor, mobility)
    return {
        "waivers": waivers,
        "may_ask": party and hindered is None,
    }


_READ = TaskPage(
    body="exam_waiver/_decide.html",
    preview="exam_waiver/_preview.html",
    context=_asked,
    reasons=words.waiver_reasons,
)

TASK_PAGES: Mapping[str, TaskPage] = {
    "exam_waiver": _READ,
    "exam_waiver.decide": _READ,
    "exam_waiver.propose": TaskPage(
        body="exam_waiver/_facts.html",
        inputs="exam_waiver/_propose.html",
        preview="exam_waiver/_preview.html",
        context=_asked,
        submission=_submission,
        reasons=words.waiver_reasons,
    ),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("exam_waiver/_case.html", _section)
