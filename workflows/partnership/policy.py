"""Rules of a partnership's life: from when to when it holds, when its renewal is decided."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from engine.schedule import parse_duration

LONGEST = 5
"""Years an agreement may last at most, unless the circuit's table says less; it never goes on
by itself (no tacit renewal)."""


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when a partnership holds, both days included, and when to decide on."""

    starts_on: date
    ends_on: date
    renewal_on: date


def term(planned: date, signed: date, years: int, renewal_before: str) -> Term:
    """The term of a partnership signed on a day.

    It does not hold before it is signed. ``renewal_before`` is an ISO 8601 duration counted
    back from the last day; the decision is never due before the first.
    """
    starts = max(planned, signed)
    ends = _shifted(starts, 12 * years) - timedelta(days=1)
    before = parse_duration(renewal_before)
    renewal = _shifted(ends, -before.months) - timedelta(weeks=before.weeks, days=before.days)
    return Term(starts, ends, max(renewal, starts))


def _shifted(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
