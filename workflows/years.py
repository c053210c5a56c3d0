"""Academic years, as agreements write them."""

from __future__ import annotations

from datetime import date, timedelta

FIRST_MONTH = 9
"""The month an academic year begins with."""

SECOND_SEMESTER = 2
"""The month its second semester begins with."""


def days_of(year: str) -> tuple[date, date]:
    """The first and the last day of an academic year written 2026/2027."""
    first = int(year[:4])
    return date(first, FIRST_MONTH, 1), date(first + 1, FIRST_MONTH, 1) - timedelta(days=1)


def semester(day: date, before: int = 0) -> tuple[date, date]:
    """The first and the last day of the semester a day lies in, or of one so many ``before``."""
    first, last = days_of(academic_year(day))
    second = date(last.year, SECOND_SEMESTER, 1)
    found = (second, last) if day >= second else (first, second - timedelta(days=1))
    return semester(found[0] - timedelta(days=1), before - 1) if before else found


def academic_year(day: date) -> str:
    """The academic year a day lies in, written 2026/2027."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return f"{first}/{first + 1}"
