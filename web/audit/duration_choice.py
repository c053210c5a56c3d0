"""What an address of the durations asks for: of which cases, by what, compared with what."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, get_args

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from engine.errors import InvalidInput
from engine.history.durations import By, DurationQuestion, month_edges
from engine.history.filters import HistoryFilter, parse
from web.addresses import number
from workflows.office_work.local_time import ZONE
from workflows.years import FIRST_MONTH, academic_year, days_of

FILTERS: Final = (
    "process",
    "version",
    "org_unit",
    "counterparty",
    "element",
    "person",
    "outcome",
    "from",
    "to",
)
"""The arguments of a filter that say something of a completed task."""

MEASURES: Final = ("total", "waiting", "working", "late", "again", "open")
BYS: Final[tuple[By, ...]] = get_args(By)
MOST_MONTHS: Final = 36
YEARS: Final = 5

_YEAR = re.compile(r"20\d\d/20\d\d", re.ASCII)
_COMPARED = re.compile(r"year-20\d\d/20\d\d|version-[0-9]{1,5}", re.ASCII)
_VERSION, _OF_YEAR = "version-", "year-"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the reports that a page shows, and how it is headed."""

    label: str
    question: DurationQuestion


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown. ``compared`` is the other side of a comparison, empty where there is none.

    ``errors`` tells, by argument, what could not be read; nothing is asked then.
    """

    wanted: HistoryFilter
    by: By
    measure: str
    year: str
    compared: str
    now: datetime
    errors: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def process(self) -> str:
        """The lifecycle that is looked at."""
        return self.wanted.processes[0]

    @property
    def version(self) -> int | None:
        """The version that is looked at, if only one is."""
        return self.wanted.versions[0] if len(self.wanted.versions) == 1 else None

    @property
    def sides(self) -> tuple[Side, ...]:
        """One report, or the two of a comparison."""
        if self.errors:
            return ()
        own = self._side(self.wanted, self.year)
        other = self._other()
        return (own,) if other is None or other.question == own.question else (own, other)

    def _other(self) -> Side | None:
        version = number(self.compared.removeprefix(_VERSION))
        if self.compared.startswith(_VERSION) and version is not None:
            return self._side(replace(self.wanted, versions=(version,)), self.year)
        year = self.compared.removeprefix(_OF_YEAR)
        if self.compared.startswith(_OF_YEAR) and _YEAR.fullmatch(year):
            return self._side(_in_year(self.wanted, year), year)
        return None

    def _side(self, wanted: HistoryFilter, year: str) -> Side:
        months: tuple[int, ...] = ()
        if self.by == "month":
            months = _months(wanted, self.now)
        return Side(self._label(wanted, year), DurationQuestion(wanted, self.by, months))

    def _label(self, wanted: HistoryFilter, year: str) -> str:
        if self.compared.startswith(_OF_YEAR):
            return year or self._period()
        if wanted.versions:
            return ", ".join(_("Version %(number)s", number=each) for each in wanted.versions)
        return str(_("All versions"))

    def _period(self) -> str:
        return str(
            _("The chosen period") if self.wanted.since or self.wanted.until else _("Any time")
        )


def chosen(
    arguments: MultiDict[str, str], processes: Mapping[str, object], now: datetime
) -> Choice:
    """What these arguments ask for; where no lifecycle is, of the first of ``processes``."""
    given = {name: arguments.getlist(name) for name in FILTERS if name in arguments}
    asked = [each for each in given.pop("process", []) if each in processes]
    process = (asked or list(processes))[0]
    errors = _unknown(arguments, processes)
    wanted = HistoryFilter(processes=(process,))
    try:
        wanted = replace(parse(given, ZONE), processes=(process,))
    except InvalidInput as refused:
        errors |= {name: list(codes) for name, codes in refused.errors.items()}
    year = arguments.get("year", "")
    if _YEAR.fullmatch(year):
        wanted = _in_year(wanted, year)
    by, measure = arguments.get("by", ""), arguments.get("show", "")
    return Choice(
        wanted,
        by if by in BYS else "step",
        measure if measure in MEASURES else "total",
        year if _YEAR.fullmatch(year) else "",
        arguments.get("compare", ""),
        now,
        errors,
    )


def _unknown(arguments: Mapping[str, str], processes: Mapping[str, object]) -> dict[str, list[str]]:
    """The arguments whose value no list of the page offers: figures of all would answer them."""
    known: Mapping[str, Callable[[str], object]] = {
        "process": processes.__contains__,
        "year": _YEAR.fullmatch,
        "compare": _COMPARED.fullmatch,
    }
    wrong = [name for name, fits in known.items() if (v := arguments.get(name)) and not fits(v)]
    return {name: ["not_an_option"] for name in wrong}


def _in_year(wanted: HistoryFilter, year: str) -> HistoryFilter:
    first, last = days_of(year)
    return replace(wanted, since=_midnight(first), until=_midnight(last + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _months(wanted: HistoryFilter, now: datetime) -> tuple[int, ...]:
    """The months of a period up to now, at most the last :data:`MOST_MONTHS`."""
    end = (wanted.until - timedelta(microseconds=1)) if wanted.until else now
    last = end.astimezone(ZONE).date()
    begin = wanted.since.astimezone(ZONE).date() if wanted.since else date(1970, 1, 1)
    index = max(begin.year * 12 + begin.month, last.year * 12 + last.month - MOST_MONTHS + 1) - 1
    return month_edges(date(index // 12, index % 12 + 1, 1), last, ZONE)


def years(now: datetime) -> list[str]:
    """The academic years that are offered, the present one first."""
    first = int(academic_year(now.astimezone(ZONE).date())[:4])
    return [academic_year(date(first - back, FIRST_MONTH, 1)) for back in range(YEARS)]


def comparisons(versions: list[int], now: datetime) -> list[tuple[str, str]]:
    """What may be compared with, as the value of an option and its words."""
    of_versions = [
        (f"{_VERSION}{each}", _("with version %(number)s", number=each)) for each in versions
    ]
    of_years = [
        (f"{_OF_YEAR}{each}", _("with the year %(year)s", year=each)) for each in years(now)
    ]
    return of_years + (of_versions if len(versions) > 1 else [])
