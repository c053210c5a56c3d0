"""What the grant's lifecycle plugs into the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.grant.jobs import Recompute, RecordEligibility
from workflows.grant.steps import HANDLERS
from workflows.lifecycle import Lifecycle

if TYPE_CHECKING:
    from engine.registry import Service
    from workflows.office import Office


def _services(_: Office) -> Mapping[str, Service]:
    return {"grant.record_eligibility": RecordEligibility(), "grant.recompute": Recompute()}


LIFECYCLE = Lifecycle(
    "grant",
    handlers=HANDLERS,
    services=_services,
    pages=frozenset(
        {
            "grant.assess",
            "grant.decide",
            "grant.sign",
            "grant.arrival",
            "grant.payment",
            "grant.report",
            "grant.verify",
        }
    ),
)
