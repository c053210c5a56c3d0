"""Grading tables: kept version by version, found when a grade is explained."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from types import MappingProxyType

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput
from workflows.grading.cleaning import Cleaned, Written, cleaned
from workflows.grading.models import Entries, GradingTable
from workflows.grading.scales import scale_of
from workflows.grading.values import Entry, Table

MAX_YEARS = 10

Errors = Mapping[str, Sequence[str]]
"""What is wrong, as codes by the path of a field."""

ORDER = (
    GradingTable.hei_id,
    GradingTable.isced_f,
    GradingTable.eqf,
    GradingTable.scale,
    GradingTable.version,
)

_YEAR = re.compile(r"([0-9]{4})/([0-9]{4})", re.ASCII)


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
    clean = _cleaned_besides(wrong, entries, scale, counted=counted, declared=declared)
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


def _cleaned_besides(
    wrong: Errors, entries: Written, scale: str, *, counted: bool, declared: int | None
) -> Cleaned:
    """The entries put right; raises InvalidInput with what is wrong with them, and ``wrong``."""
    try:
        clean = cleaned(entries, scale_of(scale), counted=counted, declared=declared)
    except InvalidInput as found:
        raise InvalidInput({**found.errors, **wrong}) from None
    if wrong:
        raise InvalidInput(wrong)
    return clean


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
