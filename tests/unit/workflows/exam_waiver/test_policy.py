"""Which exams are excused: derived, compared, limited by dates."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.exam_waiver.policy import (
    ADDED,
    CONTRACT_CHANGED,
    CUT_SHORT,
    DAYS_UNKNOWN,
    DECIDE,
    KEPT,
    LEFT_OUT,
    MAIN,
    NOT_PROPOSED,
    NOTHING,
    REDUCE,
    RESIT,
    REVOKED,
    TOO_LATE,
    UNCHANGED,
    Calendar,
    Circumstances,
    Exam,
    Period,
    Unit,
    exams_of,
    is_retroactive,
    marked,
    semesters_of,
    verdict,
)

DAYS = {
    "main_1_from": "2026-12-07",
    "main_1_to": "2026-12-18",
    "resit_1_from": "2027-03-01",
    "resit_1_to": "2027-03-06",
    "main_2_from": "2027-04-26",
    "main_2_to": "2027-05-12",
    "june_from": "2027-06-14",
    "june_to": "2027-06-25",
}
CALENDAR = Calendar.of(DAYS)
BEFORE = Circumstances(today=date(2026, 9, 1), late_days=30)


def unit(key="a", term=(1, 2), **more):
    return Unit(key, key.upper(), f"Unit {key}", "6 ECTS", term, **more)


def names(exams):
    return [(exam.unit.key, exam.semester, exam.session) for exam in exams]


def marks(rows):
    return {row.exam.identity: (row.mark, row.cause) for row in rows}


@pytest.mark.parametrize(
    ("term", "semesters"),
    [
        ((1, 2), (1,)),
        ((2, 2), (2,)),
        ((1, 1), (1, 2)),
        ((1, 3), (1,)),
        ((2, 3), (1, 2)),
        ((3, 3), (2,)),
        ((2, 4), (1,)),
        ((3, 4), (2,)),
        ((3, 2), (None,)),
        (None, (None,)),
    ],
)
def test_a_term_lies_in_semesters(term, semesters):
    assert semesters_of(term) == semesters


def test_every_replaced_unit_has_its_main_session_and_resits_held_during_the_year():
    exams = exams_of([unit("a"), unit("b", (2, 2))], CALENDAR)
    assert names(exams) == [("a", 1, MAIN), ("a", 1, RESIT), ("b", 2, MAIN)]
    assert exams[0].period == Period(date(2026, 12, 7), date(2026, 12, 18))


def test_the_resits_of_june_are_never_excused():
    in_june = Calendar.of({**DAYS, "resit_1_from": "2027-06-20", "resit_1_to": "2027-06-22"})
    exams = exams_of([unit("a"), unit("b", (2, 2)), unit("c", (1, 1))], in_june)
    assert RESIT not in {exam.session for exam in exams}
    june = CALENDAR.june
    for exam in exams_of([unit("c", (1, 1))], CALENDAR):
        assert exam.period.ends_on < june.starts_on or exam.period.starts_on > june.ends_on


def test_who_resits_at_home_keeps_every_second_session():
    exams = exams_of([unit("a", june_resit=True)], CALENDAR)
    assert names(exams) == [("a", 1, MAIN)]


def test_a_unit_without_a_term_has_one_exam_without_days():
    (exam,) = exams_of([unit(term=None)], CALENDAR)
    assert (exam.semester, exam.session, exam.period) == (None, MAIN, None)


@pytest.mark.parametrize(
    "days",
    [
        {"main_1_from": "2026-12-18", "main_1_to": "2026-12-07"},
        {"main_1_from": None, "main_1_to": "2026-12-07"},
        {"main_1_from": "2026-02-30", "main_1_to": "2026-12-07"},
        {"main_1_from": 20261207, "main_1_to": "soon"},
    ],
)
def test_a_session_without_sense_has_no_days(days):
    assert Calendar.of({**DAYS, **days}).main.keys() == {2}


def test_without_a_calendar_exams_are_excused_all_the_same():
    (exam,) = exams_of([unit()], Calendar.of({}))
    assert marks(marked([exam], [], BEFORE)) == {("a", 1, MAIN): (ADDED, None)}


def test_a_changed_contract_adds_keeps_and_takes_back():
    old = exams_of([unit("a", (2, 2)), unit("b", (2, 2))], CALENDAR)
    new = exams_of([unit("b", (2, 2)), unit("c", (2, 2))], CALENDAR)
    assert marks(marked(new, old, BEFORE)) == {
        ("b", 2, MAIN): (KEPT, None),
        ("c", 2, MAIN): (ADDED, None),
        ("a", 2, MAIN): (REVOKED, CONTRACT_CHANGED),
    }


def test_a_stay_cut_short_takes_back_what_begins_after_its_last_day():
    exams = exams_of([unit("a"), unit("b", (2, 2))], CALENDAR)
    now = Circumstances(date(2027, 1, 11), 30, last_day=date(2027, 3, 1))
    assert marks(marked(exams, exams, now)) == {
        ("a", 1, MAIN): (KEPT, None),
        # It begins on the last day, while the student is still away.
        ("a", 1, RESIT): (KEPT, None),
        ("b", 2, MAIN): (REVOKED, CUT_SHORT),
    }
    assert marks(marked(exams, [], now))["b", 2, MAIN] == (LEFT_OUT, CUT_SHORT)


def test_a_shortened_stay_has_exams_without_known_days_looked_at_once():
    """Nobody can tell whether they begin after the last day."""
    exams = exams_of([unit("a"), unit("x", None)], CALENDAR)
    now = Circumstances(date(2027, 1, 11), 30, last_day=date(2027, 1, 31))
    rows = marked(exams, exams, now)
    assert marks(rows)["x", None, MAIN] == (REVOKED, DAYS_UNKNOWN)
    assert verdict(rows, asked=False) == DECIDE
    first = marked(exams, [], now)
    assert marks(first)["x", None, MAIN] == (LEFT_OUT, DAYS_UNKNOWN)
    looked_at = replace(now, reviewed=True)
    assert marks(marked(exams, exams, looked_at))["x", None, MAIN] == (KEPT, None)


def test_an_exam_whose_semester_has_no_days_in_the_calendar_is_looked_at_too():
    exams = exams_of([unit("b", (2, 2))], Calendar.of({}))
    now = Circumstances(date(2027, 1, 11), 30, last_day=date(2027, 1, 31))
    assert marks(marked(exams, exams, now))["b", 2, MAIN] == (REVOKED, DAYS_UNKNOWN)


def test_exams_without_known_days_may_be_excused_until_some_time_after_the_stay():
    exams = exams_of([unit("x", None)], CALENDAR)
    late = Circumstances(date(2027, 3, 3), 30, stay_end=date(2027, 1, 31))
    assert marked(exams, [], late)[0].cause == TOO_LATE
    in_time = Circumstances(date(2027, 3, 2), 30, stay_end=date(2027, 1, 31))
    assert marked(exams, [], in_time)[0].mark == ADDED


def test_a_session_that_is_long_over_is_left_out_until_somebody_says_why():
    exams = exams_of([unit("b", (2, 2))], CALENDAR)
    last = date(2027, 5, 12) + timedelta(days=30)
    assert marked(exams, [], Circumstances(last, 30))[0].mark == ADDED
    late = Circumstances(last + timedelta(days=1), 30)
    assert marked(exams, [], late)[0].cause == TOO_LATE
    assert marked(exams, exams, late)[0].mark == KEPT


def test_what_the_coordinator_left_out_is_not_brought_back_by_a_change():
    exams = exams_of([unit("a", (2, 2)), unit("b", (2, 2))], CALENDAR)
    now = Circumstances(date(2026, 9, 1), 30, declined=frozenset({("b", 2, MAIN)}))
    assert marks(marked(exams, exams[:1], now)) == {
        ("a", 2, MAIN): (KEPT, None),
        ("b", 2, MAIN): (LEFT_OUT, NOT_PROPOSED),
    }


def row(mark, cause=None, starts=None):
    period = Period(starts, starts) if starts else None
    return type("Row", (), {"mark": mark, "cause": cause, "exam": Exam(unit(), 1, 1, period)})()


@pytest.mark.parametrize(
    ("rows", "asked", "expected"),
    [
        ([], False, NOTHING),
        ([], True, NOTHING),
        ([row(LEFT_OUT, CUT_SHORT)], False, NOTHING),
        ([row(KEPT), row(LEFT_OUT, DAYS_UNKNOWN)], False, DECIDE),
        ([row(KEPT), row(REVOKED, DAYS_UNKNOWN)], False, DECIDE),
        ([row(ADDED)], False, DECIDE),
        ([row(KEPT)], False, UNCHANGED),
        ([row(KEPT)], True, UNCHANGED),
        ([row(KEPT), row(LEFT_OUT, TOO_LATE)], False, UNCHANGED),
        ([row(KEPT), row(LEFT_OUT, TOO_LATE)], True, DECIDE),
        ([row(LEFT_OUT, TOO_LATE)], False, DECIDE),
        ([row(KEPT), row(LEFT_OUT, NOT_PROPOSED)], False, UNCHANGED),
        ([row(KEPT), row(LEFT_OUT, NOT_PROPOSED)], True, DECIDE),
        ([row(LEFT_OUT, NOT_PROPOSED)], False, NOTHING),
        ([row(LEFT_OUT, NOT_PROPOSED)], True, DECIDE),
        ([row(KEPT), row(LEFT_OUT, NOT_PROPOSED), row(REVOKED, CUT_SHORT)], False, REDUCE),
        ([row(KEPT), row(ADDED)], False, DECIDE),
        ([row(KEPT), row(REVOKED, CONTRACT_CHANGED)], False, DECIDE),
        ([row(KEPT), row(REVOKED, CUT_SHORT)], False, REDUCE),
        ([row(REVOKED, CUT_SHORT)], True, REDUCE),
        ([row(REVOKED, CUT_SHORT), row(REVOKED, CONTRACT_CHANGED)], False, DECIDE),
        ([row(ADDED), row(REVOKED, CUT_SHORT)], False, DECIDE),
    ],
)
def test_what_follows(rows, asked, expected):
    assert verdict(rows, asked=asked) == expected


def test_a_decision_is_retroactive_once_a_session_has_begun():
    today = date(2026, 12, 7)
    assert is_retroactive([row(ADDED, starts=today)], today)
    assert not is_retroactive([row(ADDED, starts=today + timedelta(days=1))], today)
    assert not is_retroactive([row(KEPT, starts=today), row(ADDED)], today)


terms = st.sampled_from([(1, 2), (2, 2), (1, 1), None])
units = st.dictionaries(st.sampled_from("abcdefgh"), terms, max_size=8).map(
    lambda found: [unit(key, term) for key, term in found.items()]
)
days = st.dates(date(2026, 7, 1), date(2027, 9, 1))


@given(units, units, days, st.none() | days)
def test_every_exam_of_before_and_after_is_named_once_and_june_never(old, new, today, last_day):
    before, after = exams_of(old, CALENDAR), exams_of(new, CALENDAR)
    rows = marked(after, before, Circumstances(today, 30, last_day=last_day))
    named = [row.exam.identity for row in rows]
    assert len(named) == len(set(named))
    assert set(named) == {exam.identity for exam in [*before, *after]}
    excused = [row for row in rows if row.mark in {ADDED, KEPT}]
    assert {row.exam.unit.key for row in excused} <= {each.key for each in new}
    for each in excused:
        period = each.exam.period
        if period is not None:
            assert period.ends_on < CALENDAR.june.starts_on
            assert last_day is None or period.starts_on <= last_day


@given(units, days)
def test_deriving_again_what_was_granted_changes_nothing(found, today):
    exams = exams_of(found, CALENDAR)
    rows = marked(exams, exams, Circumstances(today, 30))
    assert verdict(rows, asked=False) == (UNCHANGED if exams else NOTHING)
