"""The edges of the conversion: grades out of their table, fails, courses without grades."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import orjson
import pytest

from tests.unit.workflows.recognition.tables import published, table
from workflows.grading.cleaning import cleaned
from workflows.grading.scales import SCALES
from workflows.grading.values import Direction, Scale
from workflows.recognition.conversion import Result, Terms, convert, rounded
from workflows.recognition.formula import Grid, GridRow
from workflows.recognition.trace import (
    Fallback,
    Match,
    Method,
    Outcome,
    Policy,
    from_json,
    to_json,
)

FR = SCALES["FR"]
WEIGHTED = Terms(Policy.WEIGHTED)
PERPIGNAN = Grid(
    "perpignan",
    (
        GridRow("A", Decimal(16), Decimal(20)),
        GridRow("B", Decimal(14), Decimal("15.9")),
        GridRow("E", Decimal(10), Decimal("10.9")),
        GridRow("FX", Decimal(8), Decimal("9.9")),
    ),
)


def of(country, grade, terms=WEIGHTED, *, sources=None, passed=None, targets=None):
    return convert(
        Result(grade, SCALES[country], passed, "0231", 6),
        [published(country)] if sources is None else sources,
        [published("FR")] if targets is None else targets,
        FR,
        terms,
    )


class TestGradesOutsideTheTable:
    def test_a_number_falls_into_the_band_of_a_word(self):
        trace = of("ES", "7,3")
        assert (trace.match, trace.matched, trace.result) == (Match.BAND, "NT", Decimal("12.81"))
        assert "not_in_table" in trace.flags

    def test_between_two_bands_it_is_the_lower_one(self):
        assert of("ES", "8.95").matched == "NT"
        assert of("ES", "10").matched == "SB"

    def test_of_two_as_near_it_is_the_better_one(self):
        trace = of("IT", "26.5")
        assert (trace.match, trace.matched) == (Match.NEAREST, "27")

    def test_a_range_holds_a_number(self):
        shares = table([("60-100", 20), ("50-59.9", 30), ("40-49.9", 50)], scale="UK")
        trace = of("UK", "55", sources=[shares])
        assert (trace.match, trace.matched) == (Match.RANGE, "50-59.9")

    def test_a_word_in_a_table_of_numbers(self):
        numbers = table([(str(n), 10) for n in (10, 9, 8, 7, 6, 5)], scale="ES")
        trace = of("ES", "NT", sources=[numbers])
        assert (trace.match, trace.matched) == (Match.NEAREST, "8")

    def test_what_no_table_can_place_goes_on_to_the_formula(self):
        letters = table([("A", 30), ("B", 30)], scale="SE-AF")
        trace = of("SE-AF", "C", sources=[letters])
        assert trace.method is Method.NONE
        assert trace.result is None
        assert Fallback("tables", "not_in_table", "source") in trace.fallbacks
        assert Fallback("formula", "not_a_number") in trace.fallbacks


class TestPassAndFail:
    @pytest.mark.parametrize("policy", Policy)
    def test_the_worst_pass_is_at_least_ten(self, policy):
        for country, grade in (("DE", "4.0"), ("ES", "AP"), ("IT", "18"), ("CZ", "E")):
            assert of(country, grade, Terms(policy, Decimal("0.5"))).result >= 10

    def test_a_fail_stays_below_ten_though_the_formula_says_otherwise(self):
        harsh = Scale("X", best=Decimal(100), worst=Decimal(0), pass_mark=Decimal(99))
        trace = convert(Result("98.9", harsh), [], [], FR, WEIGHTED)
        assert (trace.outcome, trace.method) == (Outcome.FAILED, Method.FORMULA)
        assert trace.exact < 10
        near = convert(Result("98.99999", harsh), [], [], FR, WEIGHTED)
        assert near.result == Decimal("9.99")

    def test_a_fail_is_never_looked_up_among_passes(self):
        assert of("ES", "4.9").result == Decimal("9.80")
        assert of("ES", "4.9").source is None

    def test_a_fail_without_a_number_has_no_grade(self):
        trace = of("CZ", "F")
        assert (trace.outcome, trace.result) == (Outcome.FAILED, None)

    def test_the_host_may_pass_what_lies_below_its_mark(self):
        trace = of("IT", "17", passed=True)
        assert (trace.outcome, trace.matched) == (Outcome.PASSED, "18")
        assert trace.result >= 10
        assert "below_pass_mark" in trace.flags

    def test_the_host_may_fail_what_lies_above_its_mark(self):
        trace = of("IT", "30", passed=False)
        assert trace.outcome is Outcome.FAILED
        assert trace.result < 10

    def test_a_course_without_grades_carries_none(self):
        trace = of("SE-UG", "G", sources=[])
        assert (trace.outcome, trace.result, trace.method) == (
            Outcome.UNGRADED,
            None,
            Method.NONE,
        )
        assert of("IT", "", passed=True).outcome is Outcome.UNGRADED

    def test_nobody_knows_whether_a_strange_grade_passes(self):
        strange = Scale("other", Direction.NONE)
        with pytest.raises(ValueError, match="pass"):
            convert(Result("quite good", strange), [], [], FR, WEIGHTED)
        known = convert(Result("quite good", strange, passed=True), [], [], FR, WEIGHTED)
        assert (known.outcome, known.result) == (Outcome.PASSED, None)


class TestPoints:
    COUNTS = (("1.0", 0), ("1.3", 10), ("2.0", 0), ("3.0", 10), ("4.0", 0))

    def source(self):
        return table(self.COUNTS, scale="DE")

    @pytest.mark.parametrize(
        ("grade", "home"), [("1.0", "16"), ("2.0", "12"), ("4.0", "12")], ids=str
    )
    def test_a_grade_nobody_has_is_the_point_where_it_lies(self, grade, home):
        targets = [table([("18", 0), ("16", 5), ("12", 5), ("10", 0)])]
        trace = of(
            "DE", grade, Terms(Policy.MEAN, least=1), sources=[self.source()], targets=targets
        )
        assert trace.result == Decimal(home)
        assert trace.interval[0] == trace.interval[1]
        assert "nobody_has_it" in trace.flags

    def test_on_equal_tables_it_is_its_own_equivalent(self):
        home = table([("18", 5), ("16", 0), ("12", 5)])
        trace = of("FR", "16", Terms(Policy.MEAN, least=1), sources=[home], targets=[home])
        assert trace.result == 16


class TestUntidyTables:
    """Published tables list fails, run worst first, and miss a hundred."""

    PUBLISHED = (
        ("F", "0.8"),
        ("E", "24.7"),
        ("D", "26.3"),
        ("C", "36.3"),
        ("B", "9.9"),
        ("A", "2.0"),
    )

    def source(self, entries, scale="CZ"):
        clean = cleaned(entries, SCALES[scale], counted=False)
        return table(
            [(label, Fraction(count)) for label, count in clean.entries],
            scale=scale,
            counted=False,
            warnings=clean.warnings,
        )

    def test_fails_go_and_the_best_comes_first(self):
        source = self.source(self.PUBLISHED)
        assert [entry.label for entry in source.entries] == list("ABCDE")
        trace = of("CZ", "A", sources=[source])
        assert trace.interval == (0, Fraction("2.0") / Fraction("99.2"))
        assert trace.source.spans[-1].end == 1
        assert {"fails_stripped", "reordered", "percentages"} <= set(trace.flags)

    def test_shares_that_miss_a_hundred_are_renormalised_with_a_warning(self):
        source = self.source([("A", "20"), ("B", "30"), ("C", "49.5")])
        trace = of("CZ", "C", sources=[source])
        assert trace.interval == (Fraction(50) / Fraction("99.5"), 1)
        assert "shares_sum:99.5" in trace.flags


class TestFallbacks:
    def small(self, isced_f, count=4, name="small"):
        return table([("30", count), ("18", count)], scale="IT", isced_f=isced_f, name=name)

    def steps(self, trace, side="source"):
        return [(f.step, f.why, f.passes) for f in trace.fallbacks if f.side == side]

    def test_few_students_widen_the_field_digit_by_digit(self):
        wide = table([("30", 40), ("18", 60)], scale="IT", isced_f="02", name="wide")
        trace = of("IT", "30", sources=[self.small("0231"), wide])
        assert trace.source.id == "wide"
        assert self.steps(trace) == [("isced_4", "too_few", 8), ("isced_3", "too_few", 8)]

    def test_narrower_tables_are_put_together(self):
        tables = [self.small("0231", 10, "a"), self.small("0232", 10, "b")]
        trace = of("IT", "30", sources=tables)
        assert (trace.source.id, trace.source.isced_f, trace.source.total) == ("a+b", "023", 40)

    def test_a_wide_table_is_not_counted_with_the_narrow_ones_inside_it(self):
        tables = [
            self.small("0231", 10, "in"),
            self.small("023", 13, "around"),
            self.small("0222", 5, "beside"),
        ]
        trace = of("IT", "30", sources=tables)
        assert (trace.source.id, trace.source.total) == ("around+beside", 36)

    def test_then_the_whole_institution(self):
        whole = table([("30", 500), ("18", 500)], scale="IT", isced_f="", name="whole")
        trace = of("IT", "30", sources=[whole])
        assert trace.source.id == "whole"
        assert [step for step, *_ in self.steps(trace)] == [
            "isced_4",
            "isced_3",
            "isced_2",
            "isced_1",
        ]

    def test_then_the_grid_then_the_formula(self):
        letters = Result("B", SCALES["ECTS"], isced_f="0231")
        trace = convert(letters, [], [published("FR")], FR, Terms(Policy.MEAN, grid=PERPIGNAN))
        assert (trace.method, trace.grid, trace.result) == (
            Method.GRID,
            "perpignan",
            Decimal("14.95"),
        )
        formula = of("IT", "27", Terms(Policy.MEAN, grid=PERPIGNAN), sources=[])
        assert (formula.method, formula.result) == (Method.FORMULA, Decimal("17.5"))
        order = [f.step for f in formula.fallbacks if f.side != "target"]
        assert order == ["isced_4", "isced_3", "isced_2", "isced_1", "institution", "grid"]

    def test_a_department_may_put_its_grid_first(self):
        terms = Terms(Policy.MIN, grid=PERPIGNAN, grid_first=True)
        assert of("CZ", "A", terms).result == 16
        assert of("CZ", "C", terms).method is Method.TABLES

    @pytest.mark.parametrize(
        ("agreed", "method", "flag"),
        [
            (Method.TABLES, Method.TABLES, "agreed_in_plan"),
            (Method.FORMULA, Method.FORMULA, "agreed_in_plan"),
            (Method.GRID, Method.TABLES, "agreed_method_unusable"),
        ],
    )
    def test_a_plan_puts_its_own_way_before_all_others(self, agreed, method, flag):
        trace = of("IT", "27", Terms(Policy.MEAN, agreed=agreed))
        assert (trace.method, trace.flags[-1]) == (method, flag)

    @pytest.mark.parametrize(
        ("grade", "outcome"), [("27", Outcome.UNGRADED), ("12", Outcome.FAILED)]
    )
    def test_a_plan_may_agree_on_no_grades(self, grade, outcome):
        trace = of("IT", grade, Terms(Policy.MEAN, agreed=Method.NONE))
        assert (trace.outcome, trace.result, trace.flags) == (outcome, None, ("agreed_in_plan",))

    def test_a_fail_has_its_place_by_the_formula_where_that_was_agreed(self):
        letters = Result("FX", SCALES["ECTS"])
        terms = Terms(Policy.MEAN, grid=PERPIGNAN, agreed=Method.FORMULA)
        assert convert(letters, [], [], FR, terms).method is Method.NONE

    def test_the_grid_places_its_fails(self):
        trace = convert(
            Result("FX", SCALES["ECTS"]), [], [], FR, Terms(Policy.MEAN, grid=PERPIGNAN)
        )
        assert (trace.outcome, trace.result) == (Outcome.FAILED, Decimal("8.95"))

    def test_the_table_of_the_level_comes_first(self):
        master = table([("30", 90), ("18", 10)], scale="IT", eqf=7, name="master")
        bachelor = table([("30", 10), ("18", 90)], scale="IT", eqf=6, name="bachelor")
        assert of("IT", "30", sources=[master, bachelor]).source.id == "bachelor"
        other = of("IT", "30", sources=[master])
        assert other.source.id == "master"
        assert "other_level" in other.flags

    def test_of_two_versions_the_newer_counts(self):
        old = table([("30", 90), ("18", 10)], scale="IT", name="old")
        new = table([("30", 10), ("18", 90)], scale="IT", name="new", version=2)
        assert of("IT", "30", sources=[new, old]).source.id == "new"


def test_a_trace_survives_json_and_tells_its_tables():
    for trace in (
        of("IT", "27"),
        of("CZ", "F"),
        of("SE-UG", "G", sources=[]),
        of("IT", "27", sources=[]),
    ):
        stored = orjson.dumps(to_json(trace))
        assert from_json(orjson.loads(stored)) == trace
    told = to_json(of("IT", "27"))
    assert told["source"]["id"] == "IT-1"
    assert told["source"]["version"] == 1
    assert told["interval"] == ["341/999", "17/37"]


@pytest.mark.parametrize(
    ("value", "direction", "expected"),
    [
        ("12.125", Direction.ASC, "12.25"),
        ("12.124", Direction.ASC, "12.00"),
        ("2.125", Direction.DESC, "2.00"),
        ("2.126", Direction.DESC, "2.25"),
    ],
)
def test_a_tie_goes_to_the_better_grade(value, direction, expected):
    assert rounded(Fraction(value), Decimal("0.25"), direction) == Decimal(expected)
