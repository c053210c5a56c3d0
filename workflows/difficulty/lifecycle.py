"""What the difficulty's lifecycle plugs into the engine."""

from __future__ import annotations

from workflows.difficulty.steps import HANDLERS
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "difficulty",
    handlers=HANDLERS,
    pages=frozenset(
        {
            "difficulty.triage",
            "difficulty.contact",
            "difficulty.adjust",
            "difficulty.change",
            "difficulty.close",
        }
    ),
)
