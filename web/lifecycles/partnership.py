"""Agreements on pages: the file, the opinions, the form of the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, WorkItem
from web import current
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.words import duties
from workflows.partners.services import institution_name
from workflows.partnership.models import Partnership
from workflows.partnership.services import get_partnership, renewal_of

FILE = (
    "purpose",
    "isced_f",
    "places_out",
    "places_in",
    "starts_on",
    "years",
    "home_curriculum",
    "partner_curriculum",
    "grade_grid",
)


def _shown(business_key: str) -> Mapping[str, Any] | None:
    kind, _sep, number = business_key.partition("-")
    if kind != "partnership" or not (number.isascii() and number.isdigit()):
        return None
    with current.reading() as rows:
        found = get_partnership(rows, int(number))
        renewal = renewal_of(rows, found.id)
        partner = institution_name(rows, found.hei_id)
        rows.expunge_all()
    return {"partnership": found, "renewal": renewal, "partner": partner, "duties": duties}


def _task(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    found = _shown(item.business_key)
    if found is None:
        return {"partnership": None, "duties": duties}
    return {
        **found,
        "values": {**_written(found["partnership"]), **(typed.data or {})},
        "error_labels": {
            "purpose": _("What it is for"),
            "isced_f": _("Field of education (ISCED-F)"),
            "places_out": _("Places for our students, a year"),
            "places_in": _("Places for their students, a year"),
            "starts_on": _("First day"),
            "years": _("Years"),
            "home_curriculum": _("Our curriculum"),
            "partner_curriculum": _("Their curriculum"),
            "grade_grid": _("Grade grid"),
        },
        "reason_label": _("Why? The proposer reads this."),
    }


def _written(partnership: Partnership) -> dict[str, str]:
    """The file as far as it is written; an empty number is not written yet."""
    values = {name: getattr(partnership, name) for name in FILE}
    known = {name: value for name, value in values.items() if value or partnership.starts_on}
    return {name: "" if value is None else str(value) for name, value in known.items()}


def _case(case: Instance) -> Mapping[str, Any] | None:
    return _shown(case.business_key)


def _page(inputs: str | None = None, *, signs: bool = False) -> TaskPage:
    return TaskPage(
        body="partnership/_file.html",
        preview="partnership/_preview.html",
        inputs=f"partnership/{inputs}.html" if inputs else None,
        context=_task,
        signs=signs,
    )


TASK_PAGES: Mapping[str, TaskPage] = {
    "partnership": _page(),
    "partnership.file": _page("_write"),
    "partnership.review": _page(),
    "partnership.sign": _page(signs=True),
    "partnership.renew": _page("_renew"),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("partnership/_file.html", _case)
