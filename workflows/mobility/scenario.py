"""What scenarios can do with a mobility itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.mobility.stays import cut_short

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _cut_short(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """End the stay on its ``last_day``, with a ``reason``."""
    given = stage.given(arguments, last_day="", reason="The student comes home.")
    with stage.unit() as unit:
        cut_short(
            unit,
            stage.mobility,
            last_day=str(given["last_day"]),
            reason=given["reason"],
            home_hei_id=stage.home_hei_id,
        )


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {"cut_stay_short": _cut_short}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {}
