"""When a nomination meets the conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.admission.policy import (
    Rules,
    failed_rules,
    months_of,
    nomination_errors,
)
from workflows.mobility.agreement import CEFR_LEVELS, Agreement

TODAY = date(2026, 5, 4)
RULES = Rules(places=2, minimum_level="B1", shortest_months=2, longest_months=12)
NOMINATION = Agreement.of(
    {
        "student_given_names": "Inés",
        "student_family_name": "Prado",
        "student_email": "ines@usal.example.org",
        "student_birth_date": "2004-02-29",
        "sending_hei_id": "usal.es",
        "receiving_academic_year_id": "2026/2027",
        "start_date": "2026-09-07",
        "end_date": "2027-01-23",
        "isced_f_code": "0231",
        "language": "fr",
        "cefr_level": "B1",
    }
)


def failed(taken=0, already_here=0, **changes):
    return failed_rules(
        replace(NOMINATION, **changes), RULES, taken=taken, already_here=already_here
    )


def test_a_nomination_that_meets_all_conditions():
    assert failed(taken=1) == ()
    assert nomination_errors(NOMINATION, TODAY) == {}


@pytest.mark.parametrize(
    ("case", "code"),
    [
        ({"taken": 2}, "no_place_left"),
        ({"cefr_level": "A2"}, "language_below_minimum"),
        ({"cefr_level": None}, "language_below_minimum"),
        ({"end_date": "2026-10-20"}, "stay_too_short"),
        ({"end_date": "2027-10-20"}, "stay_too_long"),
        ({"already_here": 1}, "nominated_twice"),
    ],
)
def test_each_condition_is_named(case, code):
    assert failed(**case) == (code,)


@given(st.sampled_from(CEFR_LEVELS), st.sampled_from(CEFR_LEVELS))
def test_a_higher_level_never_fails_where_a_lower_one_passes(lower, higher):
    if CEFR_LEVELS.index(lower) > CEFR_LEVELS.index(higher):
        lower, higher = higher, lower
    assert not failed(cefr_level=higher) or failed(cefr_level=lower)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-09-01", "2027-01-31", 5),
        ("2027-02-01", "2027-02-28", 1),
        ("2028-02-01", "2028-02-29", 1),
        ("2026-09-01", "2027-06-30", 10),
        ("2027-01-01", "2026-01-01", None),
        ("2026-09", "2027-01-31", None),
    ],
)
def test_the_length_of_a_stay(first, last, months):
    assert months_of(replace(NOMINATION, start_date=first, end_date=last)) == months


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("student_email", "nobody", "invalid"),
        ("student_birth_date", "2026-02-29", "not_a_date"),
        ("student_birth_date", "2031-01-01", "not_a_date"),
        ("student_family_name", None, "required"),
        ("receiving_academic_year_id", "2026", "invalid"),
        ("end_date", "2026-01-01", "before_start"),
        ("cefr_level", "Z9", "invalid"),
    ],
)
def test_what_keeps_a_nomination_from_being_recorded(field, value, code):
    assert nomination_errors(replace(NOMINATION, **{field: value}), TODAY) == {field: [code]}


@pytest.mark.parametrize(
    "variables",
    [{}, {"places": "many", "minimum_level": "B1"}, {"places": 1, "minimum_level": "expert"}],
)
def test_a_table_that_says_nothing_usable_is_refused(variables):
    with pytest.raises((KeyError, ValueError)):
        Rules.of({"shortest_months": 2, "longest_months": 12, **variables})
