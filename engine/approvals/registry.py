"""Which approval steps are installed: the entry points of all packages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from types import MappingProxyType

from engine.approvals.protocol import ApprovalStep

GROUP = "passerelle.approval_steps"


@cache
def installed_steps() -> Mapping[str, ApprovalStep]:
    """An instance of every installed step by its kind, looked for once a process.

    Raises ValueError when an entry point's name and its step's kind differ, or
    two packages offer the same kind: a diagram must mean one thing.
    """
    steps: dict[str, ApprovalStep] = {}
    for point in entry_points(group=GROUP):
        step: ApprovalStep = point.load()()
        if step.kind != point.name:
            raise ValueError(f"The entry point '{point.name}' gives the step '{step.kind}'.")
        if step.kind in steps:
            raise ValueError(f"Two packages offer the approval step '{step.kind}'.")
        steps[step.kind] = step
    return MappingProxyType(steps)
