"""When something is due: from what a diagram says to an instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.errors import ExecutionError, ExpressionError
from engine.runtime.deployed import Definition
from engine.schedule import CALENDARS, Timer, next_due, parse_timer
from engine.values import Value


def timer_text(
    definition: Definition, element_id: str, text: str, variables: Mapping[str, Value]
) -> str | None:
    """The ISO 8601 timer that ``text`` means: as written, else FEEL yielding one.

    FEEL that yields null means "none". Raises ExecutionError for anything else.
    """
    if _is_timer(text):
        return text
    try:
        value = definition.evaluate([text], variables)[0]
    except ExpressionError as error:
        raise ExecutionError(element_id, "expression_failed", error.detail) from error
    if value is None:
        return None
    if not isinstance(value, str) or not _is_timer(value):
        raise ExecutionError(
            element_id,
            "bad_timer",
            f"'{text}' gave {value!r}, which is neither a date nor a duration nor a cycle.",
        )
    return value


def _is_timer(text: str) -> bool:
    try:
        parse_timer(text)
    except ValueError:
        return False
    return True


def due(
    definition: Definition,
    element_id: str,
    timer: Timer,
    start: datetime,
    *,
    fired: int = 0,
    working: bool = False,
) -> datetime | None:
    """The next instant of a timer started at ``start``, or None when it is spent.

    ``working`` counts days in the process's working calendar, where it names one.
    Raises ExecutionError for an instant beyond the calendar.
    """
    name = definition.model.calendar if working else ""
    calendar = CALENDARS[name] if name else None
    try:
        return next_due(timer, start, definition.zone, calendar, fired)
    except ValueError as error:
        raise ExecutionError(element_id, "bad_timer", str(error)) from error


def due_at(
    definition: Definition,
    element_id: str,
    text: str | None,
    variables: Mapping[str, Value],
    now: datetime,
) -> datetime | None:
    """The due or follow-up date a property asks for."""
    if not text:
        return None
    iso = timer_text(definition, element_id, text, variables)
    return None if iso is None else due(definition, element_id, parse_timer(iso), now, working=True)
