"""Every token can start, move and end."""

from __future__ import annotations

from engine.definitions.checks.context import Context
from engine.definitions.graph import Level
from engine.definitions.model import Element, Flow

_WAITING = frozenset(
    {
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "intermediateCatchEvent",
        "eventBasedGateway",
    }
)


def check(context: Context) -> None:
    """Report starts, ends and paths that cannot work, level by level."""
    _check_crossing(context)
    waiting = _waiting_levels(context)
    for level in context.levels.values():
        _check_starts(context, level)
        _check_ends(context, level)
        for node in level.nodes.values():
            _check_node(context, level, node)
        _check_reachability(context, level)
        _check_automatic_loops(context, level, waiting)


def _check_crossing(context: Context) -> None:
    elements = context.model.elements
    for flow in context.model.flows.values():
        for end in (flow.source, flow.target):
            if end in elements and elements[end].scope != flow.scope:
                message = f"The flow crosses the border of '{flow.scope}'; keep both ends inside."
                context.report.add("flow_crosses_scope", flow, message)


def _check_starts(context: Context, level: Level) -> None:
    at = level.owner or context.model.processes[level.id]
    starts = level.of_type("startEvent")
    if not starts:
        context.report.add("no_start_event", at, f"'{level.id}' has no start event; draw one.")
    plain = [start for start in starts if start.event != "message"]
    for extra in plain[1:]:
        message = f"'{level.id}' has several start events without a message; keep one."
        context.report.add("several_start_events", extra, message)
    if len(starts) > 1:
        _check_joins_of_starts(context, level, starts)


def _check_joins_of_starts(context: Context, level: Level, starts: list[Element]) -> None:
    """A case begins at one start event, so a join must not wait for what another leads to."""
    for start in starts:
        reached = level.reach[start.id]
        for join in level.in_bits(reached):
            if join.type != "parallelGateway":
                continue
            if any(not level.bits[flow.source] & reached for flow in level.into(join.id)):
                message = (
                    f"'{join.id}' waits for flows that '{start.id}' does not lead to, so a case"
                    " begun there would hang; use an exclusive gateway to bring starts together."
                )
                context.report.add("join_of_starts", join, message)


def _check_ends(context: Context, level: Level) -> None:
    if level.nodes and not level.of_type("endEvent"):
        at = level.owner or context.model.processes[level.id]
        message = f"'{level.id}' has no end event, so it would never end; draw one."
        context.report.add("no_end_event", at, message)


def _check_node(context: Context, level: Level, node: Element) -> None:
    report = context.report
    incoming, outgoing = level.into(node.id), level.out(node.id)
    if node.type in {"startEvent", "boundaryEvent"}:
        for flow in incoming:
            report.add("flow_into_start", flow, f"Nothing may lead into '{node.id}'; redraw it.")
    if node.type == "endEvent":
        for flow in outgoing:
            report.add("flow_out_of_end", flow, f"Nothing may leave '{node.id}'; redraw it.")
    elif not outgoing:
        message = f"No flow leaves '{node.id}'; lead it on to an end event."
        report.add("dead_end", node, message)
    if len(outgoing) > 1 and not node.type.endswith("Gateway") and node.type != "endEvent":
        message = f"Several flows leave '{node.id}'; put a gateway behind it."
        report.add("implicit_split", outgoing[1], message)
    if node.type.endswith("Gateway") and len(incoming) < 2 and len(outgoing) == 1:
        message = f"'{node.id}' neither splits nor joins; remove it or connect it."
        report.add("gateway_without_purpose", node, message)


def _check_reachability(context: Context, level: Level) -> None:
    starts = [node.id for node in level.of_type("startEvent")]
    if not starts:
        return
    reached = level.reached_from(starts)
    stranded: Element | None = None
    ends = 0
    for node in level.nodes.values():
        if node.type == "endEvent" or not list(level.next_of(node.id)):
            ends |= level.bits[node.id]
    for node in level.nodes.values():
        if not level.bits[node.id] & reached:
            message = f"No token ever gets to '{node.id}'; connect it or remove it."
            context.report.add("unreachable_node", node, message)
        elif not level.reach[node.id] & ends and stranded is None:
            stranded = node
    if stranded is not None:
        message = f"From '{stranded.id}' no end can be reached; draw a way out."
        context.report.add("end_unreachable", stranded, message)


def _check_automatic_loops(context: Context, level: Level, waiting: frozenset[str]) -> None:
    automatic = {
        node.id
        for node in level.nodes.values()
        if not _stops(context, node)
        and node.id not in waiting
        and node.called_element not in waiting
    }
    flows = [flow for flow in level.flows if flow.source in automatic and flow.target in automatic]
    looped = _first_in_cycle(automatic, flows)
    if looped is not None:
        message = (
            f"'{looped}' lies in a loop in which nothing waits; it stops as an incident when it"
            " does not end by itself."
        )
        context.report.add("automatic_loop", level.nodes[looped], message)


def _waiting_levels(context: Context) -> frozenset[str]:
    """The levels in which a token stops somewhere, calls included."""
    around: dict[str, list[str]] = {}
    waiting = set()
    for level in context.levels.values():
        for node in level.nodes.values():
            inside = node.id if node.type == "subProcess" else node.called_element
            if inside:
                around.setdefault(inside, []).append(level.id)
        if any(_stops(context, node) for node in level.nodes.values()):
            waiting.add(level.id)
    todo = list(waiting)
    while todo:
        for outer in around.get(todo.pop(), []):
            if outer not in waiting:
                waiting.add(outer)
                todo.append(outer)
    return frozenset(waiting)


def _stops(context: Context, node: Element) -> bool:
    """Whether a token stops at a node itself; a process not shown may well wait."""
    unknown_call = node.type == "callActivity" and node.called_element not in context.levels
    return node.type in _WAITING or unknown_call


def _first_in_cycle(nodes: set[str], flows: list[Flow]) -> str | None:
    """A node on a cycle, found by taking away again and again what has no way in."""
    into: dict[str, int] = dict.fromkeys(nodes, 0)
    after: dict[str, list[str]] = {}
    for flow in flows:
        into[flow.target] += 1
        after.setdefault(flow.source, []).append(flow.target)
    free = [node for node, count in into.items() if count == 0]
    while free:
        node = free.pop()
        del into[node]
        for target in after.get(node, []):
            into[target] -= 1
            if into[target] == 0:
                free.append(target)
    return min(into) if into else None
