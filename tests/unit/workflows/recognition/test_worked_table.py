"""The worked examples that the percentile method is held to, every row and column."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.unit.workflows.recognition.tables import published
from workflows.grading.scales import SCALES
from workflows.recognition.conversion import Result, Terms, convert
from workflows.recognition.formula import bavarian, by_formula
from workflows.recognition.trace import Method, Policy, Trace

ROWS = [
    # source, grade, interval in percent, home grades, min, mean, weighted, midpoint, max
    ("DE", "1.0", ("0", "6"), "18 17 16 15", "15", "16.5", "16.44", "16", "18"),
    ("DE", "2.0", ("32", "49.5"), "13 12", "12", "12.5", "12.65", "13", "13"),
    ("DE", "4.0", ("97.5", "100"), "10", "10", "10", "10", "10", "10"),
    ("ES", "NT", ("17.5", "60"), "14 13 12", "12", "13", "12.81", "13", "14"),
    ("IT", "27", ("34.13", "45.95"), "13 12", "12", "12.5", "12.78", "13", "13"),
    ("CZ", "A", ("0", "22"), "18 17 16 15 14", "14", "16", "14.98", "15", "18"),
]
COLUMNS = (Policy.MIN, Policy.MEAN, Policy.WEIGHTED, Policy.MIDPOINT, Policy.MAX)


def converted(country: str, grade: str, policy: Policy, step: str = "0.01") -> Trace:
    return convert(
        Result(grade, SCALES[country], isced_f="0231", eqf=6),
        [published(country)],
        [published("FR")],
        SCALES["FR"],
        Terms(policy, Decimal(step)),
    )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_row_of_the_worked_table(row):
    country, grade, (start, end), overlapped, *expected = row
    for policy, value in zip(COLUMNS, expected, strict=True):
        trace = converted(country, grade, policy)
        assert trace.method is Method.TABLES
        assert trace.result == Decimal(value), policy
        assert " ".join(each.label for each in trace.overlaps) == overlapped
        assert percent(trace.interval) == (start, end)


def percent(interval: tuple[Fraction, Fraction]) -> tuple[str, str]:
    low, high = (f"{float(each * 100):.2f}".rstrip("0").rstrip(".") for each in interval)
    return low, high


def test_intervals_are_exact():
    trace = converted("IT", "27", Policy.WEIGHTED)
    assert trace.interval == (Fraction(341, 999), Fraction(459, 999))
    assert trace.source.spans[0].start == 0
    assert trace.source.spans[-1].end == 1


def test_rounding_comes_after_averaging():
    # 16.5 and 12.647...: rounding the parts first would give other quarters and halves.
    assert converted("DE", "2.0", Policy.WEIGHTED, "0.25").result == Decimal("12.75")
    assert converted("DE", "2.0", Policy.WEIGHTED, "0.5").result == Decimal("12.5")
    assert converted("DE", "1.0", Policy.WEIGHTED, "0.5").result == Decimal("16.5")
    assert converted("DE", "1.0", Policy.WEIGHTED, "0.25").result == Decimal("16.5")


@pytest.mark.parametrize(
    ("grade", "best", "pass_mark", "german"),
    [("8", "10", "6", "2.5"), ("14", "20", "10", "2.8"), ("27", "30", "18", "1.75")],
    ids=["NL 8", "FR 14", "IT 27"],
)
def test_the_modified_bavarian_formula(grade, best, pass_mark, german):
    assert bavarian(Fraction(grade), Fraction(best), Fraction(pass_mark)) == Fraction(german)


def test_the_formula_back_to_twenty_is_linear():
    assert by_formula("27", SCALES["IT"], SCALES["FR"]) == Fraction("17.5")
