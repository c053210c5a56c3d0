"""How a grade was converted: everything needed to follow the calculation, or to do it again.

A trace holds the tables as they were, so it stays true when tables are replaced. Exact
numbers are fractions, written ``7/372`` in JSON.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from workflows.grading.values import Table


class Policy(StrEnum):
    """Which grade stands for several that an interval overlaps; fixed in advance."""

    MIN = "min"  #: the worst of them
    MEAN = "mean"  #: their average, each counted once
    WEIGHTED = "overlap_weighted"  #: their average, each by how much of it is overlapped
    MIDPOINT = "midpoint"  #: the one that holds the middle of the interval
    MAX = "max"  #: the best of them


class Outcome(StrEnum):
    """What a component's result amounts to at home."""

    PASSED = "passed"
    FAILED = "failed"
    ABSENT = "absent"  #: agreed, and nowhere in the transcript
    UNGRADED = "ungraded"  #: passed in a course that knows no grades: credits alone


class Method(StrEnum):
    """By which way a grade was found, in the order in which they are tried."""

    TABLES = "tables"  #: both grading tables (ECTS Users' Guide 2015, 4.3)
    GRID = "grid"  #: a fixed grid that the university has voted
    FORMULA = "formula"  #: the modified Bavarian formula
    NONE = "none"  #: nothing applies, or nothing has to be found


class Match(StrEnum):
    """How a grade was found in its grading table."""

    EXACT = "exact"
    RANGE = "range"  #: the label is a range that holds the number
    BAND = "band"  #: the label is the word for the number's band
    NEAREST = "nearest"  #: the nearest label there is


@dataclass(frozen=True, slots=True)
class TableUsed:
    """A grading table as it was used."""

    id: str
    version: int
    hei_id: str
    isced_f: str
    eqf: int | None
    years: tuple[str, ...]
    scale: str
    entries: tuple[tuple[str, Fraction], ...]
    counted: bool = True
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, table: Table) -> TableUsed:
        """What a trace keeps of a table."""
        return cls(
            table.id,
            table.version,
            table.hei_id,
            table.isced_f,
            table.eqf,
            table.years,
            table.scale.code,
            tuple((entry.label, entry.count) for entry in table.entries),
            table.counted,
            table.warnings,
        )

    @property
    def total(self) -> Fraction:
        """All passes of the table."""
        return sum((count for _, count in self.entries), Fraction(0))

    @property
    def spans(self) -> tuple[Span, ...]:
        """Every grade with the stretch it takes, best first."""
        spans, start = [], Fraction(0)
        for label, count in self.entries:
            end = start + count / self.total
            spans.append(Span(label, start, end))
            start = end
        return tuple(spans)


@dataclass(frozen=True, slots=True)
class Span:
    """A grade and the stretch of all passes it takes, 0 being the best; closed at its start."""

    label: str
    start: Fraction
    end: Fraction


@dataclass(frozen=True, slots=True)
class Overlap:
    """A home grade that the foreign interval overlaps, and by how much of all passes."""

    label: str
    part: Fraction


@dataclass(frozen=True, slots=True)
class Fallback:
    """A step that was tried and did not do, and why.

    ``step`` is ``isced_4`` to ``isced_1``, ``institution``, ``grid`` or ``formula``;
    ``side`` is ``source``, ``target`` or empty; ``passes`` how many a small table had.
    """

    step: str
    why: str
    side: str = ""
    passes: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """The whole way from a grade abroad to the grade proposed for it.

    ``exact`` is the value before rounding to ``step``. ``flags`` are codes of what the
    reader should know: that the grade is not in its table, that a table was mended.
    """

    grade: str
    outcome: Outcome
    method: Method = Method.NONE
    match: Match | None = None
    matched: str | None = None
    source: TableUsed | None = None
    target: TableUsed | None = None
    interval: tuple[Fraction, Fraction] | None = None
    overlaps: tuple[Overlap, ...] = ()
    policy: Policy | None = None
    grid: str | None = None
    bounds: tuple[Fraction, Fraction] | None = None
    exact: Fraction | None = None
    step: Decimal | None = None
    result: Decimal | None = None
    fallbacks: tuple[Fallback, ...] = ()
    flags: tuple[str, ...] = field(default=())


def to_json(trace: Trace) -> dict[str, Any]:
    """The trace as JSON values, exact numbers as text; :func:`from_json` gives it back."""
    return {
        "grade": trace.grade,
        "outcome": trace.outcome.value,
        "method": trace.method.value,
        "match": trace.match.value if trace.match else None,
        "matched": trace.matched,
        "source": _table(trace.source),
        "target": _table(trace.target),
        "interval": _pair(trace.interval),
        "overlaps": [[each.label, str(each.part)] for each in trace.overlaps],
        "policy": trace.policy.value if trace.policy else None,
        "grid": trace.grid,
        "bounds": _pair(trace.bounds),
        "exact": None if trace.exact is None else str(trace.exact),
        "step": None if trace.step is None else str(trace.step),
        "result": None if trace.result is None else str(trace.result),
        "fallbacks": [[f.step, f.why, f.side, f.passes] for f in trace.fallbacks],
        "flags": list(trace.flags),
    }


def from_json(data: Mapping[str, Any]) -> Trace:
    """The trace kept by :func:`to_json`."""
    return Trace(
        grade=data["grade"],
        outcome=Outcome(data["outcome"]),
        method=Method(data["method"]),
        match=Match(data["match"]) if data["match"] else None,
        matched=data["matched"],
        source=_table_of(data["source"]),
        target=_table_of(data["target"]),
        interval=_pair_of(data["interval"]),
        overlaps=tuple(Overlap(label, Fraction(part)) for label, part in data["overlaps"]),
        policy=Policy(data["policy"]) if data["policy"] else None,
        grid=data["grid"],
        bounds=_pair_of(data["bounds"]),
        exact=None if data["exact"] is None else Fraction(data["exact"]),
        step=None if data["step"] is None else Decimal(data["step"]),
        result=None if data["result"] is None else Decimal(data["result"]),
        fallbacks=tuple(Fallback(*each) for each in data["fallbacks"]),
        flags=tuple(data["flags"]),
    )


def _table(table: TableUsed | None) -> dict[str, Any] | None:
    if table is None:
        return None
    return {
        "id": table.id,
        "version": table.version,
        "hei": table.hei_id,
        "isced_f": table.isced_f,
        "eqf": table.eqf,
        "years": list(table.years),
        "scale": table.scale,
        "entries": [[label, str(count)] for label, count in table.entries],
        "counted": table.counted,
        "warnings": list(table.warnings),
    }


def _table_of(data: Mapping[str, Any] | None) -> TableUsed | None:
    if data is None:
        return None
    return TableUsed(
        data["id"],
        data["version"],
        data["hei"],
        data["isced_f"],
        data["eqf"],
        tuple(data["years"]),
        data["scale"],
        tuple((label, Fraction(count)) for label, count in data["entries"]),
        data["counted"],
        tuple(data["warnings"]),
    )


def _pair(pair: tuple[Fraction, Fraction] | None) -> list[str] | None:
    return None if pair is None else [str(each) for each in pair]


def _pair_of(data: Iterable[str] | None) -> tuple[Fraction, Fraction] | None:
    if data is None:
        return None
    low, high = (Fraction(each) for each in data)
    return low, high
