"""Every expression of a diagram is FEEL with a chance to work; timers are ISO 8601 or FEEL."""

from __future__ import annotations

from engine.definitions.checks.context import Context
from engine.definitions.feel_syntax import Kind
from engine.definitions.model import Element
from engine.definitions.timers import iso_kind


def check(context: Context) -> None:
    """Report expressions and timers that cannot be evaluated."""
    for flow in context.model.flows.values():
        if flow.condition is not None:
            context.feel.check(
                flow, flow.condition, f"The condition of '{flow.id}'", Kind.CONDITION
            )
    for lane in context.model.lanes.values():
        if lane.candidate_group is not None:
            context.feel.check(lane, lane.candidate_group, "The candidateGroup of the lane")
    for node in context.model.elements.values():
        _check_properties(context, node)
        _check_loop(context, node)
        if node.event == "timer":
            _check_timer_event(context, node)
        for name, path in node.correlation.items():
            context.feel.check(node, path, f"The messagePath of '{name[:80]}'")


def _check_properties(context: Context, node: Element) -> None:
    properties = node.properties
    if "candidateGroup" in properties:
        group = properties["candidateGroup"]
        context.feel.check(node, group, f"The candidateGroup of '{node.id}'")
    if "businessKey" in properties:
        key = properties["businessKey"]
        context.feel.check(node, key, f"The businessKey of '{node.id}'")
    for name, value in properties.items():
        if name.startswith("param.") and node.type in {"serviceTask", "sendTask"}:
            context.feel.check(node, value, f"{name} of '{node.id}'")
    for name in ("dueDate", "followUpDate"):
        if node.type == "userTask" and name in properties:
            _check_time(context, node, properties[name], frozenset({"duration", "date"}), name)
    if node.type in {"serviceTask", "sendTask"} and "backoff" in properties:
        _check_backoff(context, node, properties["backoff"])
    step = context.catalogue.approval_kinds.get(properties.get("approval", "").strip())
    for option in sorted(step.expressions) if step is not None else ():
        if f"approval.{option}" in properties:
            seats = properties[f"approval.{option}"]
            context.feel.check(node, seats, f"approval.{option} of '{node.id}'")


def _check_loop(context: Context, node: Element) -> None:
    loop = node.loop
    if loop is None:
        return
    for text, what, kind in (
        (loop.cardinality, "The number of instances", Kind.VALUE),
        (loop.condition, "The condition of the loop", Kind.CONDITION),
    ):
        if text:
            context.feel.check(node, text, f"{what} of '{node.id}'", kind)


def _check_timer_event(context: Context, node: Element) -> None:
    if node.timer is None or not node.timer[1]:
        message = f"'{node.id}' says no time; write one, such as P7D."
        context.report.add("timer_missing", node, message)
        return
    kind, text = node.timer
    repeats = kind == "cycle"
    if repeats and (node.type != "boundaryEvent" or node.interrupting):
        message = f"'{node.id}' can only come once; use a duration or an event that goes on."
        context.report.add("timer_cycle_not_here", node, message)
        return
    _check_time(context, node, text, frozenset({kind}), "The timer")


def _check_time(
    context: Context, node: Element, text: str, kinds: frozenset[str], what: str
) -> None:
    found = iso_kind(text)
    where = f"{what} of '{node.id}'"
    if found is None:
        context.feel.check(node, text, where)
    elif found not in kinds:
        wanted = " or ".join(sorted(kinds))
        message = f"{where} is a {found} where a {wanted} belongs; mend it."
        context.report.add("timer_invalid", node, message)
    else:
        _check_iso(context, node, text, where)


def _check_iso(context: Context, node: Element, text: str, where: str) -> None:
    if context.catalogue.check_timer is None:
        return
    try:
        context.catalogue.check_timer(text.strip())
    except ValueError as error:
        context.report.add("timer_invalid", node, f"{where}: {error}")


def _check_backoff(context: Context, node: Element, text: str) -> None:
    if iso_kind(text) != "duration":
        message = f"backoff of '{node.id}' must be a duration such as PT30S."
        context.report.add("property_invalid", node, message, property="backoff")
    else:
        _check_iso(context, node, text, f"backoff of '{node.id}'")
