"""How large a process may be; what is larger is not looked at any further.

The kernel follows flows recursively when it builds a process, and the checks
behind this one look at every pair of branches.
"""

from __future__ import annotations

from engine.definitions.checks.context import Context
from engine.definitions.graph import Level

MAX_NODES = 300
MAX_FLOWS = 900
MAX_NESTING = 10
MAX_LEVELS = 300


def check(context: Context) -> None:
    """Report levels with too many elements, and too many or too deep levels."""
    if len(context.levels) > MAX_LEVELS:
        at = next(iter(context.model.processes.values()))
        message = f"The bundle has more than {MAX_LEVELS} processes and subprocesses; split it."
        context.report.add("too_many_nodes", at, message)
    for level in context.levels.values():
        _check_level(context, level)


def _check_level(context: Context, level: Level) -> None:
    at = level.owner or context.model.processes[level.id]
    nesting, around = 0, level.owner
    while around is not None:
        nesting += 1
        around = context.model.elements.get(around.scope)
    if nesting > MAX_NESTING:
        message = f"Subprocesses lie deeper than {MAX_NESTING} levels; call a process instead."
        context.report.add("nested_too_deep", at, message)
    if len(level.nodes) > MAX_NODES or len(level.flows) > MAX_FLOWS:
        message = (
            f"More than {MAX_NODES} elements or {MAX_FLOWS} flows on one level; move parts into"
            " subprocesses or called processes."
        )
        context.report.add("too_many_nodes", at, message)
