"""Gateways decide on conditions that are evaluated, and nothing else carries any."""

from __future__ import annotations

import re

from engine.definitions.checks.context import Context
from engine.definitions.graph import Level
from engine.definitions.model import Element, Flow

_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|null')


def check(context: Context) -> None:
    """Report conditions nothing evaluates, missing ones, and unfit event gateways."""
    for level in context.levels.values():
        for node in level.nodes.values():
            if node.type in _DECIDING:
                _check_deciding(context, level, node)
            else:
                _check_not_deciding(context, level, node)
            if node.type == "eventBasedGateway":
                _check_event_gateway(context, level, node)


def _check_deciding(context: Context, level: Level, node: Element) -> None:
    report, outgoing = context.report, level.out(node.id)
    if node.default and node.default not in {flow.id for flow in outgoing}:
        message = f"The default flow '{node.default[:80]}' does not leave '{node.id}'; choose one."
        report.add("default_not_outgoing", node, message)
    for flow in outgoing:
        if flow.id == node.default:
            if flow.condition is not None:
                message = f"'{flow.id}' is the default flow; its condition is ignored."
                report.add("default_with_condition", flow, message)
        elif flow.condition is not None:
            _check_literal(context, flow)
        elif len(outgoing) > 1:
            message = (
                f"'{flow.id}' leaves '{node.id}' without a condition; add one or make it the"
                " default flow."
            )
            report.add("condition_missing", flow, message)
    if not node.default and any(flow.condition is not None for flow in outgoing):
        message = f"'{node.id}' has no default flow; it stops as an incident when nothing is true."
        report.add("no_default_flow", node, message)


def _check_literal(context: Context, flow: Flow) -> None:
    text = (flow.condition or "").removeprefix("=").strip()
    if _LITERAL.fullmatch(text):
        message = f"The condition {text[:40]} is neither true nor false; write a comparison."
        context.report.add("condition_not_boolean", flow, message)


def _check_not_deciding(context: Context, level: Level, node: Element) -> None:
    for flow in level.out(node.id):
        if flow.condition is not None:
            message = (
                f"The condition of '{flow.id}' would be ignored, because it leaves '{node.id}';"
                " put an exclusive gateway before it."
            )
            context.report.add("condition_not_evaluated", flow, message)
    if node.default:
        message = f"'{node.id}' does not decide, so it has no default flow; remove it."
        context.report.add("default_not_used", node, message)


def _check_event_gateway(context: Context, level: Level, node: Element) -> None:
    report = context.report
    targets = [level.nodes[flow.target] for flow in level.out(node.id)]
    if len(targets) < 2:
        message = f"'{node.id}' has to wait for two events or more; connect them."
        report.add("event_gateway_branches", node, message)
    messages: set[str] = set()
    timers = 0
    for target in targets:
        if not _can_wait(level, target):
            message = (
                f"'{node.id}' may lead to catch events and receive tasks only, each with no other"
                f" flow into it; mend '{target.id}'."
            )
            report.add("event_gateway_target", target, message)
        timers += target.event == "timer"
        if target.message and target.message in messages:
            message = f"'{node.id}' waits twice for '{target.message[:80]}'; keep one."
            report.add("event_gateway_same_message", target, message)
        messages.add(target.message or "")
    if timers > 1:
        message = f"'{node.id}' waits for several timers; only the first would ever count."
        report.add("event_gateway_two_timers", node, message)


def _can_wait(level: Level, target: Element) -> bool:
    catches = target.type == "intermediateCatchEvent"
    receives = target.type == "receiveTask" and target.loop is None
    alone = len(level.into(target.id)) == 1 and not level.boundary.get(target.id)
    return (catches or receives) and alone
