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

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from engine.errors import InvalidInput
from workflows.contract.components import TEXT_FIELDS, Parts, component, new_lineage
from workflows.contract.views import ComponentView, CreditView, Part
from workflows.fields import FieldReader
from workflows.mobility.agreement import AGREEMENT_FIELDS, Agreement

IMMUTABLE = ("sending_hei_id", "receiving_hei_id")
"""What a mobility keeps from its first day (omobility-las v1.2.0, immutable elements)."""

LONG_TEXTS = frozenset({"recognition_conditions", "short_description"})
MAX_TEXT = 1000
MAX_LONG_TEXT = 10_000
MAX_COMPONENTS = 100
MAX_CREDITS = 10


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


class _Reader(FieldReader):
    """One pass over a submission, collecting every error."""

    def draft(self, data: Mapping[str, object], agreement: Agreement) -> Draft:
        known = {*AGREEMENT_FIELDS, *(part.value for part in Part)}
        for name in data:
            if name not in known:
                self.refuse(str(name), "unknown_field")
        fields: dict[str, str | None] = dict(agreement.present())
        for name in AGREEMENT_FIELDS:
            if name in data:
                value = self.text(name, data[name], MAX_TEXT)
                if name in IMMUTABLE and value != getattr(agreement, name):
                    self.refuse(name, "immutable")
                fields[name] = value
        parts = {part: self._part(part, data.get(part.value)) for part in Part}
        return Draft(Agreement.of(fields), parts)

    def _part(self, part: Part, value: object) -> list[ComponentView]:
        listed = self.listed(part.value, value, MAX_COMPONENTS)
        rows = [self._component(part, number, row) for number, row in enumerate(listed)]
        lineages = [row.lineage for row in rows]
        return [
            row if lineages.index(row.lineage) == n else replace(row, lineage=new_lineage())
            for n, row in enumerate(rows)
        ]

    def _component(self, part: Part, number: int, value: object) -> ComponentView:
        path = f"{part.value}.{number}"
        row = self.mapping(path, value, {*TEXT_FIELDS, "credits", "lineage"})
        texts = {
            name: self.text(
                f"{path}.{name}",
                row.get(name),
                MAX_LONG_TEXT if name in LONG_TEXTS else MAX_TEXT,
            )
            for name in TEXT_FIELDS
        }
        lineage = self.text(f"{path}.lineage", row.get("lineage"), 64) or new_lineage()
        view = component(part, number, lineage, **texts)
        return replace(view, credits=self._credits(f"{path}.credits", row.get("credits")))

    def _credits(self, path: str, value: object) -> tuple[CreditView, ...]:
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MAX_CREDITS:
            self.refuse(path, "wrong_type")
            return ()
        found = (self._credit(f"{path}.{n}", credit) for n, credit in enumerate(value))
        return tuple(credit for credit in found if credit is not None)

    def _credit(self, path: str, value: object) -> CreditView | None:
        if not isinstance(value, dict) or not set(value) <= {"scheme", "value"}:
            self.refuse(path, "wrong_type")
            return None
        scheme = self.text(f"{path}.scheme", value.get("scheme", "ects"), 50) or ""
        text = self.credits(f"{path}.value", value.get("value"))
        if text is None:
            return None
        return CreditView(scheme, Decimal(text), text)
