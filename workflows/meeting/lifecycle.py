"""What the meeting's lifecycle plugs into the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.lifecycle import Lifecycle
from workflows.meeting.steps import HANDLERS, Remind

if TYPE_CHECKING:
    from engine.registry import Service
    from workflows.office import Office


def _services(_: Office) -> Mapping[str, Service]:
    return {"meeting.remind": Remind()}


LIFECYCLE = Lifecycle(
    "meeting",
    handlers=HANDLERS,
    services=_services,
    pages=frozenset({"meeting.publish", "meeting.attendance", "meeting.minutes"}),
)
