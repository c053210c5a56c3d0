"""How a grant is computed: days of a stay, exact amounts, when prefinancing is due.

Which rates, shares and time limits hold is no matter of this module: they are in the
decision tables, per scheme, academic year and host country.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from engine.schedule import parse_duration
from workflows.office_work.local_time import ZONE

CENT = Decimal("0.01")
PERCENT = Decimal(100)
MAX_STAY_DAYS = 1100
"""Three years and a little; a longer stay is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a scheme gives: euros a month, days a month counts, percent paid in advance."""

    monthly: Decimal
    days_per_month: int
    prefinancing_percent: int


@dataclass(frozen=True, slots=True)
class Computed:
    """A grant for a number of days: all of it, and the part paid in advance, in euros."""

    days: int
    total: Decimal
    prefinancing: Decimal


def stay_days(first: date, last: date, days_per_month: int) -> int:
    """The days of a stay from ``first`` to ``last``, both included.

    Each whole month, from a day to the eve of the same day a month later, counts
    ``days_per_month``; each remaining day counts one, up to a month's worth. Raises
    ValueError where the end lies before the start.
    """
    if last < first:
        raise ValueError("The stay ends before it starts.")
    after = last + timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    if _months_later(first, months) > after:
        months -= 1
    rest = (after - _months_later(first, months)).days
    return months * days_per_month + min(rest, days_per_month)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def compute(first: date, last: date, rates: Rates) -> Computed:
    """The grant for a stay; amounts are rounded to the cent, half a cent upwards, at the end."""
    days = stay_days(first, last, rates.days_per_month)
    total = _cents(rates.monthly * days / rates.days_per_month)
    return Computed(days, total, _cents(total * rates.prefinancing_percent / PERCENT))


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def prefinancing_due(released_at: datetime, within: str, start: date) -> date:
    """By which day prefinancing is to be paid.

    That is ``within`` (an ISO 8601 duration) of what released it, and by the start of the
    stay where that comes first and is not past (Erasmus+ grant agreements: 30 days, or the
    start).
    """
    released = released_at.astimezone(ZONE).date()
    limit = parse_duration(within).after(released_at, ZONE).astimezone(ZONE).date()
    return min(limit, start) if start >= released else limit


def state_of_balance(balance: Decimal) -> str:
    """What is left to be done for a balance: pay it, get it back, or nothing."""
    if balance == 0:
        return "settled"
    return "balance_due" if balance > 0 else "refund_due"
