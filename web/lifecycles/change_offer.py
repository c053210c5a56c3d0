"""What somebody may do about a signed contract: ask for a change, correct what is minor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.errors import InvalidState
from engine.values import Instance
from web import current
from workflows.contract.reading import version_in_force
from workflows.contract_change.corrections import corrections_of
from workflows.contract_change.models import ChangeRequest, Correction
from workflows.contract_change.policy import may_correct, parties_of
from workflows.contract_change.services import obstacle, open_request, requests_of
from workflows.contract_change.window import Window, window_of
from workflows.mobility.services import is_outgoing, mobility_of_case


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction as a page shows it; ``changed`` are (field, before, after)."""

    at: datetime
    corrected_by: str
    reason: str | None
    changed: Sequence[tuple[str, str | None, str | None]]


@dataclass(frozen=True, slots=True)
class ChangeOffer:
    """Changes of one contract, as its case shows them to the viewer.

    ``obstacle`` is the code of what keeps it from being changed; ``running`` the case of a
    change that is under way. ``window`` is None where none can be told. ``incoming``: the
    sending university writes the change.
    """

    parties: tuple[str, ...]
    obstacle: str | None
    window: Window | None
    running: int | None
    incoming: bool
    may_correct: bool
    past: Sequence[ChangeRequest]
    corrections: Sequence[Corrected]

    @property
    def may_ask(self) -> bool:
        """Whether the viewer may ask for a change now."""
        open_ = self.window is not None and not self.window.over
        return bool(self.parties) and self.obstacle is None and open_


def change_offer(case: Instance) -> ChangeOffer | None:
    """What is offered on a case; None before its contract is signed."""
    engine, actor = current.engine(), current.signed_in().within("contract_change").actor
    with current.reading() as rows:
        mobility = mobility_of_case(rows, case.business_key)
        if mobility is None or version_in_force(rows, mobility.id) is None:
            return None
        running = open_request(rows, mobility.id)
        try:
            window = window_of(engine, rows, mobility, engine.clock.now())
        except InvalidState:
            # An installation without the process of changes, or a stay without a start.
            window = None
        return ChangeOffer(
            parties=parties_of(actor, mobility),
            obstacle=obstacle(rows, mobility),
            incoming=not is_outgoing(mobility, current.settings().home_hei),
            window=window,
            running=running.instance_id if running else None,
            may_correct=window is not None and may_correct(actor, mobility),
            past=[each for each in requests_of(rows, mobility.id) if each is not running],
            corrections=[_corrected(each) for each in corrections_of(rows, mobility.id)],
        )


def _corrected(row: Correction) -> Corrected:
    changed = [(str(name), before, after) for name, before, after in json.loads(row.changes)]
    return Corrected(row.at, row.corrected_by, row.reason, changed)
