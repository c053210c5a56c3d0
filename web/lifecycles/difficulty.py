"""Difficulties on pages, for those few who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, InstanceQuery, InstanceStatus, WorkItem
from web import current
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.words import duties
from workflows.difficulty.models import KINDS, MEASURES
from workflows.difficulty.services import change_since, difficulty_of_case


def _shown(instance_id: int) -> Mapping[str, Any] | None:
    with current.reading() as rows:
        found = difficulty_of_case(rows, instance_id)
        if found is None:
            return None
        change = change_since(rows, found) if found.measure == "contract_change" else None
        case = change.instance_id if change else None
        rows.expunge_all()
    return {"difficulty": found, "duties": duties, "kinds": KINDS, "change": case}


def _task(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    found = _shown(item.instance_id)
    return {
        **(found or {"difficulty": None, "duties": duties}),
        "values": typed.data or {},
        "measures": MEASURES,
        "contract_case": _contract_case(item) if item.page == "difficulty.change" else None,
        "error_labels": {
            "follower": _("Who follows the student"),
            "contacted_on": _("Date of the meeting"),
            "summary": _("What was said"),
            "measure": _("What was agreed"),
            "arrangement": _("What was arranged"),
            "arranged_from": _("First day"),
            "arranged_until": _("Last day, if there are several"),
            "conclusion": _("Conclusion"),
        },
    }


def _contract_case(item: WorkItem) -> int | None:
    """The case of the student's learning agreement, where its change is asked for."""
    query = InstanceQuery(
        business_key=item.business_key, process="contract", status=InstanceStatus.COMPLETED, limit=1
    )
    found = current.engine().instances(actor=current.actor(), query=query).items
    return found[0].id if found else None


def _case(case: Instance) -> Mapping[str, Any] | None:
    return _shown(case.id)


def _page(inputs: str | None = None) -> TaskPage:
    return TaskPage(
        body="difficulty/_difficulty.html",
        preview="difficulty/_preview.html",
        inputs=f"difficulty/{inputs}.html" if inputs else None,
        context=_task,
    )


TASK_PAGES: Mapping[str, TaskPage] = {
    "difficulty": _page(),
    "difficulty.triage": _page("_triage"),
    "difficulty.contact": _page("_contact"),
    "difficulty.adjust": _page("_arrange"),
    "difficulty.change": _page("_arrange"),
    "difficulty.close": _page("_close"),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("difficulty/_difficulty.html", _case)
