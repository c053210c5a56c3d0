"""What holds for every pair of grading tables."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.workflows.recognition.tables import table
from workflows.grading.scales import SCALES
from workflows.grading.values import Table
from workflows.recognition.conversion import Result, Terms, convert, overlaps
from workflows.recognition.trace import Outcome, Policy, from_json, to_json

FR, DE, ES = SCALES["FR"], SCALES["DE"], SCALES["ES"]
policies = st.sampled_from(Policy)
steps = st.sampled_from([Decimal("0.01"), Decimal("0.25"), Decimal("0.5")])
counts = st.integers(0, 400)


@st.composite
def home_tables(draw) -> Table:
    grades = sorted(draw(st.sets(st.integers(1000, 2000), min_size=1, max_size=12)), reverse=True)
    numbers = draw(st.lists(counts, min_size=len(grades), max_size=len(grades)).filter(any))
    return table([(str(Decimal(g) / 100), n) for g, n in zip(grades, numbers, strict=True)])


@st.composite
def german_tables(draw) -> Table:
    numbers = draw(st.lists(counts, min_size=10, max_size=10).filter(any))
    return table(list(zip(DE.labels, numbers, strict=True)), scale="DE")


def grade(
    source: Table, label: str, target: Table, policy: Policy, step: Decimal = Decimal("0.01")
):
    return convert(
        Result(label, source.scale, isced_f="0231", eqf=6),
        [source],
        [target],
        FR,
        Terms(policy, step, least=0),
    )


@given(german_tables(), home_tables(), policies, steps)
def test_a_better_grade_is_never_worth_less(source, target, policy, step):
    results = [grade(source, e.label, target, policy, step).result for e in source.entries]
    assert results == sorted(results, reverse=True)


@given(home_tables(), policies)
def test_on_equal_tables_every_grade_is_itself(both, policy):
    for entry in both.entries:
        trace = grade(both, entry.label, both, policy)
        assert trace.exact == Fraction(Decimal(entry.label))


@given(german_tables(), home_tables(), policies, st.integers(2, 1000), st.integers(2, 1000))
def test_only_shares_count_not_how_many_students(source, target, policy, k, m):
    larger = table([(e.label, e.count * k) for e in source.entries], scale="DE")
    other = table([(e.label, e.count * m) for e in target.entries])
    for entry in source.entries:
        before = grade(source, entry.label, target, policy)
        after = grade(larger, entry.label, other, policy)
        assert (after.exact, after.interval) == (before.exact, before.interval)


@given(
    home_tables(),
    policies,
    steps,
    st.decimals(0, 10, places=2),
    st.sampled_from([None, True, False]),
    st.lists(counts, min_size=4, max_size=4).filter(any),
)
def test_a_pass_never_becomes_a_fail_nor_the_reverse(target, policy, step, value, said, numbers):
    source = table(list(zip(("MH", "SB", "NT", "AP"), numbers, strict=True)), scale="ES")
    for sources in ([source], []):
        trace = convert(
            Result(str(value), ES, said, "0231", 6),
            sources,
            [target],
            FR,
            Terms(policy, step, least=0),
        )
        passed = said if said is not None else value >= 5
        assert trace.outcome is (Outcome.PASSED if passed else Outcome.FAILED)
        assert (trace.result >= 10) == passed
        assert 0 <= trace.result <= 20


@given(german_tables(), home_tables())
def test_intervals_part_the_whole_without_gap(source, target):
    for each in (source, target):
        ends = each.intervals
        assert ends[0][0] == 0
        assert ends[-1][1] == 1
        assert all(a[1] == b[0] for a, b in pairwise(ends))
    for start, end in source.intervals:
        if start < end:
            assert sum(part for _, part in overlaps(target, start, end)) == end - start


@given(german_tables(), home_tables(), policies)
def test_a_trace_is_enough_to_calculate_again(source, target, policy):
    for entry in source.entries:
        trace = grade(source, entry.label, target, policy)
        kept = from_json(to_json(trace))
        assert kept == trace
        again = grade(_table(kept.source, "DE"), kept.matched, _table(kept.target, "FR"), policy)
        assert again.exact == trace.exact


def _table(used, scale: str) -> Table:
    return table(used.entries, scale=scale)
