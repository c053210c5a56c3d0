"""Academic years, as agreements write them."""

from __future__ import annotations

from datetime import date

FIRST_MONTH = 9
"""The month an academic year begins with."""


def academic_year(day: date) -> str:
    """The academic year a day lies in, written 2026/2027."""
    first = day.year if day.month >= FIRST_MONTH else day.year - 1
    return f"{first}/{first + 1}"
