"""Grading tables as they are published, and what becomes of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from workflows.grading.cleaning import cleaned
from workflows.grading.scales import SCALES, scale_of
from workflows.grading.tables import percentages

ECTS = SCALES["ECTS"]
EWP_SAMPLE = [("F", 3), ("E", 92), ("D", 98), ("C", 135), ("B", 37), ("A", 7)]
"""The sample of the EWP specification imobility-tors: fails included, worst first."""


def labels(clean):
    return [label for label, _ in clean.entries]


def test_fails_are_stripped_and_the_best_grade_comes_first():
    clean = cleaned(EWP_SAMPLE, ECTS, declared=372)
    assert labels(clean) == ["A", "B", "C", "D", "E"]
    assert set(clean.warnings) == {"fails_stripped", "reordered"}
    assert sum(count for _, count in clean.entries) == 369


def test_the_declared_number_may_leave_the_fails_out():
    assert cleaned(EWP_SAMPLE, ECTS, declared=369).entries


def test_a_table_that_does_not_add_up_is_refused():
    with pytest.raises(InvalidInput) as refusal:
        cleaned(EWP_SAMPLE, ECTS, declared=400)
    assert refusal.value.errors == {"entries": ["does_not_add_up:400:372"]}


@pytest.mark.parametrize(
    ("shares", "warning"), [("99.9", ["shares_sum:99.9"]), ("100.0", []), ("60", ["shares_sum:60"])]
)
def test_shares_that_miss_a_hundred_are_kept_with_a_warning(shares, warning):
    entries = [("A", "10.0"), ("B", str(Decimal(shares) - 10))]
    assert list(cleaned(entries, ECTS, counted=False).warnings) == warning


def test_shares_of_more_than_a_whole_are_refused():
    with pytest.raises(InvalidInput):
        cleaned([("A", "60"), ("B", "60")], ECTS, counted=False)


def test_a_lower_number_is_the_better_grade_in_germany():
    clean = cleaned([("5.0", 9), ("4.0", 1), ("1,3", 2), ("1.0", 3)], SCALES["DE"])
    assert labels(clean) == ["1.0", "1,3", "4.0"]


def test_honours_come_before_the_best_number():
    assert labels(cleaned([("18", 1), ("30", 2), ("30L", 3)], SCALES["IT"])) == ["30L", "30", "18"]
    assert labels(cleaned([("AP", 1), ("MH", 2)], SCALES["ES"])) == ["MH", "AP"]
    assert labels(cleaned([("10", 1), ("MH", 2), ("7.5", 2)], SCALES["ES"])) == ["MH", "10", "7.5"]


def test_ranges_are_ordered_and_stripped_by_their_ends():
    clean = cleaned([("20-39.9", 4), ("40-59.9", 5), ("60-100", 1)], SCALES["PERCENT"])
    assert labels(clean) == ["60-100", "40-59.9"]
    with pytest.raises(InvalidInput) as refusal:
        cleaned([("30-50", 4)], SCALES["PERCENT"])
    assert refusal.value.errors == {"entries.0.label": ["not_on_scale"]}


@pytest.mark.parametrize(
    ("entries", "path"),
    [
        ([], "entries"),
        ([("A", 1)] * 201, "entries"),
        ([("A", -1)], "entries.0.count"),
        ([("A", "many")], "entries.0.count"),
        ([("A", "1e9")], "entries.0.count"),
        ([("A", "2.5")], "entries.0.count"),
        ([("A", 10**9)], "entries.0.count"),
        ([("", 1)], "entries.0.label"),
        ([(None, 1)], "entries.0.label"),
        ([("A\x00", 1)], "entries.0.label"),
        ([("A" * 41, 1)], "entries.0.label"),
        ([("A", 1), (" a ", 2)], "entries.1.label"),
        ([("26.5", 1)], "entries.0.label"),
        ([("A", 0), ("B", 0)], "entries"),
        ([("F", 3)], "entries"),
    ],
)
def test_what_is_no_table_is_refused_where_it_is_wrong(entries, path):
    with pytest.raises(InvalidInput) as refusal:
        cleaned(entries, ECTS)
    assert list(refusal.value.errors) == [path]


def test_words_and_numbers_of_one_scale_are_compared_by_their_bands():
    clean = cleaned([("5.5", 1), ("NT", 2), ("SB", 3)], SCALES["ES"])
    assert labels(clean) == ["SB", "NT", "5.5"]


def test_an_unknown_scale_is_refused():
    with pytest.raises(InvalidInput):
        scale_of("XX")


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_percentages_total_exactly_a_hundred_and_stay_within_a_tenth(counts):
    entries = tuple((str(n), Decimal(count)) for n, count in enumerate(counts))
    shares = percentages(entries)
    assert sum(shares) == 100
    for (_, count), share in zip(entries, shares, strict=True):
        assert abs(share - 100 * count / sum(counts)) < Decimal("0.1")


def test_percentages_of_the_ewp_sample():
    entries = tuple((label, Decimal(count)) for label, count in reversed(EWP_SAMPLE))
    assert [str(share) for share in percentages(entries)] == [
        "1.9",
        "10.0",
        "36.3",
        "26.3",
        "24.7",
        "0.8",
    ]


def test_each_scale_knows_its_own_labels():
    for scale in SCALES.values():
        assert all(scale.contains(label) and scale.passes(label) for label in scale.labels)
        assert not any(scale.passes(label) for label in scale.failing)
