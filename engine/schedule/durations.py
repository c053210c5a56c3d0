"""ISO 8601 durations, added to an instant the way people count.

Years, months, weeks and days are calendar arithmetic on the wall clock of a
time zone; hours, minutes and seconds are elapsed time.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from engine.schedule.calendars import WorkingCalendar

_DURATION: Final = re.compile(
    r"P(?!$)(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,6})W)?"
    r"(?:(?P<days>\d{1,7})D)?"
    r"(?:T(?!$)(?:(?P<hours>\d{1,9}(?:[.,]\d{1,9})?)H)?(?:(?P<minutes>\d{1,10}(?:[.,]\d{1,9})?)M)?"
    r"(?:(?P<seconds>\d{1,12}(?:[.,]\d{1,9})?)S)?)?",
    re.ASCII,
)
_SECONDS: Final = {"hours": 3600, "minutes": 60, "seconds": 1}
TOO_FAR: Final = "The time lies after the year 9999."


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months and days, and elapsed time on top of them."""

    months: int = 0
    weeks: int = 0
    days: int = 0
    elapsed: timedelta = timedelta()

    def times(self, number: int) -> Duration:
        """The duration ``number`` times over; ValueError if there is no such time."""
        try:
            elapsed = self.elapsed * number
        except OverflowError:
            raise ValueError(TOO_FAR) from None
        return Duration(self.months * number, self.weeks * number, self.days * number, elapsed)

    def at_least(self, minimum: timedelta) -> bool:
        """Whether the duration is surely no shorter than ``minimum`` (of less than a day)."""
        return bool(self.months or self.weeks or self.days) or self.elapsed >= minimum

    def after(
        self, start: datetime, zone: ZoneInfo, calendar: WorkingCalendar | None = None
    ) -> datetime:
        """The instant (UTC) this long after ``start``.

        With a calendar, days are working days, and a number of weeks or months
        that ends on another day goes on to the next working day. A month with
        too few days ends on its last one. A wall-clock time that a change of
        the clocks skips is taken as late as the gap is long.
        """
        try:
            return self._after(start, zone, calendar)
        except OverflowError:
            raise ValueError(TOO_FAR) from None

    def _after(self, start: datetime, zone: ZoneInfo, calendar: WorkingCalendar | None) -> datetime:
        if not (self.months or self.weeks or self.days):
            return start.astimezone(UTC) + self.elapsed
        local = start.astimezone(zone)
        day = _add_months(local.date(), self.months) + timedelta(weeks=self.weeks)
        if calendar is None:
            day += timedelta(days=self.days)
        else:
            if self.months or self.weeks:
                day = calendar.next_working_day(day)
            day = calendar.add_working_days(day, self.days)
        wall = datetime.combine(day, time(*_clock(local)), zone)
        return wall.astimezone(UTC) + self.elapsed


def parse_duration(text: str) -> Duration:
    """Read ``P1Y2M3DT4H5M6S`` and its parts; ValueError with a sentence for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"{text[:60]!r} is no ISO 8601 duration such as P7D or PT12H.")
    part = {name: number or "0" for name, number in match.groupdict().items()}
    seconds = sum(
        Decimal(part[name].replace(",", ".")) * factor for name, factor in _SECONDS.items()
    )
    return Duration(
        months=int(part["years"]) * 12 + int(part["months"]),
        weeks=int(part["weeks"]),
        days=int(part["days"]),
        elapsed=timedelta(microseconds=int(seconds * 1_000_000)),
    )


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        raise ValueError(TOO_FAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _clock(local: datetime) -> tuple[int, int, int, int]:
    return local.hour, local.minute, local.second, local.microsecond
