"""Events say what they wait for or throw, and somebody catches what is thrown."""

from __future__ import annotations

from collections.abc import Mapping

from engine.definitions.checks.context import Context
from engine.definitions.model import ACTIVITIES, Element
from engine.definitions.problems import Severity

SUPPORTED: Mapping[str, frozenset[str | None]] = {
    "startEvent": frozenset({None, "message"}),
    "endEvent": frozenset({None, "message", "signal", "error", "escalation", "terminate"}),
    "intermediateCatchEvent": frozenset({"message", "signal", "timer"}),
    "intermediateThrowEvent": frozenset({None, "message", "signal", "escalation"}),
    "boundaryEvent": frozenset({"message", "signal", "timer", "error", "escalation"}),
}
"""The event definitions that are executed in each kind of event."""

_CONTAINERS = frozenset({"subProcess", "callActivity"})
_FAILING = _CONTAINERS | {"serviceTask", "sendTask", "businessRuleTask"}


def check(context: Context) -> None:
    """Report events without a definition, out of place, or caught by nobody."""
    thrown = {
        node.signal
        for node in context.model.elements.values()
        if node.type in {"endEvent", "intermediateThrowEvent"}
    }
    for node in context.model.elements.values():
        if node.type in SUPPORTED:
            _check_definition(context, node)
            _check_business_key(context, node)
        if node.type == "receiveTask" or node.event == "message":
            _check_message(context, node)
        if node.event == "signal":
            _check_signal(context, node, thrown)
        if node.event in {"error", "escalation"}:
            _check_code(context, node)
        if node.type == "boundaryEvent":
            _check_boundary(context, node)
    _check_message_starts(context)
    _check_uncaught(context)


def _check_definition(context: Context, node: Element) -> None:
    allowed = SUPPORTED[node.type]
    if node.event in allowed:
        return
    if node.event is None:
        message = f"'{node.id}' says nothing to wait for or to throw; choose its definition."
        context.report.add("event_without_definition", node, message)
    else:
        message = f"A {node.event} event is not executed as <{node.type}>; redraw '{node.id}'."
        context.report.add("event_not_supported", node, message, event=node.event)


def _check_message(context: Context, node: Element) -> None:
    if node.message is None:
        message = f"'{node.id}' does not say which message; choose one."
        context.report.add("message_missing", node, message)
    elif not node.message.strip():
        message = f"The message of '{node.id}' has no name; messages are matched by name."
        context.report.add("message_without_name", node, message)


def _check_business_key(context: Context, node: Element) -> None:
    if "businessKey" in node.properties and node.event != "message":
        message = f"'{node.id}' throws no message, so its businessKey means nothing; remove it."
        context.report.add("property_invalid", node, message, property="businessKey")


def _check_message_starts(context: Context) -> None:
    """A message starts a whole case, of one process, by one event."""
    report, model = context.report, context.model
    called = {node.called_element for node in model.elements.values()}
    starts: dict[str, Element] = {}
    for node in model.elements.values():
        if node.type != "startEvent" or node.event != "message":
            continue
        elsewhere = not context.alone and node.process_id != model.process_id
        if node.scope != node.process_id or elsewhere or node.process_id in called:
            message = (
                f"A message starts whole cases, so '{node.id}' belongs into the process that"
                " cases start with; use a plain start event here."
            )
            report.add("message_start_place", node, message)
        elif node.message and starts.setdefault(node.message, node).id != node.id:
            message = f"Another start event waits for '{node.message[:80]}' too; keep one."
            report.add("message_start_twice", node, message)
    for node in model.elements.values():
        if node.type in {"endEvent", "intermediateThrowEvent"} and node.message in starts:
            message = (
                f"'{node.id}' throws the message that starts this process, which would start"
                " itself again and again; choose another message."
            )
            report.add("message_starts_itself", node, message)


def _check_signal(context: Context, node: Element, thrown: set[str | None]) -> None:
    if node.signal is None:
        message = f"'{node.id}' does not say which signal; choose one."
        context.report.add("signal_missing", node, message)
    elif not node.signal.strip():
        message = f"The signal of '{node.id}' has no name; signals are matched by name."
        context.report.add("signal_without_name", node, message)
    elif node.signal not in thrown and not context.alone:
        message = f"Nothing in the bundle throws the signal '{node.signal[:80]}'."
        context.report.add("signal_never_thrown", node, message)


def _check_code(context: Context, node: Element) -> None:
    kind = str(node.event)
    if node.code is None and node.type != "boundaryEvent":
        message = f"'{node.id}' names no {kind}; choose one."
        context.report.add(f"{kind}_missing", node, message)
    elif node.code == "":
        message = f"The {kind} of '{node.id}' has no code; give it one."
        context.report.add(f"{kind}_without_code", node, message)


def _check_boundary(context: Context, node: Element) -> None:
    report = context.report
    host = context.model.elements.get(node.attached_to or "")
    if node.event == "error" and not node.interrupting:
        message = f"'{node.id}' must interrupt, because an error ends the activity."
        report.add("error_not_interrupting", node, message)
    if host is None:
        return
    if host.type not in ACTIVITIES or host.scope != node.scope:
        message = f"'{node.id}' must be attached to an activity on its own level."
        report.add("boundary_host", node, message)
    elif (node.event == "error" and host.type not in _FAILING) or (
        node.event == "escalation" and host.type not in _CONTAINERS
    ):
        message = f"Nothing in '{host.id}' can throw what '{node.id}' catches; remove it."
        report.add("boundary_never_fires", node, message)


def _check_uncaught(context: Context) -> None:
    callers: dict[str, list[Element]] = {}
    for node in context.model.elements.values():
        if node.called_element:
            callers.setdefault(node.called_element, []).append(node)
    for node in context.model.elements.values():
        if node.type not in {"endEvent", "intermediateThrowEvent"} or not node.code:
            continue
        caught = _is_caught(context, node, callers)
        if caught is not True and node.event == "error":
            message = (
                f"Nothing catches the error '{node.code[:80]}' of '{node.id}'; attach an error"
                " boundary event around it, or end with a plain or terminate end event."
            )
            severity = Severity.WARNING if caught is None else None
            context.report.add("uncaught_error", node, message, severity=severity)
        elif caught is False:
            message = f"Nothing catches the escalation '{node.code[:80]}' of '{node.id}'."
            context.report.add("uncaught_escalation", node, message)


def _is_caught(
    context: Context, thrown: Element, callers: Mapping[str, list[Element]]
) -> bool | None:
    """Whether every way out passes a catching boundary event.

    None where that cannot be known: one file alone, whose callers are unknown.
    """
    todo, seen = [thrown.scope], {thrown.scope}
    unknown = False
    while todo:
        scope = todo.pop()
        level = context.levels.get(scope)
        hosts = [level.owner] if level and level.owner else callers.get(scope, [])
        if not context.alone and (scope == context.model.process_id or not hosts):
            return False
        unknown = unknown or not hosts
        for host in hosts:
            if not _catches(context, host, thrown) and host.scope not in seen:
                seen.add(host.scope)
                todo.append(host.scope)
    return None if unknown else True


def _catches(context: Context, host: Element, thrown: Element) -> bool:
    level = context.levels.get(host.scope)
    attached = level.boundary.get(host.id, []) if level else []
    return any(
        event.event == thrown.event and event.code in {None, thrown.code} for event in attached
    )
