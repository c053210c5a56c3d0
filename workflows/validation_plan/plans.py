"""Reading what the plan's page sends: shape strictly, content as far as it goes.

The submission is one mapping of fields of the stay, the conversion, and rows::

    {"start_date": "2026-09-01", "conversion_method": "tables", "conversion_note": "...",
     "rows": [{"unit_code": "LEA501", "unit_title": "...", "credits": "8",
               "term": "semester_1", "teacher_id": "12", "disposition": "replaced",
               "failure_rule": "host_resit", "conditions": "", "lineage": "...",
               "courses": [{"code": "103501", "title": "...", "credits": "6"}]}]}

Error paths are the paths of this mapping. An empty text means "not given".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.errors import InvalidInput
from workflows.contract.components import new_lineage
from workflows.fields import FieldReader
from workflows.mobility.agreement import Agreement
from workflows.validation_plan.policy import AGREEMENT_FIELDS_OF_PLAN
from workflows.validation_plan.views import CourseView, RowView

MAX_ROWS = 60
MAX_COURSES = 20
MAX_TEXT = 1000
MAX_LONG_TEXT = 4000
ROW_FIELDS = frozenset(
    {
        "unit_code",
        "unit_title",
        "credits",
        "term",
        "teacher_id",
        "disposition",
        "failure_rule",
        "conditions",
        "lineage",
        "courses",
    }
)
COURSE_FIELDS = frozenset({"code", "title", "credits"})
_ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """What the student has written."""

    agreement: Agreement
    conversion_method: str | None
    conversion_note: str | None
    rows: tuple[RowView, ...]


def read_plan(data: Mapping[str, object], agreement: Agreement) -> WrittenPlan:
    """The plan in ``data`` on top of ``agreement``; raises InvalidInput by field path.

    A field of the stay that ``data`` doesn't name stays as it is.
    """
    reader = _Reader()
    plan = reader.plan(data, agreement)
    if reader.errors:
        raise InvalidInput(reader.errors)
    return plan


class _Reader(FieldReader):
    """One pass over a submission, collecting every error."""

    def plan(self, data: Mapping[str, object], agreement: Agreement) -> WrittenPlan:
        known = {*AGREEMENT_FIELDS_OF_PLAN, "conversion_method", "conversion_note", "rows"}
        for name in data:
            if name not in known:
                self.refuse(str(name), "unknown_field")
        fields: dict[str, str | None] = dict(agreement.present())
        for name in AGREEMENT_FIELDS_OF_PLAN:
            if name in data:
                fields[name] = self.text(name, data[name], MAX_TEXT)
        return WrittenPlan(
            Agreement.of(fields),
            self.text("conversion_method", data.get("conversion_method"), MAX_TEXT),
            self.text("conversion_note", data.get("conversion_note"), MAX_LONG_TEXT),
            self._rows(data.get("rows")),
        )

    def _rows(self, value: object) -> tuple[RowView, ...]:
        rows = self.listed("rows", value, MAX_ROWS)
        found = [self._row(f"rows.{number}", row) for number, row in enumerate(rows)]
        lineages = [row.lineage for row in found]
        return tuple(
            row if lineages.index(row.lineage) == n else replace(row, lineage=new_lineage())
            for n, row in enumerate(found)
        )

    def _row(self, path: str, value: object) -> RowView:
        row = self.mapping(path, value, ROW_FIELDS)
        credits_ = self.credits(f"{path}.credits", row.get("credits"))
        courses = self.listed(f"{path}.courses", row.get("courses"), MAX_COURSES)
        return RowView(
            lineage=self.text(f"{path}.lineage", row.get("lineage"), 64) or new_lineage(),
            unit_code=self.text(f"{path}.unit_code", row.get("unit_code"), MAX_TEXT),
            unit_title=self.text(f"{path}.unit_title", row.get("unit_title"), MAX_TEXT) or "",
            credits=Decimal(credits_) if credits_ else None,
            credits_text=credits_,
            term=self.text(f"{path}.term", row.get("term"), MAX_TEXT),
            teacher_id=self._id(f"{path}.teacher_id", row.get("teacher_id")),
            teacher_name="",
            disposition=self.text(f"{path}.disposition", row.get("disposition"), MAX_TEXT),
            failure_rule=self.text(f"{path}.failure_rule", row.get("failure_rule"), MAX_TEXT),
            conditions=self.text(f"{path}.conditions", row.get("conditions"), MAX_LONG_TEXT),
            courses=tuple(
                self._course(f"{path}.courses.{number}", course)
                for number, course in enumerate(courses)
            ),
        )

    def _course(self, path: str, value: object) -> CourseView:
        course = self.mapping(path, value, COURSE_FIELDS)
        credits_ = self.credits(f"{path}.credits", course.get("credits"))
        return CourseView(
            code=self.text(f"{path}.code", course.get("code"), MAX_TEXT),
            title=self.text(f"{path}.title", course.get("title"), MAX_TEXT) or "",
            credits=Decimal(credits_) if credits_ else None,
            credits_text=credits_,
        )

    def _id(self, path: str, value: object) -> int | None:
        text = self.text(path, value, MAX_TEXT)
        if text is None:
            return None
        if not _ID.fullmatch(text):
            self.refuse(path, "not_an_option")
            return None
        return int(text)
