from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.schedule import FRANCE, WorkingCalendar, calendar_named, easter, french_holidays


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1818, date(1818, 3, 22)), (1943, date(1943, 4, 25)), (1954, date(1954, 4, 18)),
        (1981, date(1981, 4, 19)), (2000, date(2000, 4, 23)), (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)), (2038, date(2038, 4, 25)),
        (2076, date(2076, 4, 19)), (2285, date(2285, 3, 22)),
    ],
)  # fmt: skip
def test_easter(year, day):
    assert easter(year) == day


@settings(deadline=None)
@given(st.integers(1583, 9999))
def test_easter_is_a_sunday_in_spring(year):
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_french_holidays():
    assert sorted(f"{day:%m-%d}" for day in french_holidays(2026)) == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11",
        "12-25",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_working_days_are_counted_one_by_one(day, count):
    end = FRANCE.add_working_days(day, count)
    passed = (date.fromordinal(n) for n in range(day.toordinal() + 1, end.toordinal() + 1))
    assert FRANCE.is_working_day(end)
    assert sum(FRANCE.is_working_day(each) for each in passed) == count


def test_own_weekdays_and_closures():
    calendar = WorkingCalendar(frozenset({0, 1, 2, 3, 4, 5}), frozenset({date(2026, 12, 24)}))
    assert calendar.is_working_day(date(2026, 12, 26))
    assert not calendar.is_working_day(date(2026, 12, 24))
    assert calendar.add_working_days(date(2026, 12, 23), 1) == date(2026, 12, 25)
    assert calendar.add_working_days(date(2026, 12, 24), 0) == date(2026, 12, 24)


@pytest.mark.parametrize("weekdays", [frozenset(), frozenset({7}), frozenset({-1, 0})])
def test_impossible_weekdays_are_refused(weekdays):
    with pytest.raises(ValueError, match="weekdays"):
        WorkingCalendar(weekdays)


def test_a_calendar_without_any_working_day_ends_in_an_error():
    never = WorkingCalendar(yearly=lambda year: _Everything())
    with pytest.raises(ValueError, match="no working day"):
        never.next_working_day(date(2026, 1, 1))


class _Everything(frozenset[date]):
    def __contains__(self, day: object) -> bool:
        return True


@pytest.mark.parametrize("days", [-1, 10**6])
def test_absurd_numbers_of_days_are_refused(days):
    with pytest.raises(ValueError, match="between"):
        FRANCE.add_working_days(date(2026, 1, 1), days)


def test_the_end_of_time():
    with pytest.raises(ValueError, match="9999"):
        FRANCE.add_working_days(date(9999, 12, 31), 1)


def test_calendars_by_name():
    assert calendar_named("fr") is FRANCE
    with pytest.raises(ValueError, match="fr, weekdays"):
        calendar_named("de")
