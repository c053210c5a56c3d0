"""Meetings on pages: what is announced, who comes, the minutes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from engine.values import Instance, WorkItem
from web import current
from web.lifecycles.base import CaseSection, TaskPage, Typed
from web.submissions import Node
from web.words import duties
from workflows.meeting.services import get_meeting, seats_of

PRESENT = "present_"
"""What the name of a person's box begins with; their number follows."""


def _shown(business_key: str) -> Mapping[str, Any] | None:
    kind, _sep, number = business_key.partition("-")
    if kind != "meeting" or not (number.isascii() and number.isdigit()):
        return None
    with current.reading() as rows:
        found = get_meeting(rows, int(number))
        seats = [(seat, seat.person.name) for seat in seats_of(rows, found.id)]
        rows.expunge_all()
    return {"meeting": found, "comers": seats, "duties": duties}


def _task(item: WorkItem, typed: Typed) -> Mapping[str, Any]:
    found = _shown(item.business_key)
    if found is None:
        return {"meeting": None, "comers": (), "duties": duties}
    data = typed.data or {}
    present = data.get("present")
    return {
        **found,
        "values": data,
        "present": set(present) if isinstance(present, list) else None,
        "error_labels": {
            "present": _("Who attended"),
            "added": _("Who came without signing up"),
            "minutes": _("Minutes"),
        },
        "reason_label": _("Why?"),
    }


def _submission(data: dict[str, Node]) -> dict[str, Node]:
    """The ticked boxes as a list of people."""
    ticked: list[Node] = [name.removeprefix(PRESENT) for name in data if name.startswith(PRESENT)]
    rest = {name: value for name, value in data.items() if not name.startswith(PRESENT)}
    return {**rest, "present": ticked}


def _case(case: Instance) -> Mapping[str, Any] | None:
    return _shown(case.business_key)


_PREVIEW = "meeting/_facts.html"

TASK_PAGES: Mapping[str, TaskPage] = {
    "meeting": TaskPage(body="meeting/_meeting.html", preview=_PREVIEW, context=_task),
    "meeting.publish": TaskPage(body="meeting/_meeting.html", preview=_PREVIEW, context=_task),
    "meeting.attendance": TaskPage(
        body="meeting/_facts.html",
        inputs="meeting/_attendance.html",
        preview=_PREVIEW,
        context=_task,
        submission=_submission,
    ),
    "meeting.minutes": TaskPage(
        body="meeting/_meeting.html",
        inputs="meeting/_minutes.html",
        preview=_PREVIEW,
        context=_task,
    ),
}
"""By the page a diagram names; the key of the process stands for its other tasks."""

CASE = CaseSection("meeting/_meeting.html", _case)
