"""What stands in for grading tables: a voted grid, and the modified Bavarian formula."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from workflows.grading.values import Direction, Scale, normal
from workflows.recognition.trace import Policy

GERMAN_BEST, GERMAN_SPAN = 1, 3
"""German passes run from 1.0 to 4.0."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grade abroad and the stretch of home grades it is worth, both ends included."""

    label: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Grid:
    """A fixed list of equivalents that the university's bodies have voted."""

    name: str
    rows: tuple[GridRow, ...]

    def row(self, label: str) -> GridRow | None:
        """The line of a grade; None where the grid has none."""
        return next((row for row in self.rows if normal(row.label) == normal(label)), None)


def by_grid(row: GridRow, policy: Policy) -> Fraction:
    """The home grade in a line of the grid that the policy takes.

    A grid tells no distribution, so all averages are the middle of the line.
    """
    low, high = Fraction(row.low), Fraction(row.high)
    if policy is Policy.MIN:
        return low
    return high if policy is Policy.MAX else (low + high) / 2


def bavarian(grade: Fraction, best: Fraction, pass_mark: Fraction) -> Fraction:
    """The German grade of a grade: 1 + 3 (best - grade) / (best - pass mark).

    Source: modified Bavarian formula, Kultusministerkonferenz. Exact; Passau truncates it to
    one decimal, Cologne takes the nearest.
    """
    return GERMAN_BEST + GERMAN_SPAN * (best - grade) / (best - pass_mark)


def by_formula(label: str, source: Scale, target: Scale) -> Fraction | None:
    """The home grade by the formula and, back from the German grade, its inverse.

    Continued below the pass mark it also places fails; never beyond the ends of the home
    scale. None where the grade or one of the scales is no number.
    """
    grade = source.number(label)
    ends = (source.best, source.pass_mark, target.best, target.pass_mark, target.worst)
    if grade is None or source.direction is Direction.NONE or None in ends:
        return None
    best, pass_mark, home_best, home_pass, home_worst = (Fraction(end or 0) for end in ends)
    if best == pass_mark:
        return None
    german = bavarian(Fraction(grade), best, pass_mark)
    value = home_best - (home_best - home_pass) * (german - GERMAN_BEST) / GERMAN_SPAN
    low, high = sorted((home_best, home_worst))
    return min(max(value, low), high)
