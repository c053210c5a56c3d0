"""The editor of a change: what is signed, with what is taken out of it, and what is added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from web.lifecycles.contract_editor import (
    LONG_TEXT,
    EditorPart,
    submission,
    typed_row,
    with_row_action,
)
from web.submissions import Node
from workflows.contract.components import totals
from workflows.contract.reading import PARTS_OF_TYPE
from workflows.contract.views import CHANGE, Change, ComponentView, ContractView, Part
from workflows.contract_change.policy import DELETE_REASONS, INSERT_REASONS
from workflows.contract_change.proposals import EARLIER

__all__ = [
    "DELETE_REASONS",
    "ChangePart",
    "change_parts",
    "end_typed",
    "error_labels",
    "submission",
    "with_row_action",
]


@dataclass(frozen=True, slots=True)
class EarlierRow:
    """A component of the signed agreement. ``path`` is where the form names it."""

    path: str
    row: ComponentView
    remove: bool
    reason_code: str
    reason_text: str

    @property
    def ects(self) -> Decimal:
        """Its ECTS credits."""
        return totals([self.row]).get("ects", Decimal(0))


@dataclass(frozen=True, slots=True)
class ChangePart:
    """One table of the editor: what was signed, and what is added to it."""

    name: str
    earlier: Sequence[EarlierRow]
    added: EditorPart

    @property
    def total(self) -> Decimal:
        """ECTS credits once everything typed is in force."""
        kept = (row.ects for row in self.earlier if not row.remove)
        return sum(kept, Decimal(0)) + self.added.total


def change_parts(contract: ContractView, typed: Mapping[str, Any] | None) -> list[ChangePart]:
    """The tables: as typed, else as the last proposal has them, else as they were signed."""
    base = contract.in_force
    assert base is not None, "a change is asked for once all have signed"
    typed = typed if typed is not None else _proposed(contract)
    said = _said(typed.get(EARLIER))
    shown = PARTS_OF_TYPE.get(contract.mobility_type, PARTS_OF_TYPE["semester"])
    number = 0
    parts = []
    for part in Part:
        live = [row for row in base.part(part).rows if row.change is not Change.REMOVED]
        earlier = []
        for row in live:
            entry = said.get(row.lineage, {})
            earlier.append(_earlier(f"{EARLIER}.{number}", row, entry))
            number += 1
        if part in shown or earlier:
            parts.append(ChangePart(part.value, earlier, _added(part, typed)))
    return parts


def _earlier(path: str, row: ComponentView, entry: Mapping[str, Any]) -> EarlierRow:
    texts = (str(entry.get(name) or "") for name in ("reason_code", "reason_text"))
    code, text = texts
    return EarlierRow(path, row, bool(entry.get("remove")), code, text)


def _said(entries: Any) -> dict[str, Mapping[str, Any]]:
    """What was typed about each component of the signed agreement, by lineage."""
    listed = entries if isinstance(entries, list) else []
    return {str(each.get("lineage")): each for each in listed if isinstance(each, dict)}


def _added(part: Part, typed: Mapping[str, Any]) -> EditorPart:
    rows = typed.get(part.value)
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return EditorPart(part.value, listed, LONG_TEXT[part.value], INSERT_REASONS)


def _proposed(contract: ContractView) -> dict[str, Any]:
    """The last proposal as if it had been typed, where one was sent back."""
    version = contract.current
    if version.kind != CHANGE or version.status != "draft":
        return {}
    rows = [row for part in version.parts for row in part.rows]
    typed: dict[str, Any] = {
        EARLIER: [
            {
                "lineage": row.lineage,
                "remove": "1",
                "reason_code": row.reason_code,
                "reason_text": row.reason_text,
            }
            for row in rows
            if row.status == "deleted"
        ]
    }
    for row in rows:
        if row.change is Change.ADDED:
            typed.setdefault(row.part.value, []).append(typed_row(row))
    if version.agreement.end_date:
        typed["end_date"] = version.agreement.end_date
    return typed


def end_typed(contract: ContractView, typed: Mapping[str, Any] | None) -> str:
    """The new end of the stay as typed, else as proposed, else as it is agreed today."""
    said = (typed if typed is not None else _proposed(contract)).get("end_date")
    return said if isinstance(said, str) else contract.agreement.end_date or ""


def error_labels(
    parts: Sequence[ChangePart], errors: Mapping[str, Node | list[str]], removal: str
) -> dict[str, str]:
    """What error paths of signed components point at: their titles, with ``removal``."""
    titles = {row.path: row.row.title for part in parts for row in part.earlier}
    labels = {}
    for path in errors:
        for known, title in titles.items():
            if path == known or path.startswith(f"{known}."):
                labels[path] = f"{title} ({removal})"
    return labels
