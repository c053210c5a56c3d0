"""When a nomination meets the conditions, and what a nomination has to say.

The conditions come from the decision table ``admission_rules``: places per partner and
year, language level (CEFR), length of the stay in months. A condition that is not met is
named and informs RI, who decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.values import Value
from workflows.contract.policy import PATTERNS
from workflows.mobility.agreement import CEFR_LEVELS, Agreement, day_of

REQUIRED = (
    "student_given_names",
    "student_family_name",
    "student_email",
    "student_birth_date",
    "sending_hei_id",
    "receiving_academic_year_id",
    "start_date",
    "end_date",
    "isced_f_code",
    "language",
    "cefr_level",
)
OPTIONAL = (
    "omobility_id",
    "student_global_id",
    "student_citizenship",
    "student_gender",
    "eqf_level_studied_at_departure",
    "sending_contact_given_names",
    "sending_contact_family_name",
    "sending_contact_email",
)
"""What a nomination may bring along: the partner's identifier of the mobility in the EWP
network, and fields of the agreement."""

MAX_TEXT = 300
Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Rules:
    """The conditions for one partner, department and year."""

    places: int
    minimum_level: str
    shortest_months: int
    longest_months: int

    @classmethod
    def of(cls, variables: Mapping[str, Value]) -> Rules:
        """From what the decision table has set; raises KeyError or ValueError otherwise."""
        level = str(variables["minimum_level"])
        if level not in CEFR_LEVELS:
            raise ValueError(f"'{level}' is no CEFR level.")
        numbers = [
            int(str(variables[name])) for name in ("places", "shortest_months", "longest_months")
        ]
        return cls(numbers[0], level, numbers[1], numbers[2])


def failed_rules(
    agreement: Agreement, rules: Rules, *, taken: int, already_here: int
) -> tuple[str, ...]:
    """The conditions a nomination does not meet, as codes.

    ``taken`` counts the partner's earlier nominations of the year that were not refused;
    ``already_here`` the same student's other ones.
    """
    months = months_of(agreement)
    checks = {
        "no_place_left": taken >= rules.places,
        "language_below_minimum": _rank(agreement.cefr_level)
        < CEFR_LEVELS.index(rules.minimum_level),
        "stay_too_short": months is not None and months < rules.shortest_months,
        "stay_too_long": months is not None and months > rules.longest_months,
        "nominated_twice": already_here > 0,
    }
    return tuple(code for code, failed in checks.items() if failed)


def months_of(agreement: Agreement) -> int | None:
    """The length of the stay in months begun and completed, half a month counting as one."""
    first, last = day_of(agreement.start_date), day_of(agreement.end_date)
    if first is None or last is None or last < first:
        return None
    days = (last - first).days + 1
    return round(days / 30.44)


def _rank(level: str | None) -> int:
    return CEFR_LEVELS.index(level) if level in CEFR_LEVELS else -1


def nomination_errors(agreement: Agreement, today: date) -> Errors:
    """What keeps a nomination from being recorded, by field."""
    errors: Errors = {}
    given = agreement.present()
    for name in REQUIRED:
        if not given.get(name, "").strip():
            errors[name] = ["required"]
    for name, pattern in PATTERNS.items():
        if given.get(name) and not re.fullmatch(pattern, given[name].strip()):
            errors.setdefault(name, ["invalid"])
    for name in ("student_birth_date", "start_date", "end_date"):
        if given.get(name) and day_of(given[name]) is None:
            errors[name] = ["not_a_date"]
    first, last = day_of(given.get("start_date")), day_of(given.get("end_date"))
    if first and last and last < first:
        errors["end_date"] = ["before_start"]
    born = day_of(given.get("student_birth_date"))
    if born and not date(1900, 1, 1) <= born < today:
        errors["student_birth_date"] = ["not_a_date"]
    return errors
