"""What the recognition plugs into the engine."""

from __future__ import annotations

from workflows.lifecycle import Lifecycle
from workflows.recognition.jobs import services
from workflows.recognition.steps import HANDLERS

LIFECYCLE = Lifecycle(
    "recognition",
    handlers=HANDLERS,
    services=services,
    pages=frozenset(
        {
            "recognition.transcript",
            "recognition.match",
            "recognition.propose",
            "recognition.decide",
            "recognition.register",
        }
    ),
)
