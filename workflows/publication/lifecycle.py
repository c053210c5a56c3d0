"""What the approval of publications plugs into the engine."""

from __future__ import annotations

from workflows.lifecycle import Lifecycle
from workflows.publication.steps import HANDLERS

LIFECYCLE = Lifecycle("publication", handlers=HANDLERS, pages=frozenset({"publication.approve"}))
