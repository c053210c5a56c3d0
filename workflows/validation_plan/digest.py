"""What is signed, as bytes: the canonical form of a plan and its SHA-256 digest.

The form is JSON (RFC 8259) in UTF-8 with sorted keys and no white space outside strings:
``format`` is the constant ``passerelle-plan-1``; then the mobility's identifier, the fields
of the stay that were given, the conversion, and the rows in order with their courses.
Version numbers, names of teachers and identifiers of rows are left out.
"""

from __future__ import annotations

import hashlib
import json

from workflows.validation_plan.models import PlanCourse, PlanRow, ValidationPlan

FORMAT = "passerelle-plan-1"


def canonical_form(plan: ValidationPlan) -> bytes:
    """The bytes whose digest a signature keeps."""
    content = {
        "format": FORMAT,
        "omobility_id": plan.mobility.omobility_id,
        "agreement": json.loads(plan.agreement),
        "conversion": [plan.conversion_method, plan.conversion_note],
        "rows": [_row(row) for row in sorted(plan.rows, key=lambda row: row.position)],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def plan_digest(plan: ValidationPlan) -> str:
    """SHA-256 of :func:`canonical_form`, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_form(plan)).hexdigest()


def _row(row: PlanRow) -> dict[str, object]:
    return {
        "unit": [row.unit_code, row.unit_title, row.credits_text],
        "term": row.term,
        "teacher": row.teacher_id,
        "disposition": row.disposition,
        "failure_rule": row.failure_rule,
        "conditions": row.conditions,
        "courses": [_course(c) for c in sorted(row.courses, key=lambda c: c.position)],
    }


def _course(course: PlanCourse) -> list[str | None]:
    return [course.code, course.title, course.credits_text]
