"""Service, send, rule and call activities, and how often an activity runs."""

from __future__ import annotations

import re

from engine.definitions.checks.context import Context
from engine.definitions.checks.variables import check_variable
from engine.definitions.model import ACTIVITIES, Element, Loop

_MAX_RETRIES = 100
_MAX_LOOPS = 1000
_PARAM = "param."


def check(context: Context) -> None:
    """Report activities that name nothing, or something nobody knows."""
    for node in context.model.elements.values():
        if node.type in {"serviceTask", "sendTask"}:
            _check_service(context, node)
        elif node.type == "businessRuleTask":
            _check_decision(context, node)
        elif node.type == "callActivity":
            _check_call(context, node)
        elif node.type == "task":
            message = f"'{node.id}' has no type, so nobody does it; the engine passes through."
            context.report.add("abstract_task", node, message)
        if node.type in ACTIVITIES and node.loop is not None:
            _check_loop(context, node, node.loop)
    _check_recursion(context)


def _check_service(context: Context, node: Element) -> None:
    report, properties = context.report, node.properties
    service = properties.get("service", "").strip()
    if not service:
        code = "send_without_service" if node.type == "sendTask" else "service_missing"
        message = f"'{node.id}' names no service, so it would do nothing; set the property."
        report.add(code, node, message)
    elif service not in context.catalogue.services:
        message = f"The service '{service[:80]}' is not registered here; choose another."
        report.add("unknown_service", node, message, service=service[:80])
    else:
        known = context.catalogue.services[service]
        for name in properties:
            parameter = name.removeprefix(_PARAM)
            if name.startswith(_PARAM) and parameter not in known:
                offered = ", ".join(sorted(known)) or "none"
                message = f"'{service}' has no parameter '{parameter[:80]}'; it knows {offered}."
                report.add("unknown_parameter", node, message, parameter=parameter[:80])
    retries = properties.get("retries")
    if retries is not None and not _is_number(retries, _MAX_RETRIES):
        message = f"retries of '{node.id}' must be a number from 0 to {_MAX_RETRIES}."
        report.add("property_invalid", node, message, property="retries")
    check_variable(context, node, properties.get("resultVariable"), "resultVariable")


def _is_number(text: str, most: int) -> bool:
    return re.fullmatch(r"\d{1,6}", text.strip(), re.ASCII) is not None and int(text) <= most


def _check_decision(context: Context, node: Element) -> None:
    if not node.decision:
        message = f"'{node.id}' names no decision; choose one."
        context.report.add("decision_missing", node, message)
    elif node.decision not in context.model.decisions:
        message = f"The decision '{node.decision[:80]}' is not in the bundle; add its file."
        context.report.add("unknown_decision", node, message, severity=context.absent)


def _check_call(context: Context, node: Element) -> None:
    if not node.called_element:
        message = f"'{node.id}' names no process; choose one."
        context.report.add("called_element_missing", node, message)
    elif node.called_element not in context.model.processes:
        message = f"The process '{node.called_element[:80]}' is not in the bundle; add its file."
        context.report.add("unknown_process", node, message, severity=context.absent)


def _check_recursion(context: Context) -> None:
    """Report every call that can lead back into the process it stands in."""
    calls: dict[str, list[Element]] = {}
    for node in context.model.elements.values():
        if node.called_element in context.model.processes:
            calls.setdefault(node.process_id, []).append(node)
    component = _components(
        {name: [str(call.called_element) for call in found] for name, found in calls.items()}
    )
    for name, found in calls.items():
        for call in found:
            target = str(call.called_element)
            if target == name or component.get(target) == component.get(name, name):
                message = f"'{call.id}' calls a process that leads back to itself; remove the call."
                context.report.add("recursive_call", call, message)


def _components(calls: dict[str, list[str]]) -> dict[str, str]:
    """The strongly connected component of each process (Kosaraju, without recursion)."""
    names = set(calls) | {target for targets in calls.values() for target in targets}
    back: dict[str, list[str]] = {}
    for name, targets in calls.items():
        for target in targets:
            back.setdefault(target, []).append(name)
    order: list[str] = []
    done: set[str] = set()
    for root in sorted(names):
        stack = [(root, False)]
        while stack:
            name, left = stack.pop()
            if left:
                order.append(name)
            elif name not in done:
                done.add(name)
                stack.append((name, True))
                stack.extend((target, False) for target in calls.get(name, []))
    component: dict[str, str] = {}
    for root in reversed(order):
        todo = [root]
        while todo:
            name = todo.pop()
            if name not in component:
                component[name] = root
                todo.extend(back.get(name, []))
    return component


def _check_loop(context: Context, node: Element, loop: Loop) -> None:
    report = context.report
    if loop.kind == "standard":
        if not loop.condition and not loop.maximum:
            message = f"The loop of '{node.id}' says neither how often nor how long; set one."
            report.add("loop_incomplete", node, message)
        if loop.maximum and not (_is_number(loop.maximum, _MAX_LOOPS) and int(loop.maximum) > 0):
            message = f"loopMaximum of '{node.id}' must be a number from 1 to {_MAX_LOOPS}."
            report.add("loop_invalid", node, message)
        return
    if bool(loop.collection) == bool(loop.cardinality):
        message = f"'{node.id}' needs either a collection or a number of instances, not both."
        report.add("loop_incomplete", node, message)
    if bool(loop.output) != bool(loop.output_item):
        message = f"'{node.id}' needs both an output collection and an output item, or none."
        report.add("loop_invalid", node, message)
    if loop.item and not loop.collection:
        message = f"'{node.id}' names an input item but no collection to take it from."
        report.add("loop_invalid", node, message)
    names = (loop.collection, loop.item, loop.output, loop.output_item)
    for name in filter(None, names):
        check_variable(context, node, name, "the multi-instance")
