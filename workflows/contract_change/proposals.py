"""Reading a proposed change as its page sends it, and the change list it amounts to.

The submission says what becomes of the components of the signed agreement (``earlier``)
and which ones are added; what it does not remove stays::

    {"earlier": [{"lineage": "...", "remove": "1", "reason_code": "not-available"}],
     "studied": [{"title": "...", "credits": [...], "reason_code": "substituting-deleted"}],
     "end_date": "2027-06-30"}

Entries of ``earlier`` without ``remove`` are left aside, as a form sends one for each
component. ``end_date`` is taken for an extension only. Added components are those of
:mod:`workflows.contract.drafts`, each with a reason. The result is the change list of the
EWP network: inserted and deleted components with their reasons (omobility-las v1.2.0).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from engine.errors import InvalidInput
from workflows.contract.components import Parts, by_part, new_lineage
from workflows.contract.drafts import MAX_COMPONENTS, MAX_TEXT, read_draft
from workflows.contract.policy import structure_errors
from workflows.contract.views import ComponentView, Part
from workflows.contract_change.policy import DELETE_REASONS, INSERT_REASONS
from workflows.fields import FieldReader
from workflows.mobility.agreement import Agreement, stay

REASON_FIELDS = ("reason_code", "reason_text")
EARLIER = "earlier"
END = "end_date"
EXTENSION = "extension"

Submission: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Base:
    """What a change starts from: the components and fields of the version in force."""

    components: tuple[ComponentView, ...]
    agreement: Agreement
    mobility_type: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change list, and the fields of the agreement as they will be."""

    agreement: Agreement
    rows: tuple[ComponentView, ...]


def read_proposal(data: Submission, base: Base, *, about: str) -> Proposal:
    """The change in ``data``; raises InvalidInput by field path.

    A change must change something, each added or removed component needs a reason, and
    what results must be an agreement that could be submitted.
    """
    reader = _Reader(base, about)
    proposal = reader.read(data)
    if reader.errors:
        raise InvalidInput(reader.errors)
    return proposal


class _Reader(FieldReader):
    """One pass over a submission, collecting every error."""

    def __init__(self, base: Base, about: str) -> None:
        super().__init__()
        self.base = base
        self.about = about
        self.known = {row.lineage: row for row in base.components}

    def read(self, data: Submission) -> Proposal:
        allowed = {EARLIER, *(part.value for part in Part)}
        allowed |= {END} if self.about == EXTENSION else set()
        for name in data:
            if name not in allowed:
                self.refuse(str(name), "unknown_field")
        agreement = self._agreement(data)
        deleted = self._deleted(data.get(EARLIER))
        inserted = self._inserted(data)
        if not self.errors:
            self._check(agreement, deleted, inserted)
        return Proposal(agreement, (*deleted, *inserted))

    def _agreement(self, data: Submission) -> Agreement:
        """The fields with the new end of the stay."""
        agreement = self.base.agreement
        if self.about != EXTENSION:
            return agreement
        text = data.get(END)
        if not isinstance(text, str) or not text.strip():
            self.refuse(END, "required" if text in (None, "") else "wrong_type")
            return agreement
        extended = replace(agreement, end_date=text.strip(), end_year_month=None)
        _, old = stay(agreement)
        _, new = stay(extended)
        if old and new and new <= old:
            self.refuse(END, "not_later")
        return extended

    def _deleted(self, value: object) -> list[ComponentView]:
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MAX_COMPONENTS * len(Part):
            self.refuse(EARLIER, "wrong_type")
            return []
        found: dict[str, ComponentView] = {}
        for number, entry in enumerate(value):
            path = f"{EARLIER}.{number}"
            if not isinstance(entry, dict) or set(entry) - {"lineage", "remove", *REASON_FIELDS}:
                self.refuse(path, "wrong_type")
                continue
            if not entry.get("remove"):
                continue
            row = self.known.get(str(entry.get("lineage")))
            if row is None or row.lineage in found:
                self.refuse(path, "not_an_option")
                continue
            found[row.lineage] = self._reasoned(path, row, "deleted", entry, DELETE_REASONS)
        return list(found.values())

    def _inserted(self, data: Submission) -> list[ComponentView]:
        parts = {part.value: data[part.value] for part in Part if part.value in data}
        try:
            draft = read_draft(_without_reasons(parts), self.base.agreement)
        except InvalidInput as refused:
            self.errors.update(refused.errors)
            return []
        inserted = []
        for part, rows in draft.parts.items():
            sent = parts.get(part.value)
            assert isinstance(sent, list) or not rows
            for number, row in enumerate(rows):
                entry = sent[number] if isinstance(sent, list) else {}
                fresh = replace(row, lineage=new_lineage()) if row.lineage in self.known else row
                path = f"{part.value}.{number}"
                inserted.append(self._reasoned(path, fresh, "inserted", entry, INSERT_REASONS))
        return inserted

    def _reasoned(
        self,
        path: str,
        row: ComponentView,
        status: str,
        entry: Mapping[str, object],
        codes: Sequence[str],
    ) -> ComponentView:
        """The row with what happens to it and why: a code of the list, or words, or both."""
        code, text = (
            (self.text(f"{path}.{name}", entry.get(name), MAX_TEXT) or "").strip() or None
            for name in REASON_FIELDS
        )
        if code and code not in codes:
            self.refuse(f"{path}.reason_code", "not_an_option")
        if not code and not text:
            self.refuse(f"{path}.reason_code", "required")
        return replace(row, status=status, reason_code=code, reason_text=text)

    def _check(
        self,
        agreement: Agreement,
        deleted: Sequence[ComponentView],
        inserted: Sequence[ComponentView],
    ) -> None:
        """What results must be complete; what was signed before is not called in question."""
        if not deleted and not inserted and agreement == self.base.agreement:
            self.refuse("_schema", "no_change")
            return
        gone = {row.lineage for row in deleted}
        kept = by_part(row for row in self.base.components if row.lineage not in gone)
        added = by_part(inserted)
        result: Parts = {part: [*kept[part], *added[part]] for part in Part}
        found = structure_errors(agreement, self.base.mobility_type, result)
        earlier = {part.value: len(kept[part]) for part in Part}
        for path, codes in found.items():
            own = _own_path(path, earlier, extended=agreement != self.base.agreement)
            if own is not None:
                self.errors.setdefault(own, []).extend(codes)


def _without_reasons(parts: Mapping[str, object]) -> dict[str, object]:
    """Rows as :func:`read_draft` takes them; what is no row is left for it to refuse."""
    return {
        part: [
            {k: v for k, v in row.items() if k not in REASON_FIELDS}
            if isinstance(row, dict)
            else row
            for row in rows
        ]
        if isinstance(rows, list)
        else rows
        for part, rows in parts.items()
    }


def _own_path(path: str, earlier: Mapping[str, int], *, extended: bool) -> str | None:
    """An error path of the whole agreement as one of the submission.

    None where it points at something the change does not touch.
    """
    part, _, rest = path.partition(".")
    if part not in earlier:
        return path if path == END and extended else None
    if not rest:
        return path
    number, _, field = rest.partition(".")
    own = int(number) - earlier[part]
    return f"{part}.{own}.{field}" if own >= 0 else None
