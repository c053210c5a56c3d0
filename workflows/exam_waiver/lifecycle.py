"""What the lifecycle of exam waivers plugs into the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.exam_waiver.derivation import Derive
from workflows.exam_waiver.documents import Issue
from workflows.exam_waiver.steps import HANDLERS
from workflows.lifecycle import Lifecycle

if TYPE_CHECKING:
    from engine.registry import Service
    from workflows.office import Office


def _services(office: Office) -> Mapping[str, Service]:
    return {"exam_waiver.derive": Derive(office), "exam_waiver.issue": Issue(office)}


LIFECYCLE = Lifecycle(
    "exam_waiver",
    handlers=HANDLERS,
    services=_services,
    pages=frozenset({"exam_waiver.propose", "exam_waiver.decide"}),
)
