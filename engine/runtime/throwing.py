"""Messages that a case throws: each becomes a job of its own, delivered after the commit."""

from __future__ import annotations

from typing import Any

import orjson

from engine.errors import ExecutionError, ExpressionError
from engine.kernel import Thrown
from engine.runtime.deployed import Definition
from engine.runtime.locked import LockedInstance
from engine.unit import Unit, job_row
from engine.values import Value

_ATTEMPTS = 5


def message_row(
    unit: Unit, locked: LockedInstance, definition: Definition, thrown: Thrown
) -> dict[str, Any]:
    """The job that delivers a thrown message.

    It goes under the case's own business key or the one its event asks for. Raises
    ExecutionError where that is neither a text nor a whole number.
    """
    payload = {
        "name": thrown.name,
        "variables": dict(thrown.variables),
        "business_key": _business_key(locked, definition, thrown),
    }
    return job_row(
        unit,
        instance_id=locked.id,
        kind="message",
        payload=orjson.dumps(payload),
        due_at=unit.at,
        max_attempts=_ATTEMPTS,
    )


def _business_key(locked: LockedInstance, definition: Definition, thrown: Thrown) -> str:
    expression = definition.element(thrown.element).properties.get("businessKey")
    if expression is None:
        return locked.business_key
    try:
        key: Value = definition.evaluate([expression], thrown.variables)[0]
    except ExpressionError as error:
        raise ExecutionError(thrown.element, "expression_failed", error.detail) from error
    if isinstance(key, int) and not isinstance(key, bool):
        key = str(key)
    if not isinstance(key, str) or not key.strip():
        raise ExecutionError(
            thrown.element,
            "no_business_key",
            f"The businessKey of '{thrown.element}' is neither a text nor a whole number; "
            f"the expression {expression} gave {key!r}.",
        )
    return key
