"""Reading the transcript that somebody typed in, or looked over after an upload.

The submission is one mapping::

    {"received_on": "2026-07-03", "issued_on": "2026-06-28", "scale": "ES",
     "rows": [{"code": "...", "title": "...", "credits": "6", "grade": "7,5",
               "status": "passed", "isced_f": "0231", "los_id": ""}]}

Error paths are the paths of this mapping, such as ``rows.3.grade``. Rows without any text
are no rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.grading.scales import SCALES
from workflows.grading.values import Direction, Scale

MAX_ROWS = 100
MAX_TITLE = 1000
MAX_CODE = 200
MAX_GRADE = 40
MAX_CREDITS = Decimal(120)
EARLIEST = date(2000, 1, 1)

OTHER = "other"
"""Code of a scale nobody has described: its grades are kept, the host says what passes."""

FIELDS = ("code", "title", "credits", "grade", "status", "isced_f", "los_id")
HEAD = ("received_on", "issued_on", "scale")
STATUSES: Mapping[str, bool | None] = {"": None, "passed": True, "failed": False}

_CREDITS = re.compile(r"[0-9]{1,3}([.,][0-9]{1,4})?", re.ASCII)
_ISCED = re.compile(r"[0-9]{2,4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class CourseTyped:
    """One course of the transcript; ``passed`` is None where only the grade tells."""

    los_id: str | None
    code: str | None
    title: str
    credits: Decimal | None
    grade: str
    passed: bool | None
    isced_f: str


@dataclass(frozen=True, slots=True)
class TranscriptTyped:
    """A transcript ready to be matched: every course has a result on the scale."""

    received_on: date
    issued_on: date | None
    scale: Scale
    courses: tuple[CourseTyped, ...]


def scale_named(code: str) -> Scale | None:
    """The scale a transcript is in; that of words nobody has described for ``other``."""
    return Scale(OTHER, Direction.NONE) if code == OTHER else SCALES.get(code)


def read_entry(data: Mapping[str, object], today: date) -> TranscriptTyped:
    """The transcript in ``data``; raises InvalidInput by field path.

    ``received_on`` lies neither in the future nor before the transcript was issued.
    """
    reader = _Reader(today)
    typed = reader.transcript(data)
    if reader.errors or typed is None:
        raise InvalidInput(reader.errors)
    return typed


class _Reader:
    """One pass over a submission, collecting every error."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.errors: dict[str, list[str]] = {}

    def transcript(self, data: Mapping[str, object]) -> TranscriptTyped | None:
        for name in data:
            if name not in {*HEAD, "rows"}:
                self._refuse(str(name), "unknown_field")
        received = self._day("received_on", data.get("received_on"))
        issued = self._day("issued_on", data.get("issued_on"))
        if received is None and "received_on" not in self.errors:
            self._refuse("received_on", "required")
        if received and issued and issued > received:
            self._refuse("issued_on", "after_receipt")
        scale = self._scale(data.get("scale"))
        courses = self._rows(data.get("rows"), scale)
        if received is None or scale is None:
            return None
        return TranscriptTyped(received, issued, scale, tuple(courses))

    def _scale(self, value: object) -> Scale | None:
        code = self._text("scale", value, MAX_CODE)
        if not code:
            self._refuse("scale", "required")
            return None
        scale = scale_named(code)
        if scale is None:
            self._refuse("scale", "unknown_scale")
        return scale

    def _rows(self, value: object, scale: Scale | None) -> list[CourseTyped]:
        if not isinstance(value, list | None):
            self._refuse("rows", "wrong_type")
            return []
        rows = [(n, row) for n, row in enumerate(value or []) if _written(row)]
        if not rows:
            self._refuse("rows", "required")
        if len(rows) > MAX_ROWS:
            self._refuse("rows", f"too_many:{MAX_ROWS}")
            return []
        return [self._course(f"rows.{n}", row, scale) for n, row in rows]

    def _course(self, path: str, row: object, scale: Scale | None) -> CourseTyped:
        if not isinstance(row, dict):
            self._refuse(path, "wrong_type")
            row = {}
        for name in row:
            if name not in FIELDS:
                self._refuse(f"{path}.{name}", "unknown_field")
        title = self._text(f"{path}.title", row.get("title"), MAX_TITLE)
        if not title and f"{path}.title" not in self.errors:
            self._refuse(f"{path}.title", "required")
        passed, grade = self._result(path, row, scale)
        return CourseTyped(
            los_id=self._text(f"{path}.los_id", row.get("los_id"), MAX_CODE) or None,
            code=self._text(f"{path}.code", row.get("code"), MAX_CODE) or None,
            title=title,
            credits=self._credits(f"{path}.credits", row.get("credits")),
            grade=grade,
            passed=passed,
            isced_f=self._isced(f"{path}.isced_f", row.get("isced_f")),
        )

    def _result(
        self, path: str, row: Mapping[str, object], scale: Scale | None
    ) -> tuple[bool | None, str]:
        """Status and grade: together they say whether the course was passed."""
        status = self._text(f"{path}.status", row.get("status"), MAX_CODE)
        grade = self._text(f"{path}.grade", row.get("grade"), MAX_GRADE)
        if status not in STATUSES:
            self._refuse(f"{path}.status", "not_an_option")
            return None, grade
        passed = STATUSES[status]
        if scale is None:
            return passed, grade
        if grade and scale.code != OTHER and not scale.contains(grade):
            self._refuse(f"{path}.grade", "not_on_scale")
        elif passed is None and not grade:
            self._refuse(f"{path}.grade", "grade_or_status")
        elif passed is None and scale.passes(grade) is None:
            self._refuse(f"{path}.status", "status_required")
        return passed, grade

    def _credits(self, path: str, value: object) -> Decimal | None:
        text = self._text(path, value, MAX_CODE)
        if not text:
            return None
        if not _CREDITS.fullmatch(text):
            self._refuse(path, "not_a_number")
            return None
        credits_read = Decimal(text.replace(",", "."))
        if credits_read > MAX_CREDITS:
            self._refuse(path, f"out_of_range:0:{MAX_CREDITS}")
            return None
        return credits_read

    def _isced(self, path: str, value: object) -> str:
        text = self._text(path, value, MAX_CODE)
        if text and not _ISCED.fullmatch(text):
            self._refuse(path, "invalid")
            return ""
        return text

    def _day(self, path: str, value: object) -> date | None:
        text = self._text(path, value, MAX_CODE)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self._refuse(path, "not_a_date")
            return None
        if day > self.today:
            self._refuse(path, "in_the_future")
        elif day < EARLIEST:
            self._refuse(path, "not_a_date")
        return day

    def _text(self, path: str, value: object, longest: int) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self._refuse(path, "wrong_type")
            return ""
        text = " ".join(value.split())
        if unusable(value):
            self._refuse(path, "invalid_characters")
            return ""
        if len(text) > longest:
            self._refuse(path, f"too_long:{longest}")
            return ""
        return text

    def _refuse(self, path: str, code: str) -> None:
        self.errors.setdefault(path, []).append(code)


def _written(row: object) -> bool:
    """Whether anything but the status was typed; a row that is no row is looked at too."""
    if not isinstance(row, dict):
        return True
    return any(
        not isinstance(value, str) or value.strip()
        for name, value in row.items()
        if name != "status"
    )
