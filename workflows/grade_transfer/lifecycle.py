"""What the grade transfer plugs into the engine."""

from __future__ import annotations

from workflows.grade_transfer.jobs import services
from workflows.grade_transfer.news import contact
from workflows.grade_transfer.steps import HANDLERS
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "grade_transfer",
    handlers=HANDLERS,
    services=services,
    pages=frozenset(
        {
            "grade_transfer.certify",
            "grade_transfer.check",
            "grade_transfer.sign",
            "grade_transfer.acknowledge",
        }
    ),
    contact=contact,
)
