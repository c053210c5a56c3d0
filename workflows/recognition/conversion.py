"""From a grade abroad to the grade proposed for it at home.

The percentile method on ECTS grading tables: with n passes in a table, a grade that k
students have after c better ones takes the interval [c/n, (c+k)/n) from the best; the home
grades whose intervals it overlaps are its equivalents, and a policy fixed in advance says
which of them counts (ECTS Users' Guide 2015, 4.3 and annex 3; EGRACONS). Where no tables
serve: a voted grid, then the modified Bavarian formula. Everything is exact; the result is
a proposal that a jury decides on.

A fail stays a fail and a pass stays a pass, whatever the numbers say.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from workflows.grading.values import Direction, Scale, Table
from workflows.recognition.choosing import choose
from workflows.recognition.formula import Grid, by_formula, by_grid
from workflows.recognition.locating import locate
from workflows.recognition.trace import (
    Fallback,
    Match,
    Method,
    Outcome,
    Overlap,
    Policy,
    TableUsed,
    Trace,
)

AGREED, AGREED_UNUSABLE = "agreed_in_plan", "agreed_method_unusable"
"""Flags of a trace whose way, or another one, was agreed in a validation plan."""

_Step = Callable[[Trace, "Result", Scale, "Terms"], Trace]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a department has fixed in advance.

    ``step`` is what proposals are rounded to, after averaging; ``least`` how many passes a
    table needs; ``grid_first`` puts the voted grid before the tables. ``agreed`` is the way
    that a student's validation plan puts before all others, ``Method.NONE`` for no grades.
    """

    policy: Policy
    step: Decimal = Decimal("0.01")
    least: int = 30
    grid: Grid | None = None
    grid_first: bool = False
    agreed: Method | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the host says of one course.

    ``grade`` is written as the host writes it. ``passed`` is None where it only gives a
    grade; then the scale tells. ``isced_f`` is the field of the course.
    """

    grade: str
    scale: Scale
    passed: bool | None = None
    isced_f: str = ""
    eqf: int | None = None


def outcome_of(result: Result) -> Outcome | None:
    """Whether a result is a pass; None where neither host nor scale says.

    What the host says counts, also against the pass mark: it may have compensated.
    """
    passed = result.passed
    if passed is None and result.grade:
        passed = result.scale.passes(result.grade)
    if passed is None:
        return None
    if not passed:
        return Outcome.FAILED
    return Outcome.PASSED if result.scale.graded and result.grade else Outcome.UNGRADED


def convert(
    result: Result,
    sources: Sequence[Table],
    targets: Sequence[Table],
    home: Scale,
    terms: Terms,
) -> Trace:
    """The proposal for one result, with the way to it.

    ``sources`` are the host's grading tables, ``targets`` the home university's. ``result``
    of the trace is None where nothing is to be found (no grades, absence) or nothing
    applies. Raises ValueError where nobody says whether the result is a pass.
    """
    outcome = outcome_of(result)
    if outcome is None:
        raise ValueError("neither host nor scale says whether this is a pass")
    if terms.agreed is Method.NONE:
        bare = Outcome.FAILED if outcome is Outcome.FAILED else Outcome.UNGRADED
        return Trace(grade=result.grade, outcome=bare, flags=(AGREED,))
    trace = Trace(grade=result.grade, outcome=outcome)
    if outcome is Outcome.UNGRADED:
        return trace
    if outcome is Outcome.FAILED:
        return _as_agreed(_failed(trace, result, home, terms), terms)
    if result.scale.passes(result.grade) is False:
        trace = replace(trace, flags=("below_pass_mark",))
    for step in _ways(_ByTables(sources, targets), terms):
        trace = step(trace, result, home, terms)
        if trace.exact is not None:
            return _as_agreed(_rounded(trace, home, terms), terms)
    return _as_agreed(trace, terms)


def _ways(by_tables: _Step, terms: Terms) -> list[_Step]:
    """The ways to a grade, in the order in which they are tried."""
    steps = {Method.TABLES: by_tables, Method.GRID: _by_grid, Method.FORMULA: _by_formula}
    first = terms.agreed or (Method.GRID if terms.grid_first else Method.TABLES)
    return [steps.pop(first), *steps.values()]


def _as_agreed(trace: Trace, terms: Terms) -> Trace:
    """The trace, naming what a plan has agreed; no table lists fails, so that of one says less."""
    if terms.agreed is None:
        return trace
    if trace.method is terms.agreed:
        return replace(trace, flags=_once(trace.flags, (AGREED,)))
    if trace.outcome is Outcome.FAILED:
        return trace
    return replace(trace, flags=_once(trace.flags, (AGREED_UNUSABLE,)))


def overlaps(table: Table, start: Fraction, end: Fraction) -> list[tuple[int, Fraction]]:
    """The entries of a table that an interval overlaps, with how much of it, best first.

    An interval without width is the point at which it lies: it falls into the entry that
    holds the point, and at the very end into the last that anybody has.
    """
    spans = list(enumerate(table.intervals))
    if start == end:
        holding = [n for n, (a, b) in spans if a <= start < b]
        last = max(n for n, (a, b) in spans if a < b)
        return [(holding[0] if holding else last, Fraction(0))]
    shared = [(n, min(b, end) - max(a, start)) for n, (a, b) in spans]
    return [(n, part) for n, part in shared if part > 0]


def chosen(
    found: Sequence[tuple[Fraction, Fraction]], policy: Policy, middle: Fraction
) -> Fraction:
    """The value a policy takes of several, given as (value, part) best first.

    ``middle`` is the value at the middle of the interval.
    """
    values = [value for value, _ in found]
    if policy is Policy.MIN:
        return values[-1]
    if policy is Policy.MAX:
        return values[0]
    if policy is Policy.MIDPOINT:
        return middle
    whole = sum((part for _, part in found), Fraction(0))
    if policy is Policy.MEAN or not whole:
        return sum(values, Fraction(0)) / len(values)
    return sum((value * part for value, part in found), Fraction(0)) / whole


def rounded(value: Fraction, step: Decimal, direction: Direction = Direction.ASC) -> Decimal:
    """The multiple of ``step`` nearest to ``value``; of two as near the better grade."""
    parts = value / Fraction(step)
    half = Fraction(1, 2)
    up = direction is not Direction.DESC
    return (math.floor(parts + half) if up else math.ceil(parts - half)) * step


class _ByTables:
    """The percentile method on the tables of both universities."""

    def __init__(self, sources: Sequence[Table], targets: Sequence[Table]) -> None:
        self._sources, self._targets = sources, targets

    def __call__(self, trace: Trace, result: Result, home: Scale, terms: Terms) -> Trace:
        source = choose(
            [table for table in self._sources if table.scale.code == result.scale.code],
            isced_f=result.isced_f,
            eqf=result.eqf,
            least=terms.least,
            side="source",
        )
        target = choose(
            [table for table in self._targets if table.scale.code == home.code],
            isced_f=result.isced_f,
            eqf=result.eqf,
            least=terms.least,
            side="target",
        )
        trace = replace(trace, fallbacks=trace.fallbacks + source.fallbacks + target.fallbacks)
        if source.table is None or target.table is None:
            return trace
        place = locate(result.grade, source.table)
        if place is None:
            missing = Fallback("tables", "not_in_table", "source")
            return replace(trace, fallbacks=(*trace.fallbacks, missing))
        trace = replace(trace, flags=_once(trace.flags, source.flags, target.flags))
        return _percentile(trace, source.table, place, target.table, terms)


def _percentile(
    trace: Trace, source: Table, place: tuple[int, Match], target: Table, terms: Terms
) -> Trace:
    index, match = place
    start, end = source.intervals[index]
    flags: tuple[str, ...] = source.warnings + target.warnings
    if match is not Match.EXACT:
        flags += ("not_in_table",)
    if start == end:
        flags += ("nobody_has_it",)
    if source.shares == target.shares:
        # Also of a grade that nobody has: on equal tables every grade is its own equivalent.
        hit = [(index, end - start)]
        middle = index
    else:
        hit = overlaps(target, start, end)
        point = (start + end) / 2
        middle = overlaps(target, point, point)[0][0]
    values = [(_value(target, n), part) for n, part in hit]
    return replace(
        trace,
        method=Method.TABLES,
        match=match,
        matched=source.entries[index].label,
        source=TableUsed.of(source),
        target=TableUsed.of(target),
        interval=(start, end),
        overlaps=tuple(Overlap(target.entries[n].label, part) for n, part in hit),
        policy=terms.policy,
        exact=chosen(values, terms.policy, _value(target, middle)),
        flags=_once(trace.flags, flags),
    )


def _value(table: Table, index: int) -> Fraction:
    label = table.entries[index].label
    number = table.scale.number(label)
    if number is None:
        raise ValueError(f"the home table lists {label!r}, which is no number")
    return Fraction(number)


def _by_grid(trace: Trace, result: Result, home: Scale, terms: Terms) -> Trace:
    row = terms.grid.row(result.grade) if terms.grid else None
    if terms.grid is None or row is None:
        why = "no_grid" if terms.grid is None else "not_in_grid"
        return replace(trace, fallbacks=(*trace.fallbacks, Fallback("grid", why)))
    return replace(
        trace,
        method=Method.GRID,
        grid=terms.grid.name,
        matched=row.label,
        bounds=(Fraction(row.low), Fraction(row.high)),
        policy=terms.policy,
        exact=by_grid(row, terms.policy),
    )


def _by_formula(trace: Trace, result: Result, home: Scale, terms: Terms) -> Trace:
    value = by_formula(result.grade, result.scale, home)
    if value is None:
        return replace(trace, fallbacks=(*trace.fallbacks, Fallback("formula", "not_a_number")))
    return replace(trace, method=Method.FORMULA, exact=value)


def _failed(trace: Trace, result: Result, home: Scale, terms: Terms) -> Trace:
    """A fail: no table lists one, so the grid's line for it or the formula places it."""
    row = terms.grid.row(result.grade) if terms.grid else None
    by_formula_alone = terms.agreed is Method.FORMULA
    if row is not None and not by_formula_alone and home.passes(str(row.low)) is False:
        trace = _by_grid(trace, result, home, terms)
    elif result.grade:
        trace = _by_formula(trace, result, home, terms)
    return _rounded(trace, home, terms) if trace.exact is not None else trace


def _rounded(trace: Trace, home: Scale, terms: Terms) -> Trace:
    """Round, after averaging, and never across the pass mark."""
    assert trace.exact is not None
    value = rounded(trace.exact, terms.step, home.direction)
    better = max if home.direction is not Direction.DESC else min
    worse = min if better is max else max
    if home.pass_mark is not None:
        if trace.outcome is Outcome.FAILED:
            step = home.step or terms.step
            below = home.pass_mark - step if better is max else home.pass_mark + step
            value = worse(value, below)
        else:
            value = better(value, home.pass_mark)
    return replace(trace, step=terms.step, result=value)


def _once(*groups: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for group in groups for code in group))
