"""Admissions in words: states, and conditions that are not met."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

STATES = {
    "pending": lazy("being examined"),
    "approved": lazy("accepted"),
    "rejected": lazy("refused"),
    "cancelled": lazy("the student does not come"),
}
FAILED = {
    "no_place_left": lazy("All places of this partner are taken for the year."),
    "language_below_minimum": lazy("The language level is below the one that is asked for."),
    "stay_too_short": lazy("The stay is shorter than what is accepted."),
    "stay_too_long": lazy("The stay is longer than what is accepted."),
    "nominated_twice": lazy("The same student has been nominated already for this year."),
}
REFUSALS = (
    lazy("No place is left in this field of study."),
    lazy("The level of the language is too low for the courses."),
    lazy("The documents of the nomination are not complete."),
)
NO_SHOWS = (
    lazy("The student has withdrawn."),
    lazy("The student did not come."),
)


def state(status: str) -> str:
    """A nomination's status in words."""
    return str(STATES.get(status, status))


def failed_rule(code: str) -> str:
    """A condition that is not met, as a sentence."""
    return str(FAILED.get(code, code))


def reasons_to_refuse() -> list[str]:
    """Why a nominated student is often refused."""
    return [str(reason) for reason in REFUSALS]


def reasons_not_to_come() -> list[str]:
    """Why an accepted student is often not enrolled or not received."""
    return [str(reason) for reason in NO_SHOWS]
