"""Reading what a submission of a grade transfer page holds; nothing in it is believed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.contract.policy import STAY_YEARS
from workflows.grade_transfer.marks import MAX_MARK
from workflows.mobility.agreement import day_of

MAX_TEXT = 300
MAX_CELLS = 5000
MAX_ANNEX = 20
MAX_CREDIT = Decimal(60)

_CELL = re.compile(r"c([0-9]{1,18})", re.ASCII)
_CREDIT = re.compile(r"[0-9]{1,2}([.,][0-9]{1,2})?", re.ASCII)


def typed_by_course(value: object) -> dict[int, str]:
    """Texts by course as they were typed, to be shown again whatever they are."""
    cells = value if isinstance(value, dict) else {}
    return {
        int(match[1]): text
        for name, text in cells.items()
        if (match := _CELL.fullmatch(str(name))) and isinstance(text, str)
    }


@dataclass(frozen=True, slots=True)
class Annex:
    """A course outside the contract, as typed."""

    title: str
    code: str | None
    ects: Decimal
    mark: str


@dataclass
class Reader:
    """One pass over a submission, collecting every error by its path."""

    data: Mapping[str, object]
    errors: dict[str, list[str]] = field(default_factory=dict)

    def only(self, *names: str) -> None:
        """Refuse every field that is not among ``names``."""
        for name in self.data:
            if name not in names:
                self.refuse(str(name)[:80], "unknown_field")

    def refuse(self, path: str, code: str) -> None:
        """Note an error."""
        self.errors.setdefault(path, []).append(code)

    def done(self) -> None:
        """Raise InvalidInput where there was an error."""
        if self.errors:
            raise InvalidInput(self.errors)

    def text(self, name: str, *, required: bool = False, longest: int = MAX_TEXT) -> str:
        """A text without blanks around it; empty where there is none."""
        return self._text(name, self.data.get(name), required=required, longest=longest)

    def flag(self, name: str) -> bool:
        """A ticked box."""
        value = self.data.get(name)
        if value not in (None, "", "true", True, False):
            self.refuse(name, "wrong_type")
        return value in ("true", True)

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A day of a stay."""
        text = self.text(name, required=required, longest=10)
        if not text:
            return None
        found = day_of(text)
        if found is None or len(text) != len("2027-01-31") or found.year not in STAY_YEARS:
            self.refuse(name, "not_a_date")
            return None
        return found

    def choice(self, name: str, options: tuple[str, ...], *, required: bool = False) -> str:
        """One of a few words."""
        text = self.text(name, required=required)
        if text and text not in options:
            self.refuse(name, "not_an_option")
        return text

    def by_course(self, name: str, longest: int = MAX_MARK) -> dict[int, str]:
        """Texts by course, from names such as ``c12``."""
        value = self.data.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict) or len(value) > MAX_CELLS:
            self.refuse(name, f"too_many:{MAX_CELLS}" if isinstance(value, dict) else "wrong_type")
            return {}
        found: dict[int, str] = {}
        for key, typed in value.items():
            match = _CELL.fullmatch(str(key))
            if match is None:
                self.refuse(f"{name}.{str(key)[:20]}", "unknown_field")
                continue
            found[int(match[1])] = self._text(f"{name}.{key}", typed, longest=longest)
        return found

    def annexes(self, name: str) -> list[tuple[int, Annex]]:
        """Courses outside the contract, with the number of their row; empty rows are none."""
        rows = self.data.get(name)
        if rows is None or rows == "":
            return []
        if not isinstance(rows, list) or len(rows) > MAX_ANNEX:
            self.refuse(name, f"too_many:{MAX_ANNEX}" if isinstance(rows, list) else "wrong_type")
            return []
        return [
            (number, annex)
            for number, row in enumerate(rows)
            if (annex := self._annex(f"{name}.{number}", row)) is not None
        ]

    def _annex(self, path: str, row: object) -> Annex | None:
        if not isinstance(row, dict) or set(row) - {"title", "code", "ects", "mark"}:
            self.refuse(path, "wrong_type")
            return None
        if not any(str(value).strip() for value in row.values()):
            return None
        title = self._text(f"{path}.title", row.get("title"), required=True)
        code = self._text(f"{path}.code", row.get("code"), longest=50)
        ects = self._text(f"{path}.ects", row.get("ects"), required=True, longest=6)
        mark = self._text(f"{path}.mark", row.get("mark"), longest=MAX_MARK)
        if ects and not _CREDIT.fullmatch(ects):
            self.refuse(f"{path}.ects", "not_a_number")
            return None
        value = Decimal(ects.replace(",", ".") or "0")
        if value > MAX_CREDIT:
            self.refuse(f"{path}.ects", f"out_of_range:0:{MAX_CREDIT}")
        return Annex(title, code or None, value, mark)

    def _text(
        self, path: str, value: object, *, required: bool = False, longest: int = MAX_TEXT
    ) -> str:
        if value is not None and not isinstance(value, str):
            self.refuse(path, "wrong_type")
            return ""
        text = (value or "").strip()
        if required and not text:
            self.refuse(path, "required")
        if len(text) > longest:
            self.refuse(path, f"too_long:{longest}")
            return ""
        if unusable(text):
            self.refuse(path, "invalid_characters")
            return ""
        return text
