"""The facts that the decision table of eligibility judges, as plain numbers and truths.

The rules themselves stand in ``bpmn/application/eligibility.dmn``, where the university
changes them; this module only says what is the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.values import Value
from workflows.mobility.agreement import CEFR_LEVELS

NO_LEVEL = 0


@dataclass(frozen=True, slots=True)
class Demand:
    """What a place asks for; an empty ``cefr`` asks for no level of language."""

    place: int
    isced_f: str
    eqf_level: int
    months: int
    language: str
    cefr: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What a candidate declares: level of study, field, and languages with their levels."""

    isced_f: str
    eqf_level: int
    languages: Mapping[str, str]


def wish_facts(demand: Demand, profile: Profile) -> dict[str, Value]:
    """One wish as the decision table reads it.

    ``language_held`` and ``language_needed`` are places in :data:`CEFR_LEVELS` counted from 1, 0
    for none. ``field_covered``: the agreement's ISCED-F code is the candidate's or a wider
    one. ``level_covered``: the same level of the European Qualifications Framework.
    """
    return {
        "place": demand.place,
        "months": demand.months,
        "language_held": level_number(profile.languages.get(demand.language)),
        "language_needed": level_number(demand.cefr),
        "level_covered": demand.eqf_level == profile.eqf_level,
        "field_covered": profile.isced_f.startswith(demand.isced_f),
    }


def level_number(level: str | None) -> int:
    """A level of language as a number that can be compared; 0 for none."""
    return CEFR_LEVELS.index(level) + 1 if level in CEFR_LEVELS else NO_LEVEL
