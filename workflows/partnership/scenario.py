"""What scenarios can do with a partnership, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflows.partnership.models import Partnership
from workflows.partnership.services import propose, renew
from workflows.people.services import coordinator_group

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _propose(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Propose a partnership: ``kind``, ``title``, ``hei_id``, ``department``."""
    given = stage.given(
        arguments,
        kind="agreement",
        title="LEA et Salamanque",
        hei_id="usal.es",
        department="lea",
    )
    with stage.unit() as unit:
        proposed = propose(
            stage.engine,
            unit,
            given,
            proposer=coordinator_group(given["department"]),
            home_hei_id=stage.home_hei_id,
        )
    return proposed.partnership_id


def _renew(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Propose the renewal of the first partnership."""
    stage.given(arguments)
    first = _partnerships(stage)[0]
    with stage.unit() as unit:
        proposer = coordinator_group(first.department)
        return renew(stage.engine, unit, first.id, proposer=proposer).partnership_id


def _partnerships(stage: Stage) -> list[Partnership]:
    with stage.reading() as session:
        return list(session.scalars(select(Partnership).order_by(Partnership.id)))


def _file(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A pedagogical file of five years; arguments replace its fields."""
    return {
        "purpose": "Échanges d’étudiants de licence.",
        "isced_f": "0231",
        "places_out": "4",
        "places_in": "4",
        "starts_on": "2026-09-01",
        "years": "5",
        **arguments,
    }


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "propose_partnership": _propose,
    "renew_partnership": _renew,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "partnership_file": _file,
    "partnership_states": lambda stage, _: [each.state for each in _partnerships(stage)],
    "partnership_end": lambda stage, _: _partnerships(stage)[0].ends_on,
    "partnership_renewal": lambda stage, _: _partnerships(stage)[0].renewal_on,
}
