"""Completeness, totals and deadlines of grade transfer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidState
from workflows.grade_transfer.policy import (
    CourseState,
    deadline,
    findings,
    is_partial,
    pending,
    season,
    totals,
)
from workflows.mobility.agreement import Agreement

ESI = Agreement(student_global_id="urn:schac:personalUniqueCode:int:esi:es:1")


def course(mark="12", ects="6", **changes):
    fields = {"id": 1, "title": "Syntaxe", "scale": "FR", "certified": True, **changes}
    return CourseState(ects=Decimal(ects), mark=mark, **fields)


def codes(found):
    return [finding.code for finding in found]


def test_a_complete_transcript_has_nothing_to_say():
    courses = [course(), course("8"), course("ABI")]
    assert findings(courses, withdrawn_on=None, agreement=ESI) == []
    assert not is_partial(courses, withdrawn_on=None)


def test_what_is_not_certified_is_missing():
    courses = [course(certified=False), course("R"), course("")]
    assert codes(findings(courses, withdrawn_on=None, agreement=ESI)) == [
        "missing",
        "resit",
        "missing",
    ]
    assert len(pending(courses, withdrawn_on=None)) == 3


def test_a_student_who_gave_up_has_nothing_to_come():
    courses = [course(""), course("11")]
    found = findings(courses, withdrawn_on="2027-03-01", agreement=ESI)
    assert codes(found) == ["withdrawn"]
    assert not is_partial(courses, withdrawn_on="2027-03-01")


def test_titles_that_no_language_has_are_named_together():
    courses = [
        course(title="Syntaxe", untranslated=("en", "es")),
        course(title="Lexique", untranslated=("en", "es")),
        course(title="Phonétique", untranslated=("es",)),
        course(title="Thème"),
    ]
    found = findings(courses, withdrawn_on=None, agreement=ESI)
    assert [(each.code, each.params["languages"], each.params["title"]) for each in found] == [
        ("untranslated", "en,es", "Syntaxe · Lexique"),
        ("untranslated", "es", "Phonétique"),
    ]


def test_annexes_and_dropped_courses_are_named():
    courses = [course(annex=True), course(dropped=True), course("", dropped=True, certified=False)]
    assert codes(findings(courses, withdrawn_on=None, agreement=Agreement())) == [
        "annex",
        "dropped",
        "no_esi",
    ]
    assert totals(courses).contracted == 0
    assert totals(courses).earned == 12


def test_half_credits_add_up_exactly():
    summed = totals([course(ects="4.5"), course(ects="0.1"), course("7 R", ects="0.2")])
    assert (summed.contracted, summed.earned, summed.pending) == (
        Decimal("4.8"),
        Decimal("4.6"),
        Decimal("0.2"),
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["12", "9.99", "ABI", "R", "", "9 C"]),
            st.decimals(min_value=0, max_value=60, places=2),
        ),
        max_size=40,
    )
)
def test_credits_are_earned_for_what_is_passed_and_nothing_else(rows):
    courses = [course(mark, str(ects)) for mark, ects in rows]
    summed = totals(courses)
    assert summed.earned == sum((e for m, e in rows if m in {"12", "9 C"}), Decimal(0))
    assert summed.pending == sum((e for m, e in rows if m in {"R", ""}), Decimal(0))
    assert summed.earned + summed.pending <= summed.contracted


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"end_date": "2027-01-31"}, "autumn"),
        ({"end_date": "2026-12-20"}, "autumn"),
        ({"end_date": "2027-06-30"}, "spring"),
        ({"end_year_month": "2027-02"}, "autumn"),
        ({"start_year_month": "2026-09"}, "autumn"),
        ({"start_date": "2027-01-10"}, "spring"),
        ({"end_date": "sometime"}, "spring"),
        ({}, "spring"),
    ],
)
def test_the_season_is_that_of_the_last_results(fields, expected):
    assert season(Agreement(**fields)) == expected


def test_five_weeks_later_is_the_same_hour_across_the_change_of_clocks():
    assert deadline(date(2027, 3, 1), "P35D") == datetime(2027, 4, 4, 22, tzinfo=UTC)
    assert deadline(date(2028, 2, 1), "P35D") == datetime(2028, 3, 6, 23, tzinfo=UTC)


def test_a_table_that_gives_no_duration_is_named():
    with pytest.raises(InvalidState, match="soon"):
        deadline(date(2027, 3, 1), "soon")
