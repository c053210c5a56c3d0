"""User tasks, the lanes that route them, and the settings of a process."""

from __future__ import annotations

import re
from functools import lru_cache
from zoneinfo import available_timezones

from engine.definitions.checks.context import Context
from engine.definitions.checks.variables import check_variable, is_variable, outcome_variable
from engine.definitions.model import Element, ProcessFacts

_APPROVAL = "approval."
_OUTCOME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}", re.ASCII)
_MAX_PRIORITY = 100


def check(context: Context) -> None:
    """Report tasks nobody would get or could do, and unknown settings."""
    for process in context.model.processes.values():
        _check_process(context, process)
    _check_lanes(context)
    for node in context.model.elements.values():
        if node.type == "userTask":
            _check_user_task(context, node)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_process(context: Context, process: ProcessFacts) -> None:
    report = context.report
    if not process.marked_executable:
        message = f"'{process.id}' is not marked executable; it is deployed all the same."
        report.add("not_marked_executable", process, message)
    if process.time_zone not in _zones():
        message = f"There is no time zone '{process.time_zone[:80]}'; write one like Europe/Paris."
        report.add("unknown_time_zone", process, message)
    calendars = context.catalogue.calendars
    if process.calendar and calendars is not None and process.calendar not in calendars:
        message = f"There is no working calendar '{process.calendar[:80]}'; choose another."
        report.add("unknown_calendar", process, message)
    if process.properties.get("restricted", "false").strip() not in {"true", "false"}:
        message = f"'restricted' of '{process.id}' is either true or false."
        report.add("property_invalid", process, message)
    for name in sorted(process.routing_variables):
        if not is_variable(name):
            message = f"'{name[:80]}' in routingVariables cannot name a variable; mend it."
            report.add("variable_name", process, message, name=name[:80])


def _check_lanes(context: Context) -> None:
    placed: dict[str, str] = {}
    around = _enclosing(context)
    divided = {lane.parent for lane in context.model.lanes.values()}
    for lane in context.model.lanes.values():
        unnamed = not lane.name and not lane.candidate_group
        if lane.nodes and unnamed and lane.id not in divided:
            message = "The lane has neither a name nor a candidateGroup; give it one."
            context.report.add("lane_without_group", lane, message)
        for node in lane.nodes:
            other = placed.setdefault(node, lane.id)
            if other == lane.id or node not in context.model.elements:
                continue
            # Tools may list a node in an outer lane and again in the inner one that counts.
            if other not in around.get(lane.id, set()) and lane.id not in around.get(other, set()):
                element = context.model.elements[node]
                message = f"'{node}' lies in the lanes '{other}' and '{lane.id}'; keep one."
                context.report.add("several_lanes", element, message)


def _enclosing(context: Context) -> dict[str, set[str]]:
    """For each lane the lanes around it."""
    parents = {lane.id: lane.parent for lane in context.model.lanes.values()}
    around: dict[str, set[str]] = {}
    for lane, parent in parents.items():
        outer = parent
        while outer and outer not in around.setdefault(lane, set()):
            around[lane].add(outer)
            outer = parents.get(outer, "")
    return around


def _check_user_task(context: Context, node: Element) -> None:
    report = context.report
    if not node.lane and not node.candidate_group:
        message = (
            f"Nobody is asked to do '{node.id}'; put it into a lane or set its candidateGroup."
        )
        report.add("no_lane", node, message)
    if node.names["fr"] == node.id:
        report.add("task_without_name", node, f"'{node.id}' has no name; people see its id.")
    _check_content(context, node)
    _check_approval(context, node)
    priority = node.properties.get("priority")
    if priority is not None and not (
        re.fullmatch(r"\d{1,3}", priority.strip(), re.ASCII) and int(priority) <= _MAX_PRIORITY
    ):
        message = f"priority of '{node.id}' must be a number from 0 to {_MAX_PRIORITY}."
        report.add("property_invalid", node, message, property="priority")
    if node.properties.get("bulk", "false").strip() not in {"true", "false"}:
        message = f"'bulk' of '{node.id}' is either true or false."
        report.add("property_invalid", node, message, property="bulk")


def _check_content(context: Context, node: Element) -> None:
    report, catalogue = context.report, context.catalogue
    form, page, handler, approval = (
        node.properties.get(name, "").strip() for name in ("form", "page", "handler", "approval")
    )
    if form and page:
        report.add("form_and_page", node, f"'{node.id}' names a form and a page; keep one.")
    if form and form not in context.model.forms:
        message = f"The form '{form[:80]}' is not in the bundle; add forms/{form[:80]}.json."
        report.add("unknown_form", node, message, severity=context.absent)
    if page and page not in catalogue.pages:
        report.add("unknown_page", node, f"There is no page '{page[:80]}'; choose another.")
    if handler and handler not in catalogue.handlers:
        message = f"There is no task handler '{handler[:80]}'; choose another."
        report.add("unknown_handler", node, message)
    if not (form or page or approval):
        message = f"'{node.id}' shows neither form nor page and decides nothing."
        report.add("task_without_content", node, message)


def _check_approval(context: Context, node: Element) -> None:
    report = context.report
    options = {
        name.removeprefix(_APPROVAL): value
        for name, value in node.properties.items()
        if name.startswith(_APPROVAL)
    }
    kind = node.properties.get("approval", "").strip()
    if not kind:
        if options:
            message = f"'{node.id}' has options of an approval but no kind of approval; set it."
            report.add("approval_option", node, message)
        return
    step = context.catalogue.approval_kinds.get(kind)
    if step is None:
        known = ", ".join(sorted(context.catalogue.approval_kinds)) or "none"
        message = f"The approval '{kind[:80]}' is not installed; there are: {known}."
        report.add("unknown_approval", node, message, kind=kind[:80])
        return
    for finding in step.check(options):
        report.add("approval_option", node, finding.message, option=finding.option)
    _check_outcomes(context, node, options)
    check_variable(context, node, outcome_variable(node), "resultVariable")


def _check_outcomes(context: Context, node: Element, options: dict[str, str]) -> None:
    outcomes = _listed(options.get("outcomes", ""))
    wrong = [name for name in outcomes if not _OUTCOME.fullmatch(name)]
    if wrong or len(set(outcomes)) != len(outcomes):
        message = (
            f"The outcomes of '{node.id}' must be different words of letters, digits, '_' and '-'."
        )
        context.report.add("approval_option", node, message, option="outcomes")
    unknown = set(_listed(options.get("reasonRequired", ""))) - set(outcomes)
    if outcomes and unknown:
        named = ", ".join(sorted(unknown))[:80]
        message = f"reasonRequired of '{node.id}' names {named}, which is not among its outcomes."
        context.report.add("approval_option", node, message, option="reasonRequired")


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
