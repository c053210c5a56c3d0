"""Where the actions and fillers of scenarios come from: one module a lifecycle.

``ACTIONS`` change something (``do: open_contract``), ``FILLERS`` look something up for a
value (``$digest``) or a fact. Both are called with the stage and their arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from workflows.admission import scenario as admission
from workflows.application import scenario as application
from workflows.contract import scenario as contract
from workflows.contract_change import scenario as contract_change
from workflows.difficulty import scenario as difficulty
from workflows.exam_waiver import scenario as exam_waiver
from workflows.grade_transfer import scenario as grade_transfer
from workflows.grant import scenario as grant
from workflows.meeting import scenario as meeting
from workflows.mobility import scenario as mobility
from workflows.partnership import scenario as partnership
from workflows.publication import scenario as publication
from workflows.recognition import scenario as recognition
from workflows.scenarios.stage import Stage
from workflows.validation_plan import scenario as validation_plan

Action = Callable[[Stage, Mapping[str, Any]], Any]


class Actions(Protocol):
    """What a lifecycle's module ``scenario`` offers to all scenarios."""

    @property
    def ACTIONS(self) -> Mapping[str, Action]:  # noqa: N802 - a module's constant
        """Actions by name."""
        ...

    @property
    def FILLERS(self) -> Mapping[str, Action]:  # noqa: N802 - a module's constant
        """Fillers by name, without the dollar sign."""
        ...


MODULES: tuple[Actions, ...] = (
    admission,
    application,
    contract,
    contract_change,
    exam_waiver,
    validation_plan,
    grade_transfer,
    grant,
    difficulty,
    meeting,
    mobility,
    partnership,
    publication,
    recognition,
)


def _merged(parts: list[Mapping[str, Action]]) -> dict[str, Action]:
    merged: dict[str, Action] = {}
    for part in parts:
        doubled = merged.keys() & part.keys()
        assert not doubled, f"two lifecycles use the names {sorted(doubled)}"
        merged.update(part)
    return merged


ACTIONS: Mapping[str, Action] = _merged([module.ACTIONS for module in MODULES])
FILLERS: Mapping[str, Action] = _merged([module.FILLERS for module in MODULES])
