"""The department's rule: averages, facts, credits, what may still be said."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidState
from workflows.recognition.policy import (
    Counted,
    Graded,
    Replaced,
    Rule,
    Verdict,
    acquired,
    credits_awarded,
    facts,
    fitting_units,
    unit_errors,
    verdicts_open,
    weighted_mean,
)
from workflows.recognition.trace import Method, Outcome, Policy

P, F, A, U = Outcome.PASSED, Outcome.FAILED, Outcome.ABSENT, Outcome.UNGRADED
VARIABLES = {
    "rule": "weighted_mean",
    "rule_version": "Histoire 2025",
    "policy": "mean",
    "rounding": "0.01",
    "minimum_passes": "30",
    "mean_counts": "contracted",
    "threshold": "10",
    "conversion": "grid",
    "grid_grade": ["A", "FX"],
    "grid_low": ["16", "8"],
    "grid_high": ["20", "9.9"],
}


def line(agreed, outcome, grade=None, credits_="6"):
    return Graded(
        agreed,
        outcome,
        None if grade is None else Decimal(grade),
        None if credits_ is None else Decimal(credits_),
    )


def rule(**changes):
    return Rule.of({**VARIABLES, **changes})


class TestAverage:
    def test_it_is_weighted_by_credits_and_exact(self):
        lines = [line(1, P, "10", "3"), line(2, P, "11", "4.5"), line(3, P, "13", "1.5")]
        assert weighted_mean(lines, Counted.PASSED) == Fraction("11")
        thirds = [line(1, P, "10", "6"), line(2, P, "11", "3")]
        assert weighted_mean(thirds, Counted.PASSED) == Fraction(31, 3)

    def test_courses_without_grades_and_extra_ones_stay_out(self):
        lines = [line(1, P, "14"), line(2, U), line(None, P, "2"), line(3, P, "12", None)]
        assert weighted_mean(lines, Counted.PASSED) == 14

    def test_of_what_was_contracted_an_absence_is_zero(self):
        lines = [line(1, P, "14"), line(2, A), line(3, F, "8"), line(4, F)]
        assert weighted_mean(lines, Counted.CONTRACTED) == Fraction(22, 4)
        assert weighted_mean(lines, Counted.PASSED) == 14

    def test_a_fail_that_another_session_has_passed_is_overtaken(self):
        lines = [line(1, F, "6"), line(1, P, "12")]
        assert weighted_mean(lines, Counted.CONTRACTED) == 12

    def test_there_is_none_where_nothing_has_a_grade(self):
        assert weighted_mean([line(1, U)], Counted.PASSED) is None
        assert weighted_mean([line(1, P, "12", "0")], Counted.PASSED) is None


class TestFacts:
    def test_they_count_components_not_courses(self):
        lines = [line(1, P, "12"), line(1, P, "14"), line(2, F, "7"), line(3, A), line(None, P)]
        found = facts(lines, rule(), 2, ())
        assert (found.passed, found.failed, found.missing, found.extra) == (1, 1, 1, 1)
        assert found.credit_mismatches == 2

    @pytest.mark.parametrize(
        ("units", "covered"),
        [(("6", "6"), True), (("6", "6.5"), False), (("12", None), True), ((), False)],
    )
    def test_units_are_covered_by_what_was_passed_of_the_agreement(self, units, covered):
        lines = [line(1, P, "12"), line(2, U), line(3, F), line(4, A), line(None, P)]
        home = [None if unit is None else Decimal(unit) for unit in units]
        assert facts(lines, rule(), 0, home).units_covered is covered

    @given(st.lists(st.integers(0, 2000), min_size=1, max_size=8))
    def test_the_average_reaches_the_threshold_exactly_when_its_hundredths_do(self, hundredths):
        lines = [line(n, P, str(Decimal(h) / 100), "7.5") for n, h in enumerate(hundredths)]
        found = facts(lines, rule(), 0, ())
        mean = weighted_mean(lines, Counted.CONTRACTED)
        assert (found.mean_hundredths >= found.threshold_hundredths) == (mean >= 10)

    def test_just_below_is_below(self):
        lines = [line(1, P, "9.99", "29.99"), line(2, P, "10", "0.01")]
        assert facts(lines, rule(), 0, ()).mean_hundredths == 999


class TestCredits:
    UNITS = (Decimal(10), Decimal(10), Decimal(10))

    def test_a_group_recognised_is_recognised_whole(self):
        lines = [line(1, P, "12"), line(2, F)]
        assert credits_awarded(Verdict.RECOGNISED, lines, self.UNITS) == 30

    def test_in_part_it_is_what_was_passed_and_never_more_than_the_group(self):
        lines = [line(1, P, "12", "5"), line(2, U, None, "6"), line(3, F), line(None, P, "18")]
        assert credits_awarded(Verdict.PARTLY, lines, self.UNITS) == 11
        much = [line(n, P, "12", "12") for n in range(3)]
        assert credits_awarded(Verdict.PARTLY, much, self.UNITS) == 30

    def test_without_units_here_it_is_what_was_passed(self):
        assert credits_awarded(Verdict.RECOGNISED, [line(1, P, "12")], ()) == 6

    def test_while_something_was_passed_nothing_cannot_be_said(self):
        assert verdicts_open([line(1, P, "12"), line(2, F)]) == (
            Verdict.RECOGNISED,
            Verdict.PARTLY,
        )
        assert Verdict.NOT_RECOGNISED in verdicts_open([line(1, F), line(None, P, "18")])


class TestUnits:
    UNITS = (Decimal(10), Decimal(6), Decimal(4))

    def test_credits_cover_units_in_their_order(self):
        assert fitting_units(self.UNITS, Decimal(15)) == [True, False, True]

    def test_more_than_was_awarded_is_refused(self):
        assert unit_errors(self.UNITS, [True, True, False], Decimal(15)) == {
            0: "more_than_awarded",
            1: "more_than_awarded",
        }

    def test_a_unit_still_covered_cannot_be_left_open(self):
        assert unit_errors(self.UNITS, [True, False, False], Decimal(15)) == {2: "still_covered"}
        assert unit_errors(self.UNITS, [True, False, True], Decimal(15)) == {}

    @given(
        st.lists(st.integers(0, 30).map(Decimal), max_size=6),
        st.integers(0, 60).map(Decimal),
    )
    def test_what_fits_is_always_accepted(self, units, awarded):
        assert unit_errors(units, fitting_units(units, awarded), awarded) == {}


class TestUnitsOfAPlan:
    STRICT = Replaced(frozenset({1, 2}), compensated=False)
    LENIENT = Replaced(frozenset({1, 2}), compensated=True)

    @pytest.mark.parametrize(
        ("lines", "expected"),
        [
            ([line(1, P, "12"), line(2, U)], [True, True]),
            ([line(1, P, "12"), line(2, F, "8")], [False, True]),
            ([line(1, P, "11"), line(2, F, "8")], [False, False]),
            ([line(1, P, "18"), line(2, A)], [False, False]),
            ([line(1, P, "12"), line(2, F, "4"), line(2, P, "10")], [True, True]),
            ([line(1, F), line(2, F)], [False, False]),
        ],
    )
    def test_a_fail_is_compensated_where_agreed_and_an_absence_nowhere(self, lines, expected):
        on_plan = rule().on_plan(Method.TABLES)
        assert acquired([self.STRICT, self.LENIENT], lines, on_plan) == expected

    def test_without_grades_nothing_is_compensated_and_nothing_has_an_average(self):
        on_plan = rule().on_plan(Method.NONE)
        lines = [line(1, U), line(2, F)]
        assert acquired([self.LENIENT], lines, on_plan) == [False]
        assert weighted_mean(lines, on_plan.counted) is None


class TestRule:
    def test_a_plan_changes_its_terms_and_leaves_what_was_voted(self):
        found = rule().on_plan(Method.FORMULA)
        assert (found.code, found.terms.agreed) == ("validation_plan", Method.FORMULA)
        assert (found.version, found.threshold) == ("Histoire 2025", Decimal(10))
        assert Rule.from_json(found.to_json()) == found

    def test_it_comes_from_the_decision_tables_and_survives_json(self):
        found = rule()
        assert (found.policy, found.step, found.grid_first) == (
            Policy.MEAN,
            Decimal("0.01"),
            True,
        )
        assert found.grid == (("A", Decimal(16), Decimal(20)), ("FX", Decimal(8), Decimal("9.9")))
        assert found.terms.grid.row("a").high == 20
        assert Rule.from_json(found.to_json()) == found

    def test_without_a_grid_there_is_none(self):
        assert rule(grid_grade=None, grid_low=None, grid_high=None).terms.grid is None

    @pytest.mark.parametrize(
        "wrong",
        [
            {"policy": "generous"},
            {"policy": None},
            {"rounding": "0"},
            {"rounding": "much"},
            {"minimum_passes": "-1"},
            {"threshold": True},
            {"mean_counts": "all"},
            {"grid_low": ["16"]},
            {"grid_low": ["16", "x"]},
        ],
        ids=str,
    )
    def test_a_table_that_says_nothing_usable_is_told(self, wrong):
        with pytest.raises(InvalidState, match="decision table"):
            rule(**wrong)
