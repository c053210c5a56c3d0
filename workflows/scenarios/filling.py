"""Filling values of a scenario: ``$name`` is looked up when its step is played.

Names are, in this order: what a step has kept; the fillers of the lifecycles, with
arguments where they stand as ``{$name: {...}}``; ``$mobility`` and ``$business_key`` of the
last case opened; ``$<member>``, the number of a member's account. ``$$`` is a dollar sign.
Dates become ISO 8601 texts, as forms send them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workflows.scenarios.actions import FILLERS
from workflows.scenarios.cast import MEMBERS
from workflows.scenarios.stage import Mismatch, Stage


def filled(stage: Stage, value: object) -> Any:
    """The value with everything in it looked up; Mismatch for an unknown name."""
    if isinstance(value, str):
        if value.startswith("$$"):
            return value[1:]
        return looked_up(stage, value[1:], {}) if value.startswith("$") else value
    if isinstance(value, Mapping):
        return _mapping(stage, value)
    if isinstance(value, list | tuple):
        return [filled(stage, each) for each in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _mapping(stage: Stage, value: Mapping[Any, object]) -> Any:
    names = [name for name in value if isinstance(name, str) and name.startswith("$")]
    if not names:
        return {str(name): filled(stage, each) for name, each in value.items()}
    if len(value) > 1:
        raise Mismatch(
            f"'{names[0]}' with arguments stands alone in its mapping.", "shape", names[0]
        )
    arguments = filled(stage, value[names[0]]) or {}
    if not isinstance(arguments, Mapping):
        raise Mismatch(f"The arguments of '{names[0]}' are a mapping.", "shape", names[0])
    return looked_up(stage, names[0][1:], arguments)


def looked_up(stage: Stage, name: str, arguments: Mapping[str, Any]) -> Any:
    """The value of one name; Mismatch for one that nobody knows."""
    if name in stage.kept:
        return stage.kept[name]
    if name in FILLERS:
        return FILLERS[name](stage, arguments)
    if name == "mobility":
        return stage.mobility
    if name == "business_key":
        return stage.business_key
    if name in MEMBERS:
        return stage.person_id(name)
    known = ", ".join(sorted({*stage.kept, *FILLERS, *MEMBERS, "mobility", "business_key"}))
    raise Mismatch(
        f"Nobody knows '${name}'; there are: {known}.", "unknown_name", known, f"${name}"
    )
