"""Reading what the student's page sends: shape strictly, content as far as it goes.

The submission is one flat mapping: fields of the agreement by name, and each part as a
list of components::

    {"start_date": "2026-09-01", "language": "es",
     "studied": [{"title": "...", "los_code": "...", "term_number": "1",
                  "total_terms": "2", "credits": [{"scheme": "ects", "value": "6"}]}],
     "recognised": [...], "virtual": [...]}

A component may carry the ``lineage`` it was read with, so that later versions show what
became of it. Error paths are the paths of this mapping, such as
``studied.0.credits.0.value``. An empty text means "not given".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.contract.components import TEXT_FIELDS, Parts, component, new_lineage
from workflows.contract.views import ComponentView, CreditView, Part
from workflows.mobility.agreement import AGREEMENT_FIELDS, Agreement

IMMUTABLE = ("sending_hei_id", "receiving_hei_id")
"""What a mobility keeps from its first day (omobility-las v1.2.0, immutable elements)."""

LONG_TEXTS = frozenset({"recognition_conditions", "short_description"})
MAX_TEXT = 1000
MAX_LONG_TEXT = 10_000
MAX_COMPONENTS = 100
MAX_CREDITS = 10
MAX_CREDIT = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Draft:
    """What the student has written: new values of the fields, and the parts."""

    agreement: Agreement
    parts: Parts


def read_draft(data: Mapping[str, object], agreement: Agreement) -> Draft:
    """The draft in ``data`` on top of ``agreement``; raises InvalidInput by field path.

    Fields and parts that ``data`` doesn't name: a field stays as it is, a part is empty.
    """
    reader = _Reader()
    draft = reader.draft(data, agreement)
    if reader.errors:
        raise InvalidInput(reader.errors)
    return draft


class _Reader:
    """One pass over a submission, collecting every error."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def draft(self, data: Mapping[str, object], agreement: Agreement) -> Draft:
        known = {*AGREEMENT_FIELDS, *(part.value for part in Part)}
        for name in data:
            if name not in known:
                self._refuse(str(name), "unknown_field")
        fields: dict[str, str | None] = dict(agreement.present())
        for name in AGREEMENT_FIELDS:
            if name in data:
                value = self._text(name, data[name], MAX_TEXT)
                if name in IMMUTABLE and value != getattr(agreement, name):
                    self._refuse(name, "immutable")
                fields[name] = value
        parts = {part: self._part(part, data.get(part.value)) for part in Part}
        return Draft(Agreement.of(fields), parts)

    def _part(self, part: Part, value: object) -> list[ComponentView]:
        if value is None:
            return []
        if not isinstance(value, list):
            self._refuse(part.value, "wrong_type")
            return []
        if len(value) > MAX_COMPONENTS:
            self._refuse(part.value, f"too_many:{MAX_COMPONENTS}")
            return []
        rows = [self._component(part, number, row) for number, row in enumerate(value)]
        lineages = [row.lineage for row in rows]
        return [
            row if lineages.index(row.lineage) == n else replace(row, lineage=new_lineage())
            for n, row in enumerate(rows)
        ]

    def _component(self, part: Part, number: int, value: object) -> ComponentView:
        path = f"{part.value}.{number}"
        if not isinstance(value, dict):
            self._refuse(path, "wrong_type")
            value = {}
        for name in value:
            if name not in {*TEXT_FIELDS, "credits", "lineage"}:
                self._refuse(f"{path}.{name}", "unknown_field")
        texts = {
            name: self._text(
                f"{path}.{name}",
                value.get(name),
                MAX_LONG_TEXT if name in LONG_TEXTS else MAX_TEXT,
            )
            for name in TEXT_FIELDS
        }
        lineage = self._text(f"{path}.lineage", value.get("lineage"), 64) or new_lineage()
        view = component(part, number, lineage, **texts)
        return replace(view, credits=self._credits(f"{path}.credits", value.get("credits")))

    def _credits(self, path: str, value: object) -> tuple[CreditView, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MAX_CREDITS:
            self._refuse(path, "wrong_type")
            return ()
        found = (self._credit(f"{path}.{n}", credit) for n, credit in enumerate(value))
        return tuple(credit for credit in found if credit is not None)

    def _credit(self, path: str, value: object) -> CreditView | None:
        if not isinstance(value, dict) or not set(value) <= {"scheme", "value"}:
            self._refuse(path, "wrong_type")
            return None
        scheme = self._text(f"{path}.scheme", value.get("scheme", "ects"), 50) or ""
        text = self._number(f"{path}.value", value.get("value"))
        if text is None:
            return None
        return CreditView(scheme, Decimal(text), text)

    def _number(self, path: str, value: object) -> str | None:
        """A decimal number as the schema writes it; the comma of a French keyboard is one."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        text = (self._text(path, value, 30) or "").strip().replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text, re.ASCII):
            self._refuse(path, "not_a_number")
            return None
        if abs(Decimal(text)) > MAX_CREDIT:
            self._refuse(path, f"out_of_range:0:{MAX_CREDIT}")
            return None
        return text

    def _text(self, path: str, value: object, longest: int) -> str | None:
        if value is None or value == "":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self._refuse(path, "wrong_type")
            return None
        if len(value) > longest:
            self._refuse(path, f"too_long:{longest}")
            return None
        if unusable(value):
            self._refuse(path, "invalid_characters")
            return None
        return value

    def _refuse(self, path: str, code: str) -> None:
        self.errors.setdefault(path, []).append(code)
