"""Rules of a validation plan: dispositions, failure rules, conversion, what is complete.

Model: the "plan d'équivalence" that a department signs unit by unit with each responsible
teacher before departure; units may be kept at a distance or on site, and the method by
which grades are converted is agreed beforehand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workflows.contract.policy import Errors, structure_errors
from workflows.mobility.agreement import Agreement
from workflows.validation_plan.views import RowView

REPLACED, KEPT_DISTANCE, KEPT_ONSITE, WAIVED = (
    "replaced",
    "kept_distance",
    "kept_onsite",
    "waived",
)
DISPOSITIONS = (REPLACED, KEPT_DISTANCE, KEPT_ONSITE, WAIVED)
"""What becomes of a unit: courses abroad replace it, it is followed at a distance or on
site, or it is not asked for."""

TERMS: Mapping[str, tuple[int, int]] = {
    "semester_1": (1, 2),
    "semester_2": (2, 2),
    "year": (1, 1),
}
"""When a unit is taught and examined: its term as (number, of how many in the year)."""

COMPENSATION = "compensation"
FAILURE_RULES = ("resit_equivalent_unit", "host_resit", COMPENSATION)
"""What a failed replacement leads to: a resit of the unit here, one at the host, or
compensation by the other units."""

CONVERSION_METHODS = ("tables", "grid", "formula", "pass_only")
"""How grades are converted: by grading tables, a fixed grid, a formula, or not at all."""

AGREEMENT_FIELDS_OF_PLAN = (
    "start_date",
    "end_date",
    "student_email",
    "receiving_contact_given_names",
    "receiving_contact_family_name",
    "receiving_contact_email",
)
"""What a plan asks of the stay; the rest of a learning agreement it has not."""


@dataclass(frozen=True, slots=True)
class PlanWarning:
    """Something the reader should know; it never blocks."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


def plan_errors(
    agreement: Agreement,
    rows: Sequence[RowView],
    method: str | None,
    *,
    teachers: frozenset[int],
    partner_signs: bool,
) -> Errors:
    """What keeps a plan from being submitted, by field path; empty when it may go on.

    ``teachers`` are the accounts that may answer for a unit. A partner that signs must have
    a contact to write to.
    """
    errors: Errors = {}
    needed = (*AGREEMENT_FIELDS_OF_PLAN[:2], *(["receiving_contact_email"] * partner_signs))
    found = structure_errors(agreement, "semester", {})
    for name, codes in found.items():
        if name in needed or (name in AGREEMENT_FIELDS_OF_PLAN and "required" not in codes):
            errors[name] = list(codes)
    if method not in CONVERSION_METHODS:
        errors["conversion_method"] = ["not_an_option" if method else "required"]
    if not rows:
        errors["rows"] = ["required"]
    for number, row in enumerate(rows):
        for name, code in _row_errors(row, teachers):
            errors.setdefault(f"rows.{number}.{name}", []).append(code)
    return errors


def _row_errors(row: RowView, teachers: frozenset[int]) -> Iterator[tuple[str, str]]:
    if not row.unit_title.strip():
        yield "unit_title", "required"
    if row.credits is None:
        yield "credits", "required"
    elif row.credits < 0:
        yield "credits", "negative"
    if row.term not in TERMS:
        yield "term", "not_an_option" if row.term else "required"
    if row.teacher_id not in teachers:
        yield "teacher_id", "required" if row.teacher_id is None else "not_an_option"
    if row.disposition not in DISPOSITIONS:
        yield "disposition", "not_an_option" if row.disposition else "required"
    yield from _course_errors(row)


def _course_errors(row: RowView) -> Iterator[tuple[str, str]]:
    """Courses, and what failing them means, are told for replaced units and no others."""
    if row.disposition == REPLACED:
        if not row.courses:
            yield "courses", "course_required"
        if row.failure_rule not in FAILURE_RULES:
            yield "failure_rule", "not_an_option" if row.failure_rule else "required"
    elif row.courses and row.disposition in DISPOSITIONS:
        yield "courses", "course_not_allowed"
    for number, course in enumerate(row.courses):
        if not course.title.strip():
            yield f"courses.{number}.title", "required"
        if course.credits is not None and course.credits < 0:
            yield f"courses.{number}.credits", "negative"


def plan_warnings(rows: Sequence[RowView], home: Decimal, abroad: Decimal) -> list[PlanWarning]:
    """What the reader should know about a plan."""
    warnings = []
    if home and abroad < home:
        warnings.append(
            PlanWarning("abroad_below_home", (("abroad", str(abroad)), ("home", str(home))))
        )
    without = [row.unit_title for row in rows for c in row.courses if c.credits is None]
    warnings += [PlanWarning("course_without_credits", (("unit", unit),)) for unit in without]
    return warnings
