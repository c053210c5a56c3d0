"""The calendar of the demonstration: terms around a day, office hours, a pace.

Everything is counted from one day, the present of the loading, so that on whichever day it
is loaded there are students in every phase.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from workflows.office_work.local_time import ZONE

SATURDAY = 5
BEGUN = timedelta(days=21)
"""A term counts as the present one from three weeks after it has begun."""

OPENS, CLOSES = 8 * 60 + 15, 16 * 60 + 45
"""Minutes of the day between which everybody acts."""


@dataclass(frozen=True, slots=True)
class Term:
    """Half an academic year: ``number`` 1 from September, 2 from January."""

    year: int
    number: int

    @property
    def academic_year(self) -> str:
        """As agreements write it."""
        return f"{self.year}/{self.year + 1}"

    @property
    def start(self) -> date:
        """The first Monday of September, or the last of January."""
        if self.number == 1:
            return _monday(date(self.year, 9, 7))
        return _monday(date(self.year + 1, 1, 31))

    @property
    def end(self) -> date:
        """A Friday, twenty weeks later."""
        return self.start + timedelta(weeks=19, days=4)

    def shifted(self, by: int) -> Term:
        """The term so many terms later (or earlier)."""
        position = 2 * self.year + self.number - 1 + by
        return Term(position // 2, position % 2 + 1)


def present_term(today: date) -> Term:
    """The latest term that had begun three weeks ago."""
    term = Term(today.year, 1)
    while term.start + BEGUN > today:
        term = term.shifted(-1)
    return term


def academic_year(day: date) -> str:
    """The academic year in which a stay begins; it begins in August."""
    first = day.year if day.month >= 8 else day.year - 1
    return f"{first}/{first + 1}"


def _monday(last: date) -> date:
    return last - timedelta(days=last.weekday())


class Pace:
    """When the steps of one story happen: in office hours, one after the other."""

    def __init__(self, name: str) -> None:
        self.random = Random(f"passerelle {name}")  # noqa: S311 - nothing here is secret
        self._last: datetime | None = None

    def on(self, day: date) -> datetime:
        """An instant on that day, or the Friday before; later than all before it."""
        if day.weekday() >= SATURDAY:
            day -= timedelta(days=day.weekday() - SATURDAY + 1)
        minute = self.random.randrange(OPENS, CLOSES)
        at = datetime.combine(day, time(minute // 60, minute % 60), ZONE)
        if self._last is not None and at <= self._last:
            at = self._last + timedelta(minutes=self.random.randint(4, 11))
        self._last = at
        return at

    def days(self, last: date, count: int, longest: int = 4) -> list[date]:
        """``count`` days with one to ``longest`` between them, the last being ``last``."""
        found = [last]
        while len(found) < count:
            found.append(found[-1] - timedelta(days=self.random.randint(1, longest)))
        return found[::-1]
