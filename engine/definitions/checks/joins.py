"""Branches are brought together as they were split, so that no join waits in vain or runs twice.

A way belongs to one branch of a split when every token on it has taken that branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import combinations

from engine.definitions.checks.context import Context
from engine.definitions.dominance import Dominance
from engine.definitions.graph import Level
from engine.definitions.model import Element
from engine.definitions.problems import Severity

_DECIDING = frozenset({"exclusiveGateway", "eventBasedGateway"})


class _Together(Enum):
    """Whether two branches of a split are taken in the same pass."""

    NEVER = 0
    PERHAPS = 1
    ALWAYS = 2


def check(context: Context) -> None:
    """Report joins that do not fit the split before them, level by level."""
    for level in context.levels.values():
        merging = [node for node in level.nodes.values() if len(level.into(node.id)) > 1]
        if not merging:
            continue
        passed = Dominance(level)
        splits = dict(_splits(level))
        branches = sum(passed.bits[place] for place in splits if passed.reaches(place))
        for node in merging:
            flows = [flow.id for flow in level.into(node.id) if passed.reaches(flow.id)]
            if node.type == "parallelGateway":
                _check_itself(context, passed, node, flows)
            taken = [_taken(passed, flow, branches, splits) for flow in flows]
            _check_join(context, level, node, taken)


def _splits(level: Level) -> Iterator[tuple[str, Element]]:
    """Each branch (a flow, or a boundary event) with what splits there."""
    for node in level.nodes.values():
        flows, attached = level.out(node.id), level.boundary.get(node.id, [])
        if attached or (node.type.endswith("Gateway") and len(flows) > 1):
            yield from ((flow.id, node) for flow in flows)
            yield from ((event.id, node) for event in attached)


def _taken(
    passed: Dominance, flow: str, branches: int, splits: dict[str, Element]
) -> dict[str, str]:
    """The branch of each split that every token on a flow has taken."""
    return {splits[place].id: place for place in passed.in_bits(passed.passed(flow) & branches)}


def _check_itself(context: Context, passed: Dominance, node: Element, flows: list[str]) -> None:
    if any(passed.passed(flow) & passed.bits[node.id] for flow in flows):
        message = (
            f"'{node.id}' waits for a flow that only leads away from itself, so it waits for ever;"
            " bring the loop back with an exclusive gateway before it."
        )
        context.report.add("join_waits_for_itself", node, message)


def _check_join(context: Context, level: Level, node: Element, taken: list[dict[str, str]]) -> None:
    """Report the first pair of flows into a node that were split in another way."""
    if node.type in {"inclusiveGateway", "endEvent"}:
        return
    for first, second in combinations(taken, 2):
        for split in sorted(first.keys() & second.keys()):
            together = _together(level, level.nodes[split], first[split], second[split])
            if first[split] != second[split] and not _fits(level, node, split, together):
                _report(context, level, node, level.nodes[split], together)
                return


def _together(level: Level, split: Element, first: str, second: str) -> _Together:
    if split.type == "parallelGateway":
        return _Together.ALWAYS
    if split.type in _DECIDING:
        return _Together.NEVER
    if split.type == "inclusiveGateway":
        return _Together.PERHAPS
    events = [level.nodes[each] for each in (first, second) if each in level.nodes]
    interrupting = all(event.interrupting for event in events)
    return _Together.NEVER if interrupting else _Together.PERHAPS


def _fits(level: Level, node: Element, split: str, together: _Together) -> bool:
    if node.type == "parallelGateway":
        return together is _Together.ALWAYS
    # A branch that leads back before its split begins another round, which may be meant.
    return together is _Together.NEVER or bool(level.reach[node.id] & level.bits[split])


def _report(
    context: Context, level: Level, node: Element, split: Element, together: _Together
) -> None:
    if node.type != "parallelGateway":
        message = (
            f"What '{split.id}' splits meets at '{node.id}' without waiting, so what follows runs"
            " more than once; join with the kind of gateway that splits."
        )
        context.report.add("parallel_split_not_joined", node, message)
        return
    message = (
        f"'{node.id}' waits for all its flows, but '{split.id}' does not take all that lead there;"
        " join with the kind of gateway that splits."
    )
    # What comes round again may take the other branch then.
    again = any(level.reach[flow.target] & level.bits[split.id] for flow in level.out(split.id))
    certain = together is _Together.NEVER and not again
    context.report.add(
        "join_never_complete", node, message, severity=None if certain else Severity.WARNING
    )
