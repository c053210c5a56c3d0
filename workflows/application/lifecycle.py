"""What the application's lifecycle plugs into the engine."""

from __future__ import annotations

from workflows.application.automatic import services
from workflows.application.letters import CANCELLED, NominationCancelled, contact
from workflows.application.steps import HANDLERS
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "application",
    handlers=HANDLERS,
    services=services,
    job_kinds=lambda office: {CANCELLED: NominationCancelled(office)},
    pages=frozenset(
        {
            "application.apply",
            "application.check",
            "application.score",
            "application.appoint",
            "application.confirm",
            "application.nominate",
            "application.partner",
            "application.year",
        }
    ),
    contact=contact,
)
