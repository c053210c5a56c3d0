"""What the lifecycle of changes plugs into the engine."""

from __future__ import annotations

from workflows.contract.notices import contact
from workflows.contract_change.steps import HANDLERS
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "contract_change",
    handlers=HANDLERS,
    pages=frozenset(
        {
            "contract_change.admit",
            "contract_change.limit",
            "contract_change.propose",
            "contract_change.sign",
            "contract_change.partner",
        }
    ),
    contact=contact,
)
