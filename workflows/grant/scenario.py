"""What scenarios can do with a grant, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.grant.models import Grant
from workflows.grant.services import grants_of, open_grant

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _open(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Open a grant for the mobility of the last case; argument ``scheme``."""
    given = stage.given(arguments, scheme="erasmus")
    with stage.unit() as unit:
        opened = open_grant(
            stage.engine,
            unit,
            stage.mobility,
            scheme=given["scheme"],
            home_hei_id=stage.home_hei_id,
        )
    return opened.grant_id


def _latest(stage: Stage) -> Grant:
    with stage.reading() as session:
        return grants_of(session, stage.mobility)[-1]


def _of_grant(look: Callable[[Grant], Any]) -> Callable[[Stage, Mapping[str, Any]], Any]:
    return lambda stage, _: look(_latest(stage))


def _facts(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The facts RI establishes; arguments replace some."""
    usual = {"stay_start": "2026-09-01", "stay_end": "2027-01-31", "enrolled": "true"}
    return {**usual, "cycle_days": "0", **arguments}


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "open_grant": _open,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "grant_facts": _facts,
    "grant_state": _of_grant(lambda grant: grant.state),
    "grant_total": _of_grant(lambda grant: grant.total),
    "grant_balance": _of_grant(lambda grant: grant.balance),
    "grant_failed_rules": _of_grant(lambda grant: sorted(grant.failed_rules.split())),
    "grant_events": _of_grant(lambda grant: [event.kind for event in grant.events]),
}
