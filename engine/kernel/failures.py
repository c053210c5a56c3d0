"""The reasons for which an instance cannot go on, as the errors that say so."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import ExecutionError, ExpressionError


def expression_failed(element: str, error: ExpressionError) -> ExecutionError:
    """An expression or a decision of ``element`` could not be evaluated."""
    return ExecutionError(
        element,
        "expression_failed",
        f"The expression of '{element}' cannot be evaluated: {error.detail}",
        expression=error.expression,
    )


def no_flow_true(gateway: str) -> ExecutionError:
    """A gateway has no way on."""
    return ExecutionError(
        gateway,
        "no_flow_true",
        f"No condition of the gateway '{gateway}' is true and it has no default flow.",
    )


def lost_update(join: str, variable: str) -> ExecutionError:
    """Two parallel branches have given one variable different values."""
    return ExecutionError(
        join,
        "lost_update",
        f"Two parallel branches that meet at '{join}' have changed the variable "
        f"'{variable}' to different values, and one of them would be lost.",
        variable=variable,
    )


def uncaught_error(element: str, code: str) -> ExecutionError:
    """A BPMN error that no boundary event catches."""
    return ExecutionError(
        element,
        "uncaught_error",
        f"'{element}' has thrown the error '{code}' and no boundary event catches it.",
        error_code=code,
    )


def bad_collection(element: str, what: str) -> ExecutionError:
    """A multi-instance activity does not know how often to run."""
    return ExecutionError(
        element, "bad_collection", f"The multi-instance activity '{element}' cannot start: {what}"
    )


def stuck_task(elements: Sequence[str]) -> ExecutionError:
    """Tokens stand where nothing can ever move them."""
    names = ", ".join(f"'{element}'" for element in elements)
    return ExecutionError(
        elements[0],
        "stuck_task",
        f"Nothing can move the process any further: tokens are left at {names}.",
        elements=list(elements),
    )
