"""The score of an application: criteria, their weights, the points of every reviewer.

Exact arithmetic throughout: two candidates are tied when they are, not when a rounding
made them so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CRITERIA = ("motivation", "language", "results", "coherence")
"""What candidates are judged by: motivation, language, results, coherence of the project."""

MAX_POINTS = Decimal(20)
MAX_WEIGHT = 100
_CENT = Decimal("0.01")

Points = Mapping[str, Decimal]
"""One reviewer's points by criterion, each from 0 to 20."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion contributes: its weight, its mean points, its share of the score."""

    criterion: str
    weight: int
    points: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class Score:
    """A score out of 20 and how it comes about."""

    total: Fraction
    parts: tuple[Part, ...]


def score(reviews: Sequence[Points], weights: Mapping[str, int]) -> Score | None:
    """The weighted mean of what the reviewers gave; None while nobody has given points.

    Every review has points for each criterion. A criterion of weight 0 is shown and counts
    for nothing. Raises ValueError where all weights are 0.
    """
    total_weight = sum(weights.values())
    if total_weight <= 0:
        raise ValueError("At least one criterion must have a weight.")
    if not reviews:
        return None
    parts = []
    for criterion in CRITERIA:
        weight = weights.get(criterion, 0)
        mean = sum((Fraction(each[criterion]) for each in reviews), Fraction(0)) / len(reviews)
        parts.append(Part(criterion, weight, mean, mean * weight / total_weight))
    return Score(sum((part.share for part in parts), Fraction(0)), tuple(parts))


def rounded(value: Fraction) -> Decimal:
    """A score as it is shown: two decimals, halves up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(_CENT, rounding=ROUND_HALF_UP)
