"""Migrations in words: what becomes of cases, why some stay, how far an order is."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

from engine import OrderStatus, Reason

REASONS = {
    Reason.INCIDENT: lazy("It has an incident: settle that first."),
    Reason.BUSY: lazy("Automatic work is being done on it at this moment: try again later."),
    Reason.SUBPROCESS: lazy("It stands inside a subprocess or a called process."),
    Reason.LOOP: lazy("It stands inside a step that is done several times."),
    Reason.REMOVED: lazy("The target has no such step; say which one takes its place."),
    Reason.TYPE: lazy("The step is of another kind in the target."),
    Reason.EVENTS: lazy("The step has other reminders or time limits in the target."),
    Reason.TIMER: lazy("The time limit says something else in the target."),
    Reason.MESSAGE: lazy("The target waits for another message there."),
    Reason.SERVICE: lazy("The automatic step does something else in the target."),
    Reason.HALF_DECIDED: lazy("Somebody has answered, and the target decides the step otherwise."),
    Reason.PEOPLE: lazy("The step asks other people in the target."),
    Reason.UNREACHABLE: lazy("No case of the target can stand like this: it would get stuck."),
    Reason.UNPROVEN: lazy("That moving it is safe cannot be shown."),
}

STATUS = {
    OrderStatus.RUNNING: lazy("Cases are being moved"),
    OrderStatus.DONE: lazy("Every case was looked at"),
    OrderStatus.CANCELLED: lazy("Stopped"),
}


def migration_reason(reason: Reason) -> str:
    """Why a case stays on its version."""
    return str(REASONS[reason])


def migration_status(status: OrderStatus) -> str:
    """How far a migration is."""
    return str(STATUS[status])
