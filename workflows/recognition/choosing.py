"""Which grading table counts: the narrowest field of study that enough students stand behind.

A table of a few students says little, so the field widens digit by digit (ISCED-F 2013:
detailed 4, narrow 3, broad 2), then to the whole institution, as Genoa does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from workflows.grading.values import Direction, Entry, Scale, Table, normal
from workflows.recognition.trace import Fallback

INSTITUTION = "institution"
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """The table to use, if there is one, and what was passed over on the way to it."""

    table: Table | None
    fallbacks: tuple[Fallback, ...] = ()
    flags: tuple[str, ...] = ()


def choose(
    tables: Iterable[Table], *, isced_f: str, eqf: int | None, least: int, side: str = ""
) -> Choice:
    """The table for a field and level among those of one institution.

    ``least`` is how many passes a table needs; published percentages are taken at their
    word and flagged. ``side`` names the institution in the fallbacks.
    """
    known, flags = _of_level(_newest(tables), eqf)
    passed_over: list[Fallback] = []
    for step, prefix in _widths(isced_f):
        table = _at(known, prefix)
        if table is None:
            passed_over.append(Fallback(step, "no_table", side))
        elif table.counted and table.total < least:
            passed_over.append(Fallback(step, "too_few", side, int(table.total)))
        else:
            flags += () if table.counted else ("percentages",)
            return Choice(table, tuple(passed_over), flags)
    return Choice(None, tuple(passed_over))


def _widths(isced_f: str) -> Iterator[tuple[str, str]]:
    code = isced_f[:_DIGITS]
    for digits in range(len(code), 0, -1):
        yield f"isced_{digits}", code[:digits]
    yield INSTITUTION, ""


def _newest(tables: Iterable[Table]) -> list[Table]:
    """Of each field and level the table of the latest years, and of these its last version."""
    newest: dict[tuple[str, int | None, str], Table] = {}
    for table in tables:
        key = (table.isced_f, table.eqf, table.scale.code)
        other = newest.get(key)
        if other is None or _age(table) > _age(other):
            newest[key] = table
    return list(newest.values())


def _age(table: Table) -> tuple[str, int, str]:
    return max(table.years, default=""), table.version, table.id


def _of_level(tables: Sequence[Table], eqf: int | None) -> tuple[list[Table], tuple[str, ...]]:
    """Tables of the level, or of no level in particular; else all of them, with a flag."""
    fitting = [table for table in tables if eqf is None or table.eqf in {None, eqf}]
    if fitting or not tables:
        return fitting, ()
    return list(tables), ("other_level",)


def _at(tables: Sequence[Table], prefix: str) -> Table | None:
    """The table of exactly this field, else those within it put together."""
    exact = [table for table in tables if table.isced_f == prefix]
    if exact:
        return max(exact, key=lambda table: (table.eqf is not None, table.total, table.id))
    within = [table for table in tables if table.isced_f.startswith(prefix)]
    widest = [
        table
        for table in within
        if not any(_contains(other.isced_f, table.isced_f) for other in within)
    ]
    return _pooled(widest, prefix) if widest else None


def _contains(wide: str, narrow: str) -> bool:
    return wide != narrow and narrow.startswith(wide)


def _pooled(tables: Sequence[Table], prefix: str) -> Table | None:
    """One table with the counts of several of the same scale; None where that makes no sense.

    Percentages cannot be added: nobody knows of how many.
    """
    scale = max(tables, key=lambda table: (table.total, table.id)).scale
    parts = sorted(
        (table for table in tables if table.counted and table.scale.code == scale.code),
        key=lambda table: table.id,
    )
    if not parts:
        return None
    counts: dict[str, Fraction] = {}
    labels: dict[str, str] = {}
    for part in parts:
        for entry in part.entries:
            key = normal(entry.label)
            labels.setdefault(key, entry.label)
            counts[key] = counts.get(key, Fraction(0)) + entry.count
    order = _order(scale, parts, labels)
    if order is None:
        return None
    return replace(
        parts[0],
        id="+".join(part.id for part in parts),
        version=max(part.version for part in parts),
        isced_f=prefix,
        years=tuple(sorted({year for part in parts for year in part.years})),
        entries=tuple(Entry(labels[key], counts[key]) for key in order),
        warnings=tuple(dict.fromkeys(w for part in parts for w in part.warnings)),
    )


def _order(scale: Scale, parts: Sequence[Table], labels: dict[str, str]) -> list[str] | None:
    """The labels of several tables, best first; None where nothing tells their order."""
    longest = max(parts, key=lambda part: len(part.entries))
    listed = [normal(entry.label) for entry in longest.entries]
    if set(labels) <= set(listed):
        return listed
    numbers = {key: scale.number(label) for key, label in labels.items()}
    if scale.direction is Direction.NONE or None in numbers.values():
        known = [normal(label) for label in scale.labels]
        return [key for key in known if key in labels] if set(labels) <= set(known) else None
    sign = 1 if scale.direction is Direction.DESC else -1
    return sorted(labels, key=lambda key: sign * (numbers[key] or Decimal(0)))
