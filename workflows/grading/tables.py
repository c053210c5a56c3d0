"""Grading tables: checked and cleaned when they come in, found when a grade is explained.

What institutions publish is untidy: fails among the passes, the worst grade first, shares
that round to 99.9. :func:`cleaned` puts right what has one meaning, says so in warnings,
and refuses what has none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.grading.models import Entries, GradingTable
from workflows.grading.scales import scale_of
from workflows.grading.values import Direction, Entry, Scale, Table, normal, number_of, range_of

MAX_ENTRIES = 200
MAX_LABEL = 40
MAX_COUNT = Decimal(10_000_000)
MAX_YEARS = 10
HUNDRED = Decimal(100)
SHARE_TOLERANCE = Decimal(1)
"""Rounded shares may miss a hundred by this much; beyond, they are not shares of one whole."""

Written = Sequence[tuple[object, object]]
"""Labels and counts as somebody wrote them: nothing about them is believed."""

Errors = Mapping[str, Sequence[str]]
"""What is wrong, as codes by the path of a field."""

ORDER = (
    GradingTable.hei_id,
    GradingTable.isced_f,
    GradingTable.eqf,
    GradingTable.scale,
    GradingTable.version,
)

_COUNT = re.compile(r"[0-9]{1,8}([.,][0-9]{1,6})?", re.ASCII)
_YEAR = re.compile(r"([0-9]{4})/([0-9]{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Entries a conversion can stand on, and codes of what was put right to get there."""

    entries: Entries
    warnings: tuple[str, ...]


def cleaned(
    entries: Written, scale: Scale, *, counted: bool = True, declared: int | None = None
) -> Cleaned:
    """The passing grades of ``entries``, the best first.

    ``declared`` is the number of students the source names, with or without the fails.
    Warnings: ``fails_stripped``, ``reordered``, ``shares_sum:<sum>``. Raises InvalidInput
    with paths such as ``entries.3.count`` for what is not a table of that scale, and at
    ``entries`` for figures that do not add up (``does_not_add_up:<said>:<found>``).
    """
    read = _read(entries, counted=counted)
    _check_labels(read, scale)
    passing = tuple((label, count) for label, count in read if scale_passes(scale, label))
    warnings = ["fails_stripped"] if len(passing) < len(read) else []
    warnings += _sum_warnings(read, passing, counted=counted, declared=declared)
    if not passing or sum(count for _, count in passing) == 0:
        raise InvalidInput({"entries": ["nobody_passed"]})
    ordered = tuple(sorted(passing, key=lambda entry: _position(scale, passing)(entry[0])))
    if ordered != passing:
        warnings.append("reordered")
    return Cleaned(ordered, tuple(warnings))


def scale_passes(scale: Scale, label: str) -> bool | None:
    """Whether a label passes, a range such as ``20-39.9`` by both of its ends.

    None where the scale cannot tell, or the range lies on both sides of the pass mark.
    """
    ends = range_of(label)
    if ends is None or scale.contains(label):
        return scale.passes(label)
    low, high = (scale.passes(format(end, "f")) for end in ends)
    return low if low == high else None


def record(
    session: Session,
    *,
    hei_id: str,
    isced_f: str,
    eqf: int,
    years: Sequence[str],
    scale: str,
    entries: Written,
    source: str,
    actor: str,
    now: datetime,
    counted: bool = True,
    declared: int | None = None,
    refused: Errors = MappingProxyType({}),
) -> GradingTable:
    """Keep a table as the next version of its institution, field, level and scale.

    Raises InvalidInput by field path with everything that is wrong, ``refused`` being what its
    reader found already; nothing is kept then.
    """
    wrong = {**_beyond_reach(isced_f, eqf, years), **refused}
    try:
        clean = cleaned(entries, scale_of(scale), counted=counted, declared=declared)
    except InvalidInput as found:
        wrong = {**found.errors, **wrong}
    if wrong:
        raise InvalidInput(wrong)
    warnings = ["single_year"] if len(years) == 1 else []
    row = GradingTable(
        hei_id=hei_id.lower(),
        isced_f=isced_f,
        eqf=eqf,
        years=tuple(years),
        scale=scale,
        version=_versions(session, hei_id.lower(), isced_f, eqf, scale) + 1,
        entries=clean.entries,
        counted=counted,
        warnings=",".join((*warnings, *clean.warnings)),
        source=source,
        created_by=actor,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _versions(session: Session, hei_id: str, isced_f: str, eqf: int, scale: str) -> int:
    statement = select(func.max(GradingTable.version)).where(
        GradingTable.hei_id == hei_id,
        GradingTable.isced_f == isced_f,
        GradingTable.eqf == eqf,
        GradingTable.scale == scale,
    )
    return session.scalar(statement) or 0


def value_of(row: GradingTable) -> Table:
    """A stored table as conversions take it."""
    return Table(
        id=str(row.id),
        version=row.version,
        hei_id=row.hei_id,
        isced_f=row.isced_f,
        eqf=row.eqf or None,
        years=row.years,
        scale=scale_of(row.scale),
        entries=tuple(Entry(label, Fraction(count)) for label, count in row.entries),
        counted=row.counted,
        warnings=tuple(filter(None, row.warnings.split(","))),
    )


def tables_of(session: Session, hei_id: str) -> list[GradingTable]:
    """The newest version of each table of an institution, the narrowest field first."""
    rows = session.scalars(
        select(GradingTable)
        .where(GradingTable.hei_id == hei_id.lower())
        .order_by(GradingTable.version.desc(), GradingTable.id.desc())
    )
    newest: dict[tuple[str, int, str], GradingTable] = {}
    for row in rows:
        newest.setdefault((row.isced_f, row.eqf, row.scale), row)
    return sorted(newest.values(), key=lambda row: (-len(row.isced_f), row.isced_f, -row.eqf))


def every_table(session: Session) -> list[GradingTable]:
    """The newest version of each table there is, by institution, field, level and scale."""
    newest = {_about(row): row for row in session.scalars(select(GradingTable).order_by(*ORDER))}
    return list(newest.values())


def versions_of(session: Session, table: GradingTable) -> list[GradingTable]:
    """All versions of a table, the newest first."""
    rows = session.scalars(
        select(GradingTable).where(
            GradingTable.hei_id == table.hei_id,
            GradingTable.isced_f == table.isced_f,
            GradingTable.eqf == table.eqf,
            GradingTable.scale == table.scale,
        )
    )
    return sorted(rows, key=lambda row: -row.version)


def _about(row: GradingTable) -> tuple[str, str, int, str]:
    return row.hei_id, row.isced_f, row.eqf, row.scale


def table_for(
    session: Session, hei_id: str, *, isced_f: str, eqf: int, scale: str, minimum: int
) -> GradingTable | None:
    """The narrowest table with at least ``minimum`` students for a field and a level.

    The field is widened digit by digit to the whole institution, the level to all of them.
    None where no table has enough: then there is nothing to be read from one.
    """
    known = {
        (row.isced_f, row.eqf): row
        for row in tables_of(session, hei_id)
        if row.scale == scale and row.counted and sum(n for _, n in row.entries) >= minimum
    }
    for digits in range(min(len(isced_f), 4), -1, -1):
        for level in (eqf, 0):
            found = known.get((isced_f[:digits], level))
            if found is not None:
                return found
    return None


def percentages(entries: Entries) -> list[Decimal]:
    """The share of each entry with one decimal, together exactly 100.0.

    What rounding down leaves over goes to the largest remainders, the better grade first.
    """
    total = sum(count for _, count in entries)
    exact = [Fraction(count) * 1000 / Fraction(total) for _, count in entries]
    tenths = [int(each) for each in exact]
    order = sorted(range(len(exact)), key=lambda n: (tenths[n] - exact[n], n))
    for n in order[: 1000 - sum(tenths)]:
        tenths[n] += 1
    return [(Decimal(each) / 10).quantize(Decimal("0.1"), ROUND_FLOOR) for each in tenths]


def _read(entries: Written, *, counted: bool) -> Entries:
    if not entries:
        raise InvalidInput({"entries": ["required"]})
    if len(entries) > MAX_ENTRIES:
        raise InvalidInput({"entries": [f"too_many:{MAX_ENTRIES}"]})
    errors: dict[str, list[str]] = {}
    read: list[tuple[str, Decimal]] = []
    for n, (written, count) in enumerate(entries):
        label = written.strip() if isinstance(written, str) else ""
        if not label or len(label) > MAX_LABEL or unusable(label):
            errors[f"entries.{n}.label"] = ["required" if not label else "invalid"]
        text = str(count).strip()
        if not _COUNT.fullmatch(text):
            errors[f"entries.{n}.count"] = ["not_a_number"]
            continue
        value = Decimal(text.replace(",", "."))
        if counted and value != value.to_integral_value():
            errors[f"entries.{n}.count"] = ["not_an_integer"]
        elif value > (MAX_COUNT if counted else HUNDRED):
            errors[f"entries.{n}.count"] = ["too_large:" + ("10000000" if counted else "100")]
        read.append((label, value))
    if errors:
        raise InvalidInput(errors)
    return tuple(read)


def _check_labels(entries: Entries, scale: Scale) -> None:
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for n, (label, _) in enumerate(entries):
        if normal(label) in seen:
            errors[f"entries.{n}.label"] = ["taken"]
        elif scale_passes(scale, label) is None or not _known(scale, label):
            errors[f"entries.{n}.label"] = ["not_on_scale"]
        seen.add(normal(label))
    if not errors and not _comparable(scale, entries):
        errors["entries"] = ["mixed_labels"]
    if errors:
        raise InvalidInput(errors)


def _known(scale: Scale, label: str) -> bool:
    ends = range_of(label)
    if scale.contains(label) or ends is None:
        return scale.contains(label)
    return all(scale.contains(format(end, "f")) for end in ends)


def _sum_warnings(
    read: Entries, passing: Entries, *, counted: bool, declared: int | None
) -> Iterator[str]:
    total = sum((count for _, count in read), Decimal(0))
    text = format(total.normalize(), "f")
    passes = sum((count for _, count in passing), Decimal(0))
    if not counted:
        if total > HUNDRED + SHARE_TOLERANCE:
            raise InvalidInput({"entries": [f"does_not_add_up:100:{text}"]})
        if total != HUNDRED:
            yield f"shares_sum:{text}"
    elif declared is not None and declared not in {total, passes}:
        raise InvalidInput({"entries": [f"does_not_add_up:{declared}:{text}"]})


def _value(scale: Scale, label: str) -> Decimal | None:
    """The number a label is ordered by: its own, its band's or its range's lower end."""
    number = scale.number(label)
    if number is not None:
        return number
    ends, band = range_of(label), scale.band_named(label)
    return ends[0] if ends else band.low if band else number_of(label)


def _comparable(scale: Scale, entries: Entries) -> bool:
    known = {normal(label) for label in (*scale.labels, *scale.failing)}
    if all(normal(label) in known for label, _ in entries):
        return True
    return all(_value(scale, label) is not None for label, _ in entries)


def _position(scale: Scale, entries: Entries) -> Callable[[str], tuple[Decimal, int]]:
    """Where a label stands among the others, the best smallest."""
    listed = {normal(label): n for n, label in enumerate(scale.labels)}
    if all(normal(label) in listed for label, _ in entries):
        return lambda label: (Decimal(listed[normal(label)]), 0)
    sign = 1 if scale.direction is Direction.DESC else -1
    # Honours are worth the best number and come before it.
    return lambda label: (
        sign * (_value(scale, label) or Decimal(0)),
        0 if number_of(label) is None else 1,
    )


def _beyond_reach(isced_f: str, eqf: int, years: Sequence[str]) -> Errors:
    errors: dict[str, list[str]] = {}
    if not re.fullmatch(r"[0-9]{0,4}", isced_f, re.ASCII):
        errors["isced_f"] = ["invalid"]
    if not 0 <= eqf <= 8:
        errors["eqf"] = ["out_of_range:0:8"]
    if not 1 <= len(years) <= MAX_YEARS or len(set(years)) != len(years):
        errors["years"] = ["invalid"]
    for year in years:
        match = _YEAR.fullmatch(year)
        if match is None or int(match[2]) != int(match[1]) + 1:
            errors["years"] = ["invalid"]
    return errors
