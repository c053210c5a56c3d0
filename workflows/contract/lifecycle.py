"""What the contract's lifecycle plugs into the engine."""

from __future__ import annotations

from workflows.contract.notices import contact
from workflows.contract.receiving import TellSending
from workflows.contract.steps import HANDLERS
from workflows.contract.takeup import TakeUp
from workflows.lifecycle import Lifecycle

LIFECYCLE = Lifecycle(
    "contract",
    handlers=HANDLERS,
    services=lambda office: {
        "contract.take_up": TakeUp(),
        "contract.tell_sending": TellSending(office),
    },
    pages=frozenset({"contract.draft", "contract.check", "contract.sign", "contract.partner"}),
    contact=contact,
)
