"""A decision tried with values that somebody types, by the evaluator that runs in production."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Final

from engine.feel.decision import Decision
from engine.feel.text import names
from engine.values import Value

_NUMBER: Final = re.compile(r"-?\d{1,15}(?:[.,]\d{1,10})?", re.ASCII)
_TRUTH: Final = {"true": True, "false": False}
MAX_VARIABLES: Final = 50


def variables_of(decision: Decision) -> dict[str, str]:
    """The variables that a decision reads, with the FEEL type of the column that shows one.

    Those of the decisions it requires are among them; what those give is not.
    """
    read = _read_by(decision)
    given = {each.variable for each in decision.requires}
    shown = {each.expression: each.type for each in decision.inputs}
    found = {name: shown.get(name, "") for name in _in_order(decision, read) if name not in given}
    for requirement in decision.requires:
        for name, type_ in variables_of(requirement.decision).items():
            found.setdefault(name, type_)
    return dict(list(found.items())[:MAX_VARIABLES])


def _read_by(decision: Decision) -> set[str]:
    texts = [each.expression for each in decision.inputs]
    texts += [each.allowed for each in decision.inputs]
    texts += [each.allowed for each in decision.outputs]
    for rule in decision.rules:
        texts += [*rule.tests, *rule.outputs]
    return {name for text in texts for name in names(text)}


def _in_order(decision: Decision, read: set[str]) -> list[str]:
    """Those of the columns first, in their order."""
    columns = [each.expression for each in decision.inputs if each.expression in read]
    return [*dict.fromkeys(columns), *sorted(read - set(columns))]


def value_of(text: str, type_: str) -> Value:
    """What was typed, as a variable of that FEEL type holds it.

    A number or truth value that is none stays text, for the evaluator to refuse it. Where the
    type is not known, what reads as JSON is JSON, everything else text.
    """
    if type_ == "number" and _NUMBER.fullmatch(text):
        return float(text.replace(",", ".")) if re.search("[.,]", text) else int(text)
    if type_ == "boolean":
        return _TRUTH.get(text, text)
    if type_:
        return text
    try:
        read: Value = json.loads(text, parse_constant=str)
    except (ValueError, RecursionError):
        return text
    return read


def context_of(decision: Decision, typed: Mapping[str, str]) -> dict[str, Value]:
    """The variables that were typed; what was left empty does not exist."""
    return {
        name: value_of(typed[name].strip(), type_)
        for name, type_ in variables_of(decision).items()
        if typed.get(name, "").strip()
    }
