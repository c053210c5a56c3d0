"""From which day the window of changes counts, and what is a minor correction."""

from dataclasses import replace
from datetime import date

import pytest

from engine.identity import Actor
from tests.builders_domain import agreement
from workflows.contract_change.policy import (
    MINOR,
    correction_errors,
    counted_from,
    may_correct,
    parties_of,
)
from workflows.mobility.models import Mobility

YEAR = agreement(start_date="2026-09-01", end_date="2027-06-30")
FALL, SPRING = date(2026, 9, 7), date(2027, 2, 1)


@pytest.mark.parametrize(
    ("today", "starts", "expected"),
    [
        ("2026-08-20", [], "2026-09-01"),
        ("2026-08-20", [FALL, SPRING], "2026-09-01"),
        ("2026-09-20", [FALL, SPRING], "2026-09-07"),
        ("2027-01-31", [FALL, SPRING], "2026-09-07"),
        ("2027-02-01", [FALL, SPRING], "2027-02-01"),
        ("2027-02-10", [SPRING], "2027-02-01"),
        ("2026-10-10", [SPRING], "2026-09-01"),
        ("2026-09-20", [date(2026, 8, 24)], "2026-09-01"),
        ("2027-08-01", [FALL, SPRING, date(2027, 7, 20)], "2027-02-01"),
    ],
)
def test_the_latest_semester_of_the_stay_that_has_begun_counts(today, starts, expected):
    found = counted_from(starts, YEAR, date.fromisoformat(today))
    assert found == date.fromisoformat(expected)


def test_a_month_stands_for_its_first_day_and_nothing_for_nothing():
    month = replace(YEAR, start_date=None, start_year_month="2028-02")
    assert counted_from([], month, date(2028, 2, 29)) == date(2028, 2, 1)
    assert counted_from([FALL], replace(YEAR, start_date=None), FALL) is None


def mobility(person_id=7):
    return Mobility(person_id=person_id, department="lea", mobility_type="semester")


@pytest.mark.parametrize(
    ("groups", "parties", "corrects"),
    [
        ({"student:7"}, ("student",), False),
        ({"student:8"}, (), False),
        ({"coordinator:lea"}, ("coordinator",), True),
        ({"coordinator:his"}, (), False),
        ({"ri"}, ("ri", "partner"), True),
        ({"partner-desk"}, (), False),
        ({"auditor", "admin"}, (), False),
    ],
)
def test_who_may_ask_and_who_may_correct(groups, parties, corrects):
    actor = Actor("person:1", groups=frozenset(groups))
    assert parties_of(actor, mobility()) == parties
    assert may_correct(actor, mobility()) is corrects


def test_nobody_is_the_student_of_a_mobility_without_an_account():
    actor = Actor("person:0", groups=frozenset({"student:0"}))
    assert parties_of(actor, mobility(person_id=None)) == ()


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"end_date": "2027-07-14"}, {}),
        ({"end_date": "2027-07-15"}, {"end_date": ["moved_too_far:14"]}),
        ({"start_date": "2026-08-18"}, {}),
        ({"end_date": "2027-02-30"}, {"end_date": ["not_a_date"]}),
        ({"end_date": "3001-01-01"}, {"end_date": ["not_a_date"]}),
        ({"end_date": None}, {"end_date": ["required"]}),
        ({"sending_contact_email": "a@b"}, {"sending_contact_email": ["invalid"]}),
    ],
)
def test_a_correction_stays_small(changes, errors):
    assert correction_errors(replace(YEAR, **changes), YEAR, mobility(), 14) == errors


def test_corrections_never_touch_the_student_or_the_institutions():
    assert not [name for name in MINOR if name.startswith("student")]
    assert not {"sending_hei_id", "receiving_hei_id", "language"} & set(MINOR)
