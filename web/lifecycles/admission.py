"""Admissions on pages: the nomination, the conditions, what each department answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine.errors import NotFound
from engine.values import Instance, WorkItem
from web import current
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.words import admission as said
from workflows.admission.services import of_mobility
from workflows.mobility.services import mobility_of_case
from workflows.partners.services import find_institution


def _shown(business_key: str) -> Mapping[str, Any] | None:
    with current.reading() as rows:
        mobility = mobility_of_case(rows, business_key)
        if mobility is None:
            return None
        try:
            nomination = of_mobility(rows, mobility.id)
        except NotFound:
            return None
        return {
            "nomination": nomination,
            "answers": {each.department: each for each in nomination.answers},
            "sender": find_institution(rows, mobility.sending_hei_id),
            "said": said,
        }


def _task(item: WorkItem, _typed: Typed) -> Mapping[str, Any]:
    return _shown(item.business_key) or {}


def _case(case: Instance) -> Mapping[str, Any] | None:
    return _shown(case.business_key)


_COMING = TaskPage(
    body="admission/_nomination.html",
    preview="admission/_preview.html",
    context=_task,
    reasons=said.reasons_not_to_come,
)
_ASKED = replace(_COMING, reasons=said.reasons_to_refuse)

TASK_PAGES: Mapping[str, TaskPage] = {
    "admission": _COMING,
    "admission.admissibility": _ASKED,
    "admission.review": _ASKED,
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("admission/_nomination.html", _case)
