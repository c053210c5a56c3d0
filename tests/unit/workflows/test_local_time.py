"""Mornings and days in French legal time, also when the clocks change and in leap years."""

from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.office_work.local_time import MORNINGS, ZONE, beginning_of, day_of, next_morning


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hour", "due"),
    [
        # Winter is one hour ahead of UTC, summer two.
        (utc(2026, 3, 2, 9), 7, utc(2026, 3, 3, 6)),
        (utc(2026, 3, 2, 5, 59), 7, utc(2026, 3, 2, 6)),
        (utc(2026, 3, 2, 6), 7, utc(2026, 3, 3, 6)),
        (utc(2026, 3, 28, 20), 7, utc(2026, 3, 29, 5)),
        (utc(2026, 3, 29, 0, 30), 7, utc(2026, 3, 29, 5)),
        (utc(2026, 10, 24, 20), 7, utc(2026, 10, 25, 6)),
        (utc(2026, 10, 25, 0, 30), 5, utc(2026, 10, 25, 4)),
        # Late in the evening in UTC it is tomorrow here already.
        (utc(2026, 6, 30, 22, 30), 7, utc(2026, 7, 1, 5)),
        (utc(2028, 2, 28, 12), 7, utc(2028, 2, 29, 6)),
        (utc(2026, 12, 31, 12), 7, utc(2027, 1, 1, 6)),
    ],
)
def test_the_next_morning(now, hour, due):
    assert next_morning(now, hour) == due


def test_mornings_never_fail_and_never_repeat_in_a_year():
    for hour in (MORNINGS[0], 7, MORNINGS[1]):
        now, days = utc(2026, 1, 1), []
        for _ in range(365):
            now = next_morning(now, hour)
            assert now.astimezone(ZONE).hour == hour
            days.append(day_of(now))
        assert days == [days[0] + timedelta(days=number) for number in range(365)]


def test_days_begin_at_midnight_here():
    assert beginning_of(date(2026, 3, 29)) == utc(2026, 3, 28, 23)
    assert beginning_of(date(2026, 3, 30)) == utc(2026, 3, 29, 22)
    assert day_of(utc(2026, 3, 28, 23)) == date(2026, 3, 29)
    assert day_of(utc(2026, 3, 28, 22, 59)) == date(2026, 3, 28)
