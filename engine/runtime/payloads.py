"""What a message brings along, and what of it a case takes."""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.errors import ExpressionError, InvalidInput
from engine.runtime.deployed import Definition
from engine.texts import unusable
from engine.values import Value

_WHOLE = 2**63


def correlated(
    definition: Definition, paths: Mapping[str, str], payload: Mapping[str, Value]
) -> dict[str, Value]:
    """The correlation values a payload carries; raises InvalidInput if one is missing."""
    if not paths:
        return {}
    try:
        values = definition.evaluate(list(paths.values()), payload)
    except ExpressionError as error:
        raise InvalidInput({"payload": ["no_correlation"]}, error.detail) from error
    return dict(zip(paths, values, strict=True))


def start_variables(
    definition: Definition, message: str, payload: Mapping[str, Value], *, implicit: bool
) -> dict[str, Value]:
    """The variables with which a message starts a case.

    They are those of the payload that the process declares as routing variables,
    and the correlation values. An ``implicit`` payload, all that a throwing case
    knows, is left where it is beyond them; of any other each entry must be
    declared. Raises InvalidInput, at ``payload.<name>``, for one that is not, or
    that is neither a text nor a number nor true, false or null.
    """
    declared = definition.model.routing_variables
    unknown = [] if implicit else sorted(set(payload) - declared)
    errors = {f"payload.{name[:80]}": ["unknown_variable"] for name in unknown}
    taken = {name: value for name, value in payload.items() if name in declared}
    for name, value in taken.items():
        code = _fault(value)
        if code:
            errors[f"payload.{name}"] = [code]
    if errors:
        raise InvalidInput(errors)
    start = definition.element(definition.model.message_starts[message])
    return {**taken, **correlated(definition, start.correlation, payload)}


def _fault(value: Value) -> str:
    """The code of what keeps a value from being a process variable; empty if nothing."""
    if isinstance(value, str):
        return "invalid_characters" if unusable(value) else ""
    if isinstance(value, float):
        return "" if math.isfinite(value) else "invalid_number"
    if isinstance(value, int):
        return "" if -_WHOLE <= value < _WHOLE else "invalid_number"
    return "" if value is None else "not_flat"
