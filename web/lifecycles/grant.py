"""Grants on pages: the facts, the amounts, what has happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, WorkItem
from web import current
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.words import duties
from workflows.grant.models import Grant
from workflows.grant.services import grant_of_case
from workflows.mobility.agreement import stay
from workflows.mobility.services import get_mobility
from workflows.mobility.stays import last_day_if_shortened


def _shown(instance_id: int) -> Mapping[str, Any] | None:
    with current.reading() as rows:
        grant = grant_of_case(rows, instance_id)
        if grant is None:
            return None
        first, last = stay(get_mobility(rows, grant.mobility_id).agreement)
        known = first, last_day_if_shortened(rows, grant.mobility_id) or last
        rows.expunge_all()
    return {"grant": grant, "known": known, "duties": duties}


def _task(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    found = _shown(item.instance_id)
    if found is None:
        return {"grant": None, "duties": duties}
    return {
        **found,
        "values": {**_usual(found["grant"], found["known"], item), **(typed.data or {})},
        "error_labels": {
            "stay_start": _("First day of the stay"),
            "stay_end": _("Last day of the stay"),
            "cycle_days": _("Days of aid already had in this cycle"),
            "paid_on": _("Date of the payment"),
            "amount": _("Amount in euros"),
            "reference": _("Reference in the finance system"),
            "arrived_on": _("Date of the confirmation of arrival"),
            "report_done": _("Participant report"),
            "exception": _("Why it is awarded all the same"),
        },
    }


def _usual(grant: Grant, known: tuple[Any, Any], item: WorkItem) -> dict[str, str]:
    """What a form shows before anybody has typed: what is known already."""
    first, last = grant.stay_start or known[0], grant.stay_end or known[1]
    prefinancing = item.element == "prefinance"
    amount = grant.prefinancing if prefinancing else abs(grant.balance)
    return {
        "stay_start": first.isoformat() if first else "",
        "stay_end": last.isoformat() if last else "",
        "cycle_days": str(grant.cycle_days),
        "enrolled": "true" if grant.enrolled else "",
        "crous_holder": "true" if grant.crous_holder else "",
        "amount": f"{amount:.2f}",
    }


def _case(case: Instance) -> Mapping[str, Any] | None:
    return _shown(case.id)


def _page(inputs: str | None = None) -> TaskPage:
    return TaskPage(
        body="grant/_grant.html",
        preview="grant/_preview.html",
        inputs=f"grant/{inputs}.html" if inputs else None,
        context=_task,
    )


TASK_PAGES: Mapping[str, TaskPage] = {
    "grant": _page(),
    "grant.assess": _page("_assess"),
    "grant.decide": _page("_decide"),
    "grant.sign": _page("_sign"),
    "grant.arrival": _page("_arrival"),
    "grant.payment": _page("_payment"),
    "grant.report": _page("_report"),
    "grant.verify": _page(),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("grant/_grant.html", _case)
