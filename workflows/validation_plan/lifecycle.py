"""What the plan's lifecycle plugs into the engine."""

from __future__ import annotations

from workflows.contract.takeup import TakeUp
from workflows.lifecycle import Lifecycle
from workflows.validation_plan.news import contact
from workflows.validation_plan.steps import HANDLERS

LIFECYCLE = Lifecycle(
    "validation_plan",
    handlers=HANDLERS,
    services=lambda _office: {"validation_plan.take_up": TakeUp()},
    pages=frozenset(
        {
            "validation_plan.draft",
            "validation_plan.teacher",
            "validation_plan.check",
            "validation_plan.sign",
            "validation_plan.partner",
        }
    ),
    contact=contact,
)
