"""Academic years, as agreements write them."""

from __future__ import annotations

from datetime import date, timedelta

FIRST_MONTH = 9
"""The month an academic year begins with."""


def days_of(year: str) -> tuple[date, date]:
    """The first and the last day of an academic year written 2026/2027."""
    first = int(year[:4])
    return date(first, FIRST_MONTH, 1), date(first + 1, FIRST_MONTH, 1) - timedelta(days=1)


def academic_year(day: date) -> str:
    """The academic year a day lies in, written 2026/2027."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return f"{first}/{first + 1}"
