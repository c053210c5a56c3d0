"""Validation plans in words: what becomes of units, failure, conversion, stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

DISPOSITIONS = {
    "replaced": lazy("replaced by courses abroad"),
    "kept_distance": lazy("followed here at a distance"),
    "kept_onsite": lazy("followed here on site"),
    "waived": lazy("not asked for"),
}
FAILURE_RULES = {
    "resit_equivalent_unit": lazy("resit of the equivalent unit here"),
    "host_resit": lazy("resit at the host university"),
    "compensation": lazy("compensated by other units"),
}
TERMS = {
    "semester_1": lazy("first semester"),
    "semester_2": lazy("second semester"),
    "year": lazy("whole year"),
}
METHODS = {
    "tables": lazy("by the grading tables of both universities"),
    "grid": lazy("by a fixed grid"),
    "formula": lazy("by a formula"),
    "pass_only": lazy("no grade, only passed or failed"),
}
STATUS = {
    "draft": lazy("being written"),
    "submitted": lazy("being checked and signed"),
    "returned": lazy("returned with a reason"),
    "rejected": lazy("rejected by the partner"),
    "signed": lazy("signed by all, in force"),
}
STAGES = {
    "teacher": lazy("Responsible teacher"),
    "coordinator": lazy("Coherence of the plan"),
    "student": lazy("Student"),
    "sending": lazy("University"),
    "partner": lazy("Partner university"),
}
FIELDS = {
    "rows": lazy("Units"),
    "unit_code": lazy("Unit code"),
    "unit_title": lazy("Unit"),
    "credits": lazy("ECTS"),
    "term": lazy("When it is examined"),
    "teacher_id": lazy("Responsible teacher"),
    "disposition": lazy("What becomes of the unit"),
    "failure_rule": lazy("If it is failed abroad"),
    "conditions": lazy("Conditions"),
    "courses": lazy("Courses abroad"),
    "code": lazy("Code"),
    "title": lazy("Course abroad"),
    "conversion_method": lazy("How grades are converted"),
    "conversion_note": lazy("Details of the conversion"),
}
WARNINGS = {
    "abroad_below_home": lazy("%(abroad)s credits abroad replace %(home)s credits here."),
    "course_without_credits": lazy("A course abroad for “%(unit)s” has no credits."),
}


def _said(table: Mapping[str, Any], code: str | None) -> str:
    return str(table.get(code or "", code or ""))


def plan_disposition(code: str | None) -> str:
    """What becomes of a unit."""
    return _said(DISPOSITIONS, code)


def plan_failure(code: str | None) -> str:
    """What a failed replacement leads to."""
    return _said(FAILURE_RULES, code)


def plan_term(code: str | None) -> str:
    """When a unit is taught and examined."""
    return _said(TERMS, code)


def plan_method(code: str | None) -> str:
    """How grades are converted."""
    return _said(METHODS, code)


def plan_status(code: str) -> str:
    """Where one version of a plan stands."""
    return _said(STATUS, code)


def plan_stage(code: str) -> str:
    """Who gave an answer."""
    return _said(STAGES, code)


def plan_field(name: str) -> str:
    """A field of a plan, as its label."""
    return _said(FIELDS, name)


def plan_path(path: str) -> str:
    """What an error path such as ``rows.0.courses.1.title`` points at."""
    part, *rest = path.split(".")
    if part != "rows" or not rest:
        return plan_field(part)
    place = str(_("Unit %(number)s", number=int(rest[0]) + 1))
    return f"{place}, {plan_field(rest[-1])}" if len(rest) > 1 else place


def plan_warning(code: str, params: Mapping[str, str]) -> str:
    """Something the reader of a plan should know; it never blocks."""
    return str(WARNINGS[code]) % params if code in WARNINGS else code
