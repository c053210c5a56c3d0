"""Which days count: weekdays and public holidays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

MONDAY_TO_FRIDAY: Final = frozenset(range(5))
MAX_DAYS: Final = 100_000
_ONE_DAY: Final = timedelta(days=1)


@lru_cache(maxsize=512)
def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher)."""
    golden = year % 19
    century, of_century = divmod(year, 100)
    skipped = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + skipped + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=512)
def french_holidays(year: int) -> frozenset[date]:
    """The eleven public holidays of France (Code du travail, art. L3133-1)."""
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    movable = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday: days after Easter
    return frozenset(date(year, month, day) for month, day in fixed) | frozenset(
        easter(year) + timedelta(days=days) for days in movable
    )


def _no_holidays(year: int) -> frozenset[date]:
    return frozenset()


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days: the ``weekdays`` (Monday is 0) that are no holiday.

    ``holidays`` are single days (closures, bridging days), ``yearly`` gives
    those that a rule puts into every year.
    """

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = frozenset()
    yearly: Callable[[int], frozenset[date]] = _no_holidays

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= frozenset(range(7)):
            raise ValueError("A working calendar needs weekdays from 0 (Monday) to 6 (Sunday).")

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day."""
        return (
            day.weekday() in self.weekdays
            and day not in self.holidays
            and day not in self.yearly(day.year)
        )

    def add_working_days(self, day: date, days: int) -> date:
        """The ``days``-th working day after ``day``; ``day`` itself for 0, working or not.

        Raises ValueError for a negative number and beyond the year 9999.
        """
        if not 0 <= days <= MAX_DAYS:
            raise ValueError(f"The number of working days must be between 0 and {MAX_DAYS}.")
        for _ in range(days):
            day = self.next_working_day(_after(day))
        return day

    def next_working_day(self, day: date) -> date:
        """``day`` if it is a working day, else the first one after it."""
        for _ in range(MAX_DAYS):
            if self.is_working_day(day):
                return day
            day = _after(day)
        raise ValueError("The calendar has no working day for a long time.")


def _after(day: date) -> date:
    if day == date.max:
        raise ValueError("The date lies after the year 9999.")
    return day + _ONE_DAY


FRANCE: Final = WorkingCalendar(yearly=french_holidays)

CALENDARS: Final[Mapping[str, WorkingCalendar]] = {"fr": FRANCE, "weekdays": WorkingCalendar()}
"""The calendars a process may name in its property ``calendar``."""


def calendar_named(name: str) -> WorkingCalendar:
    """The calendar of that name; ValueError if there is none."""
    try:
        return CALENDARS[name]
    except KeyError:
        known = ", ".join(sorted(CALENDARS))
        raise ValueError(f"There is no calendar {name!r}; there are {known}.") from None
