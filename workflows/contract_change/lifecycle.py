"""What the lifecycle of changes plugs into the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from workflows.contract.notices import contact
from workflows.contract_change.receiving import ASK_SENDING, AskSending
from workflows.contract_change.steps import HANDLERS
from workflows.lifecycle import Lifecycle

if TYPE_CHECKING:
    from engine.registry import Performer
    from workflows.office import Office


def _job_kinds(office: Office) -> Mapping[str, Performer]:
    return {ASK_SENDING: AskSending(office)}


LIFECYCLE = Lifecycle(
    "contract_change",
    handlers=HANDLERS,
    job_kinds=_job_kinds,
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
