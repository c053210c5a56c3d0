"""Incidents in words: what has happened, and what to do about it, by reason."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

_EXPRESSION = lazy("Correct the data or the expression that the detail names, then try again.")
_REPORT = lazy("This is a fault of the engine: report it with the number of the case.")

REASONS = {
    "no_flow_true": (
        lazy("The case has come to a fork, and none of its ways applies."),
        lazy("Correct the data, or give the fork a default way, then try again."),
    ),
    "expression_failed": (
        lazy("An expression of the diagram could not be evaluated."),
        _EXPRESSION,
    ),
    "budget_exceeded": (
        lazy("Automatic steps have followed each other without an end."),
        lazy("The diagram goes round in a circle without waiting for anybody: correct it."),
    ),
    "stuck_task": (lazy("An automatic step was ready and could not run."), _REPORT),
    "lost_update": (
        lazy("Two parallel branches have set the same value differently."),
        lazy("Let each branch of the diagram write a value of its own."),
    ),
    "uncaught_error": (
        lazy("A step has ended in an error that the diagram does not provide for."),
        lazy("Mend the cause and try again, or add a way for this error to the diagram."),
    ),
    "bad_collection": (
        lazy("A step that repeats for each entry of a list has no list."),
        lazy("Correct the value that the detail names, then try again."),
    ),
    "bad_timer": (
        lazy("A time limit is neither a date nor a duration."),
        lazy("Correct the expression or the table of deadlines behind it, then try again."),
    ),
    "no_candidate": (
        lazy("Nobody could be found to offer the task to: the group came out empty."),
        lazy("Correct the lane of the diagram, or the value it reads, then try again."),
    ),
    "no_seats": (
        lazy("An approval step asks nobody."),
        lazy("Correct the list of those who are asked, then try again."),
    ),
    "no_business_key": (
        lazy("A message of the diagram does not say which case it is about."),
        _EXPRESSION,
    ),
    "message_refused": (
        lazy("A message could not start the case it was to start."),
        lazy("Mend the cause that the detail names, then try again."),
    ),
    "approval_failed": (
        lazy("An approval step cannot decide with its options."),
        lazy("Correct the option that the detail names, then try again."),
    ),
    "unknown_approval": (
        lazy("The approval step is not installed here."),
        lazy("Install its package and restart, then try again."),
    ),
    "unknown_service": (
        lazy("The automatic step is not installed here."),
        lazy("Install its package and restart, then try again."),
    ),
    "not_waiting": (
        lazy("The step was taken already, or its task is gone."),
        lazy("There is nothing to do: trying again changes nothing."),
    ),
    "job_failed": (
        lazy("Automatic work has failed as often as it may be tried."),
        lazy("Mend the cause that the detail names, then try again."),
    ),
}
OTHERWISE = (
    lazy("Something cannot go on by itself."),
    lazy("Mend the cause that the detail names, then try again."),
)


def incident_sentence(reason: str) -> str:
    """What has happened."""
    return str(REASONS.get(reason, OTHERWISE)[0])


def incident_advice(reason: str) -> str:
    """What to do about it."""
    return str(REASONS.get(reason, OTHERWISE)[1])
