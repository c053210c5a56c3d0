"""What the admission's lifecycle plugs into the engine."""

from __future__ import annotations

from workflows.admission.jobs import services
from workflows.admission.steps import HANDLERS
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "admission",
    handlers=HANDLERS,
    services=services,
    pages=frozenset({"admission.admissibility", "admission.review"}),
)
