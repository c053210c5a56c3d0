"""The editor of a validation plan: units with their courses, and what a page sends back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.submissions import Node
from workflows.validation_plan.policy import AGREEMENT_FIELDS_OF_PLAN
from workflows.validation_plan.views import PlanView, RowView

EMPTY_COURSE: Mapping[str, str] = {}


def editor_fields(plan: PlanView, typed: Mapping[str, Any] | None) -> dict[str, str]:
    """Fields of the stay and of the conversion: what was typed, else what is known."""
    known = {name: getattr(plan.agreement, name) or "" for name in AGREEMENT_FIELDS_OF_PLAN}
    known |= {
        "conversion_method": plan.conversion_method or "",
        "conversion_note": plan.conversion_note or "",
    }
    for name in known:
        if typed is not None and isinstance(typed.get(name), str):
            known[name] = typed[name]
    return known


def editor_rows(plan: PlanView, typed: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The units as typed, else as they are; one empty unit where there is none."""
    if typed is not None:
        rows = [_typed(row) for row in _rows(typed) if isinstance(row, dict)]
    else:
        rows = [_row(row) for row in plan.rows]
    return rows or [{"courses": [EMPTY_COURSE]}]


def _rows(data: Mapping[str, Any]) -> list[Any]:
    rows = data.get("rows")
    return list(rows) if isinstance(rows, list) else []


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    courses = row.get("courses")
    listed = (
        [each for each in courses if isinstance(each, dict)] if isinstance(courses, list) else []
    )
    return {**row, "courses": listed}


def _row(row: RowView) -> dict[str, Any]:
    return {
        "lineage": row.lineage,
        "unit_code": row.unit_code or "",
        "unit_title": row.unit_title,
        "credits": row.credits_text or "",
        "term": row.term or "",
        "teacher_id": str(row.teacher_id or ""),
        "disposition": row.disposition or "",
        "failure_rule": row.failure_rule or "",
        "conditions": row.conditions or "",
        "courses": [
            {"code": each.code or "", "title": each.title, "credits": each.credits_text or ""}
            for each in row.courses
        ],
    }


def submission(data: Mapping[str, Node]) -> dict[str, Node]:
    """The editor's data as the domain takes it: units and courses without text are none."""
    kept = dict(data)
    if isinstance(data.get("rows"), list):
        rows = [_written_row(row) for row in _rows(data)]
        kept["rows"] = [row for row in rows if row]
    return kept


def _written_row(row: Node) -> Node:
    if not isinstance(row, dict):
        return row
    courses = row.get("courses")
    listed = courses if isinstance(courses, list) else []
    written = [c for c in listed if not isinstance(c, dict) or any(map(_said, c.values()))]
    texts = ("unit_code", "unit_title", "credits", "teacher_id", "conditions", "disposition")
    if not written and not any(_said(row.get(name)) for name in texts):
        return {}
    return {**row, "courses": written}


def _said(value: object) -> bool:
    return bool(str(value or "").strip())


def with_row_action(data: dict[str, Node], action: str) -> dict[str, Node]:
    """``data`` after a unit or a course was added or removed, for browsers without script.

    Actions are ``add:rows``, ``remove:rows:2``, ``add:courses:0`` and ``remove:courses:0:1``;
    one that means nothing changes nothing.
    """
    verb, _, rest = action.partition(":")
    part, _, where = rest.partition(":")
    rows = _rows(data)
    if part == "rows":
        return {**data, "rows": _acted(rows, verb, where, {"courses": [{}]})}
    unit, _, number = where.partition(":")
    if part != "courses" or unit not in map(str, range(len(rows))):
        return data
    row = rows[int(unit)]
    if not isinstance(row, dict):
        return data
    courses = row.get("courses")
    listed = list(courses) if isinstance(courses, list) else []
    rows[int(unit)] = {**row, "courses": _acted(listed, verb, number, {})}
    return {**data, "rows": rows}


def _acted(entries: list[Node], verb: str, where: str, fresh: dict[str, Node]) -> list[Node]:
    if verb == "add":
        return [*entries, fresh]
    if verb == "remove":
        return [each for n, each in enumerate(entries) if str(n) != where]
    return entries
