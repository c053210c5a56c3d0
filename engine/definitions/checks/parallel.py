"""Branches that run side by side neither write the same variable nor race for a message.

A node belongs to one branch alone when no other branch of the same split can
reach it. Where branches meet again through a loop nothing can be said, and the
engine watches at run time instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.definitions.checks.context import Context
from engine.definitions.checks.variables import written_by
from engine.definitions.graph import Level
from engine.definitions.model import Element, Loop
from engine.definitions.problems import Severity

_Names = Callable[[Element], Mapping[str, Element]]


def check(context: Context) -> None:
    """Report what two parallel branches both write, or both wait for."""
    written = _by_node(context, lambda node: written_by(context, node))
    awaited = _by_node(context, _awaited)
    for level in context.levels.values():
        for node in level.nodes.values():
            if node.loop is not None and node.loop.kind == "parallel":
                _check_instances(context, node, node.loop, written(node))
        for split, branches in _splits(level):
            certain = split.type == "parallelGateway"
            for name, node in _shared(level, branches, written):
                message = (
                    f"Two branches after '{split.id}' write the variable '{name}'; the second would"
                    " be refused as a lost change. Use different variables."
                )
                severity = None if certain else Severity.WARNING
                context.report.add("parallel_write", node, message, severity=severity)
            for name, node in _shared(level, branches, awaited):
                message = f"Two branches after '{split.id}' wait for the message '{name[:80]}'."
                context.report.add("message_ambiguous", node, message)


def _check_instances(
    context: Context, node: Element, loop: Loop, written: Mapping[str, Element]
) -> None:
    """Instances side by side are branches too; only item and result are their own."""
    shared = sorted(set(written) - {loop.item, loop.output_item, loop.output})
    if shared:
        message = (
            f"Every instance of '{node.id}' writes the variable '{shared[0]}'; the second would be"
            " refused as a lost change. Make it the output item, or run them one after the other."
        )
        context.report.add("parallel_write", node, message)


def _awaited(node: Element) -> frozenset[str]:
    catches = node.type in {"intermediateCatchEvent", "boundaryEvent", "receiveTask"}
    return frozenset({node.message}) if catches and node.message else frozenset()


def _splits(level: Level) -> list[tuple[Element, list[int]]]:
    """Where tokens multiply, each with what its branches reach, as bits."""
    found: list[tuple[Element, list[int]]] = []
    for node in level.nodes.values():
        flows = level.out(node.id)
        if node.type in {"parallelGateway", "inclusiveGateway"} and len(flows) > 1:
            found.append((node, [level.reach[flow.target] for flow in flows]))
        elif node.type == "boundaryEvent" and not node.interrupting and node.attached_to:
            host = node.attached_to
            if host in level.nodes:
                after = level.reached_from(flow.target for flow in level.out(host))
                found.append((node, [after | level.bits[host], level.reach[node.id]]))
    return found


def _shared(level: Level, branches: list[int], names: _Names) -> list[tuple[str, Element]]:
    """Names that nodes of two different branches have in common, with the second node."""
    once = several = 0
    for branch in branches:
        several |= once & branch
        once |= branch
    first: dict[str, int] = {}
    found: list[tuple[str, Element]] = []
    for index, branch in enumerate(branches):
        for node in level.in_bits(branch & ~several):
            for name, at in names(node).items():
                if first.setdefault(name, index) != index:
                    found.append((name, at))
    return found


def _by_node(context: Context, own: Callable[[Element], frozenset[str]]) -> _Names:
    """For a node, the names that it and everything inside it has, each with who has it."""
    known: dict[str, dict[str, Element]] = {}

    def of_level(name: str) -> Mapping[str, Element]:
        if name not in known:
            known[name] = {}  # a process that calls itself adds nothing new
            level = context.levels.get(name)
            gathered: dict[str, Element] = {}
            for node in level.nodes.values() if level else ():
                gathered.update(of_node(node))
            known[name] = gathered
        return known[name]

    def of_node(node: Element) -> Mapping[str, Element]:
        names = dict.fromkeys(own(node), node)
        if node.type == "subProcess":
            names.update(of_level(node.id))
        elif node.type == "callActivity" and node.called_element:
            names.update(of_level(node.called_element))
        return names

    return of_node
