"""Names of process variables, and which element sets which of them."""

from __future__ import annotations

import re

from engine.definitions.checks.context import Context
from engine.definitions.model import Element

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_KEYWORDS = frozenset(
    {
        *("and", "or", "not", "in", "between", "if", "then", "else", "for", "return", "some"),
        *("every", "satisfies", "true", "false", "null", "function", "instance", "of"),
        *("external", "date", "time", "duration"),
        # Every object of the language behind the evaluator has these already.
        *("constructor", "prototype", "toString", "valueOf", "hasOwnProperty"),
    }
)


def is_variable(name: str) -> bool:
    """Whether a name can be used in FEEL without quoting and collides with nothing."""
    dunder = name.startswith("__") and name.endswith("__")
    return _NAME.fullmatch(name) is not None and name not in _KEYWORDS and not dunder


def check_variable(context: Context, node: Element, name: str | None, where: str) -> None:
    """Report a variable name that expressions could not use."""
    if name is not None and not is_variable(name.strip()):
        message = (
            f"'{name[:80]}' ({where}) cannot name a variable; use letters without accents, digits"
            " and '_', no FEEL keyword."
        )
        context.report.add("variable_name", node, message, name=name[:80])


def outcome_variable(node: Element) -> str | None:
    """The variable that an approval's outcome is written to, or None."""
    if node.type != "userTask" or not node.properties.get("approval", "").strip():
        return None
    return node.properties.get("resultVariable", "").strip() or f"{node.id}_outcome"


def written_by(context: Context, node: Element) -> frozenset[str]:
    """The variables an element sets itself, as far as the bundle shows it."""
    written = own_results(context, node)
    if node.loop is not None:
        written -= {node.loop.item, node.loop.output_item}
        written.add(node.loop.output)
    return frozenset(filter(None, written))


def own_results(context: Context, node: Element) -> set[str]:
    """The variables one run of an activity sets, its loop left aside."""
    if node.type == "userTask":
        form = context.forms.get(node.properties.get("form", "").strip())
        fields = {each.key for each in form.fields} if form else set()
        return fields | {outcome_variable(node) or ""}
    if node.type in {"serviceTask", "sendTask"}:
        return {node.properties.get("resultVariable", "").strip()}
    if node.type == "businessRuleTask":
        decision = context.decisions.get(node.decision or "")
        return {each.name for each in decision.outputs} if decision else set()
    return set()
