"""The contract's editor: its tables as they are typed, and what a page sends back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from web.submissions import Node
from workflows.contract.reading import PARTS_OF_TYPE
from workflows.contract.views import Change, ComponentView, ContractView, Part
from workflows.mobility.agreement import AGREEMENT_FIELDS

PARTS = tuple(part.value for part in Part)
LONG_TEXT = {
    "studied": (),
    "recognised": ("recognition_conditions",),
    "virtual": ("short_description", "recognition_conditions"),
    "blended": ("short_description", "recognition_conditions"),
    "doctoral": ("short_description", "recognition_conditions"),
}
"""The long texts each part has besides code, title, term and credits (omobility-las v1.2.0)."""

_CREDITS = re.compile(r"[+-]?[0-9]{1,6}([.,][0-9]{0,20})?")
"""What a total counts; what else is typed stays in its box and is refused when sent."""


@dataclass(frozen=True, slots=True)
class EditorPart:
    """One table of the editor: its rows as typed, and which long texts a row has.

    ``reasons`` are the codes among which a row says why it is there; none in a draft.
    """

    name: str
    rows: Sequence[Mapping[str, Any]]
    long_texts: tuple[str, ...]
    reasons: tuple[str, ...] = ()

    @property
    def total(self) -> Decimal:
        """The sum of the credits that can be read as numbers so far."""
        return sum((_decimal(each) for row in self.rows for each in _credits(row)), Decimal(0))


def editor_fields(contract: ContractView, typed: Mapping[str, Any] | None) -> dict[str, str]:
    """The agreement's fields as the editor shows them: what was typed, else what is known."""
    known = contract.agreement.present()
    shown = {name: known.get(name, "") for name in AGREEMENT_FIELDS}
    for name in AGREEMENT_FIELDS:
        if typed is not None and isinstance(typed.get(name), str):
            shown[name] = typed[name]
    return shown


def editor_parts(contract: ContractView, typed: Mapping[str, Any] | None) -> list[EditorPart]:
    """The editor's tables, with one empty row where a part has none yet."""
    parts = PARTS_OF_TYPE.get(contract.mobility_type, PARTS_OF_TYPE["semester"])
    return [_editor_part(contract, part, typed) for part in parts]


def _editor_part(contract: ContractView, part: Part, typed: Mapping[str, Any] | None) -> EditorPart:
    if typed is not None:
        rows = [_row(row) for row in typed.get(part.value) or [] if isinstance(row, dict)]
    else:
        kept = contract.current.part(part).rows
        rows = [typed_row(row) for row in kept if row.change is not Change.REMOVED]
    if not rows and part is not Part.VIRTUAL:
        rows = [{"term_number": "1", "total_terms": "2"}]
    return EditorPart(part.value, rows, LONG_TEXT[part.value])


def typed_row(row: ComponentView) -> dict[str, Any]:
    """A component as the editor's boxes hold it."""
    values = asdict(row)
    texts = {name: value or "" for name, value in values.items() if isinstance(value, str | None)}
    return {
        **texts,
        "credits": [{"scheme": each.scheme, "value": each.text} for each in row.credits],
    }


def _decimal(credit: Node) -> Decimal:
    text = str(credit.get("value") if isinstance(credit, dict) else "").strip()
    return Decimal(text.replace(",", ".")) if _CREDITS.fullmatch(text) else Decimal(0)


def submission(data: Mapping[str, Node]) -> dict[str, Node]:
    """The editor's data as the domain takes it: rows without any text are no rows."""
    kept: dict[str, Node] = {}
    for name, value in data.items():
        if name in PARTS and isinstance(value, list):
            kept[name] = [_row(row) for row in value if isinstance(row, dict) and _written(row)]
        else:
            kept[name] = value
    return kept


def _written(row: Mapping[str, Node]) -> bool:
    """Whether somebody wrote into the row; its term is filled in from the start."""
    texts = ("title", "los_code", "short_description", "recognition_conditions")
    return any(str(row.get(name) or "").strip() for name in texts) or bool(_credits(row))


def _row(row: Mapping[str, Node]) -> dict[str, Node]:
    return {**row, "credits": _credits(row)}


def _credits(row: Mapping[str, Node]) -> list[Node]:
    found = row.get("credits")
    entries = found if isinstance(found, list) else []
    return [each for each in entries if isinstance(each, dict) and str(each.get("value")).strip()]


def with_row_action(data: dict[str, Node], action: str) -> dict[str, Node]:
    """``data`` after a row was added (``add:studied``) or removed (``remove:studied:2``).

    For browsers without script; an action that means nothing changes nothing.
    """
    verb, _, rest = action.partition(":")
    part, _, number = rest.partition(":")
    rows = data.get(part)
    listed = list(rows) if isinstance(rows, list) else []
    if part not in PARTS:
        return data
    if verb == "add":
        return {**data, part: [*listed, {"term_number": "1", "total_terms": "2"}]}
    if verb == "remove":
        return {**data, part: [row for n, row in enumerate(listed) if str(n) != number]}
    return data
