"""Components as values and as rows, and what became of them between two versions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from workflows.contract.models import Component, ComponentCredit
from workflows.contract.views import Change, ComponentView, CreditView, Part

TEXT_FIELDS = (
    "los_id",
    "los_code",
    "title",
    "loi_id",
    "term_number",
    "total_terms",
    "recognition_conditions",
    "short_description",
)
"""Texts of a component, in the order of the schema."""

Parts = Mapping[Part, Sequence[ComponentView]]
"""Components by part; a part that is missing is empty."""


def new_lineage() -> str:
    """A name for a component that is new in this contract."""
    return uuid.uuid4().hex


def component(part: Part, position: int, lineage: str, **texts: str | None) -> ComponentView:
    """A component with the given texts; what is not named is None."""
    values = {name: texts.get(name) for name in TEXT_FIELDS if name != "title"}
    return ComponentView(
        part=part,
        position=position,
        lineage=lineage,
        title=texts.get("title") or "",
        credits=(),
        **values,  # type: ignore[arg-type]
    )


def view_of(row: Component) -> ComponentView:
    """The value of one row."""
    return ComponentView(
        part=Part(row.part),
        position=row.position,
        lineage=row.lineage,
        los_id=row.los_id,
        los_code=row.los_code,
        title=row.title,
        loi_id=row.loi_id,
        term_number=row.term_number,
        total_terms=row.total_terms,
        credits=tuple(CreditView(c.scheme, c.value, c.text) for c in row.credits),
        recognition_conditions=row.recognition_conditions,
        short_description=row.short_description,
        status=row.status,
        reason_code=row.reason_code,
        reason_text=row.reason_text,
    )


def row_of(view: ComponentView, position: int) -> Component:
    """A new row of one value."""
    return Component(
        part=view.part.value,
        position=position,
        lineage=view.lineage,
        status=view.status,
        reason_code=view.reason_code,
        reason_text=view.reason_text,
        credits=[
            ComponentCredit(position=number, scheme=c.scheme, value=c.value, text=c.text)
            for number, c in enumerate(view.credits)
        ],
        **{name: getattr(view, name) for name in TEXT_FIELDS},
    )


def rows_of(parts: Parts) -> list[Component]:
    """New rows of all parts, positions counted from 0 in each."""
    return [row_of(view, n) for part in Part for n, view in enumerate(parts.get(part, ()))]


def by_part(views: Iterable[ComponentView]) -> dict[Part, list[ComponentView]]:
    """Components grouped by part, in their order."""
    grouped: dict[Part, list[ComponentView]] = {part: [] for part in Part}
    for view in views:
        grouped[view.part].append(view)
    return grouped


def totals(views: Iterable[ComponentView]) -> dict[str, Decimal]:
    """Credits by scheme of what is part of the agreement; removed rows don't count."""
    result: dict[str, Decimal] = {}
    for view in views:
        if view.change is not Change.REMOVED and view.status != "deleted":
            for credit in view.credits:
                result[credit.scheme] = result.get(credit.scheme, Decimal(0)) + credit.value
    return result


def same_component(a: ComponentView, b: ComponentView) -> bool:
    """Whether two rows of documents speak of the same component.

    The identifier of the network decides where both give one, then the code, then the
    title: producers repeat what they know of a component and nothing links the rows.
    """
    if a.los_id and b.los_id:
        return a.los_id == b.los_id
    if a.los_code and b.los_code:
        return a.los_code == b.los_code
    return a.title == b.title


def changed_fields(before: ComponentView, after: ComponentView) -> frozenset[str]:
    """Names of what differs between two states of one component."""
    names = {name for name in TEXT_FIELDS if getattr(before, name) != getattr(after, name)}
    if _credits(before) != _credits(after):
        names.add("credits")
    return frozenset(names)


def marked(
    rows: Sequence[ComponentView], before: Sequence[ComponentView]
) -> tuple[ComponentView, ...]:
    """``rows`` with marks against ``before``, the removed ones at the end."""
    old = {view.lineage: view for view in before}
    result = [_marked_row(row, old.pop(row.lineage, None)) for row in rows]
    result += [replace(view, change=Change.REMOVED) for view in old.values()]
    return tuple(result)


def applied(
    changes: Sequence[ComponentView], base: Sequence[ComponentView]
) -> tuple[ComponentView, ...]:
    """The table that results from a change list, with marks.

    Rows of ``base`` that the list doesn't mention are kept; ``deleted`` rows stand for
    the row they delete, as the list wrote them.
    """
    deleted = [row for row in changes if row.status == "deleted"]
    kept = [row for row in base if not any(_deletes(gone, row, base) for gone in deleted)]
    return (
        *(replace(row, change=Change.KEPT) for row in kept),
        *(replace(row, change=_change_of(row)) for row in changes),
    )


def adopt_lineage(
    rows: Iterable[ComponentView], before: Sequence[ComponentView]
) -> list[ComponentView]:
    """``rows`` of a document with the lineage of the same components in ``before``."""
    free = list(before)
    result = []
    for row in rows:
        match = next((old for old in free if same_component(old, row)), None)
        if match is not None:
            free.remove(match)
            row = replace(row, lineage=match.lineage)
        result.append(row)
    return result


def plain(row: ComponentView) -> ComponentView:
    """The component itself, without marks and without the change list's attributes."""
    return replace(
        row,
        status=None,
        reason_code=None,
        reason_text=None,
        change=None,
        changed_fields=frozenset(),
        previous=None,
    )


def _marked_row(row: ComponentView, old: ComponentView | None) -> ComponentView:
    if old is None:
        return replace(row, change=Change.ADDED)
    names = changed_fields(old, row)
    if not names:
        return replace(row, change=Change.KEPT)
    return replace(row, change=Change.CHANGED, changed_fields=names, previous=old)


def _deletes(gone: ComponentView, row: ComponentView, base: Sequence[ComponentView]) -> bool:
    """Whether a deleted row means ``row``: the one it names, else one that looks the same."""
    if any(each.lineage == gone.lineage for each in base):
        return row.lineage == gone.lineage
    return same_component(row, gone)


def _change_of(row: ComponentView) -> Change:
    return Change.REMOVED if row.status == "deleted" else Change.ADDED


def _credits(view: ComponentView) -> tuple[tuple[str, Decimal], ...]:
    return tuple((credit.scheme, credit.value) for credit in view.credits)
