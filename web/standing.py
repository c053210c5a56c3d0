"""In whose place somebody uses the pages that a lifecycle has of its own.

Whoever replaces somebody in a lifecycle may open and use its pages as that person may. Who
looks sees with the eyes of all they replace; who changes something does so for themselves
where they may, else in the place of the first who may, and history keeps both names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import g, request

from web import current
from web.viewer import Viewer

LIFECYCLES: Mapping[str, str] = {
    "api.start": "contract",
    "applications": "application",
    "campaign_places": "application",
    "campaigns": "application",
    "contract_change": "contract_change",
    "difficulties": "difficulty",
    "exam_waiver": "exam_waiver",
    "grades": "grade_transfer",
    "grading_tables": "recognition",
    "grants": "grant",
    "imports": "contract",
    "meetings": "meeting",
    "nominations": "admission",
    "partnerships": "partnership",
    "rankings": "application",
    "recognition": "recognition",
    # Letters belong to no process: they fall to who replaces somebody in everything.
    "relay": "relay",
    "start": "contract",
    "stays": "contract",
    "validation_plan": "validation_plan",
}
"""The process that an endpoint, or all those of its blueprint, do the work of."""


def lifecycle_of(endpoint: str | None) -> str | None:
    """The process an endpoint belongs to; None for pages that are everybody's own."""
    name = endpoint or ""
    return LIFECYCLES.get(name, LIFECYCLES.get(name.partition(".")[0]))


def looking_at(viewer: Viewer, endpoint: str) -> Viewer:
    """The viewer as they look at the pages of an endpoint."""
    process = lifecycle_of(endpoint)
    return viewer.within(process) if process else viewer


def places(viewer: Viewer) -> Sequence[Viewer]:
    """The viewers somebody may be in the current request, in the order to be tried."""
    process = lifecycle_of(request.endpoint)
    if process is None:
        return (viewer,)
    return (
        (viewer.within(process),) if request.method in current.LOOKING else viewer.acting(process)
    )


def take(place: Viewer) -> None:
    """Let the rest of the request be this viewer's."""
    g.acting = place


def take_where(may: Callable[[Viewer], bool]) -> None:
    """Go on in the first place from which ``may`` allows what was sent, if there is one."""
    viewer = current.viewer()
    found = next((each for each in places(viewer) if may(each)), None) if viewer else None
    if found is not None:
        take(found)
