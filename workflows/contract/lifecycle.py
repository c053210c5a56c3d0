"""What the contract's lifecycle plugs into the engine."""

from __future__ import annotations

from workflows.contract.notices import contact
from workflows.contract.steps import HANDLERS
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "contract",
    handlers=HANDLERS,
    pages=frozenset({"contract.draft", "contract.check", "contract.sign", "contract.partner"}),
    contact=contact,
)
