"""Forms and decisions as the diagrams use them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.catalogue import ParsedDecision
from engine.definitions.checks.context import Context
from engine.definitions.checks.variables import is_variable, outcome_variable, written_by
from engine.definitions.report import Place


def check(context: Context) -> None:
    """Report fields that would set routing variables, and files nothing uses."""
    _check_reserved_fields(context)
    _check_correlation(context)
    if not context.alone:
        _check_unused(context)


def routing_variables(context: Context) -> frozenset[str]:
    """Variables that route and therefore never come from a form."""
    names = set(context.model.routing_variables)
    for node in context.model.elements.values():
        if node.type == "userTask":
            names.add(outcome_variable(node) or "")
        else:
            names |= written_by(context, node)
        if node.loop is not None:
            names |= {node.loop.collection, node.loop.output, node.loop.item}
    return frozenset(filter(None, names))


def _check_reserved_fields(context: Context) -> None:
    reserved = routing_variables(context)
    for form in context.forms.values():
        at = Place(context.model.forms.get(form.id, ""), 1, form.id)
        for entry in form.fields:
            if entry.key in reserved or entry.key.endswith("_outcome"):
                message = f"The field '{entry.key[:80]}' would set a routing variable; rename it."
                context.report.add("reserved_field", at, message, field=entry.key[:80])
            elif not is_variable(entry.key):
                message = f"The field '{entry.key[:80]}' cannot name a variable; rename it."
                context.report.add("variable_name", at, message, name=entry.key[:80])


def _check_correlation(context: Context) -> None:
    wanted = {name for message in context.model.messages.values() for name in message.correlation}
    for node in context.model.elements.values():
        missing = sorted(wanted - set(node.correlation))
        if node.message and node.correlation and missing:
            message = f"The message of '{node.id}' has no path for {', '.join(missing)[:80]}."
            context.report.add("correlation_incomplete", node, message)


def _check_unused(context: Context) -> None:
    nodes = context.model.elements.values()
    forms = {node.properties.get("form", "").strip() for node in nodes}
    options = {value for node in nodes for value in node.properties.values()}
    named = {node.decision for node in nodes} | options
    asked = [decision for key, decision in context.decisions.items() if key in named]
    decisions = named | {each.id for decision in asked for each in _required(decision)}
    for what, known, used in (
        ("form", context.model.forms, forms),
        ("decision", context.model.decisions, decisions),
    ):
        for identifier, file in known.items():
            if identifier not in used:
                message = f"Nothing uses the {what} '{identifier[:80]}'."
                context.report.add("unused_file", Place(file, 1, identifier[:80]), message)


def _required(decision: ParsedDecision) -> Iterator[ParsedDecision]:
    """The decisions that one stands on, at any depth."""
    for requirement in decision.requires:
        yield requirement.decision
        yield from _required(requirement.decision)
