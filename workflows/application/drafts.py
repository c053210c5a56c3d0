"""Reading what the student's page sends.

The submission is one mapping::

    {"student_number": "22100001", "enrolled": "true", "years_completed": "1",
     "debts": "false", "conditional": "true", "eqf_level": "6", "isced_f": "0231",
     "erasmus_months": "0", "motivation": "...",
     "languages": [{"language": "es", "cefr": "B2"}], "wishes": [{"place": "12"}]}

The order of ``wishes`` is their rank. Error paths are the paths of this mapping.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from workflows.application.campaign_input import EQF_LEVELS
from workflows.application.fields import Reader
from workflows.mobility.agreement import CEFR_LEVELS

MAX_WISHES = 3
MAX_LANGUAGES = 6
MAX_MOTIVATION = 6000
MIN_MOTIVATION = 50
MAX_YEARS = 12
MAX_ERASMUS_MONTHS = 36
LANGUAGE = r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*"

FIELDS = (
    "student_number",
    "enrolled",
    "years_completed",
    "debts",
    "conditional",
    "eqf_level",
    "isced_f",
    "erasmus_months",
    "motivation",
)
REQUIRED = tuple(name for name in FIELDS if name != "motivation")


@dataclass(frozen=True, slots=True)
class Draft:
    """What was written, as far as it can be used; ``errors`` says what cannot."""

    fields: Mapping[str, object]
    languages: tuple[tuple[str, str], ...]
    wishes: tuple[int, ...]
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def read_draft(data: Mapping[str, object], places: Collection[int]) -> Draft:
    """The draft in ``data``; ``places`` are those one may wish for."""
    reader = Reader(data)
    reader.only({*FIELDS, "languages", "wishes"})
    fields: dict[str, object] = {
        "student_number": reader.matching("student_number", r"[A-Za-z0-9]{4,20}"),
        "enrolled": reader.truth("enrolled"),
        "years_completed": reader.whole("years_completed", 0, MAX_YEARS),
        "debts": reader.truth("debts"),
        "conditional": reader.truth("conditional"),
        "eqf_level": reader.whole("eqf_level", *EQF_LEVELS),
        "isced_f": reader.matching("isced_f", r"[0-9]{2,4}"),
        "erasmus_months": reader.whole("erasmus_months", 0, MAX_ERASMUS_MONTHS),
        "motivation": reader.text("motivation", longest=MAX_MOTIVATION),
    }
    languages, language_errors = _languages(reader)
    wishes = _wishes(reader, places)
    return Draft(fields, languages, wishes, {**reader.errors, **language_errors})


def _languages(reader: Reader) -> tuple[tuple[tuple[str, str], ...], dict[str, list[str]]]:
    found: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for row in reader.rows("languages", MAX_LANGUAGES):
        row.only({"language", "cefr"})
        name = row.matching("language", LANGUAGE).lower()
        level = row.choice("cefr", CEFR_LEVELS)
        if name and name in found:
            row.refuse("language", "taken")
        elif name and level:
            found[name] = level
        elif name or level:
            row.refuse("cefr" if name else "language", "required")
        errors.update(row.errors)
    return tuple(found.items()), errors


def _wishes(reader: Reader, places: Collection[int]) -> tuple[int, ...]:
    known = {str(place) for place in places}
    found: list[int] = []
    for row in reader.rows("wishes", MAX_WISHES):
        row.only({"place"})
        text = row.choice("place", known)
        if text and int(text) in found:
            row.refuse("place", "wished_twice")
        elif text:
            found.append(int(text))
        reader.errors.update(row.errors)
    return tuple(found)


def gaps(draft: Draft) -> dict[str, list[str]]:
    """What is wrong or missing, by field path; empty when it can be submitted."""
    errors = {name: list(codes) for name, codes in draft.errors.items()}
    for name in REQUIRED:
        if draft.fields.get(name) in (None, "") and name not in errors:
            errors[name] = ["required"]
    if "motivation" not in errors:
        length = len(str(draft.fields.get("motivation") or ""))
        if length < MIN_MOTIVATION:
            errors["motivation"] = [f"too_short:{MIN_MOTIVATION}" if length else "required"]
    if not draft.wishes and not any(path.startswith("wishes") for path in errors):
        errors["wishes.0.place"] = ["required"]
    if not draft.languages and not any(path.startswith("languages") for path in errors):
        errors["languages.0.language"] = ["required"]
    return errors
