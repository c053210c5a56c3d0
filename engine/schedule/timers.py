"""Timers of a diagram: a date, a duration, or a cycle; and when they are due."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from engine.schedule.calendars import WorkingCalendar
from engine.schedule.durations import Duration, parse_duration

MINIMUM_CYCLE: Final = timedelta(minutes=1)
MAX_CHARS: Final = 200
NO_DURATION: Final = Duration()

_DATE: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?"
    r"(?:Z|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_REPEAT: Final = re.compile(r"R(\d{1,6})?", re.ASCII)


class TimerKind(StrEnum):
    """The three timers of BPMN."""

    DATE = "date"  #: due once, at an instant
    DURATION = "duration"  #: due once, a while after it was started
    CYCLE = "cycle"  #: due again and again


@dataclass(frozen=True, slots=True)
class Timer:
    """A parsed timer.

    ``at`` is the instant of a date, or where a cycle begins; ``until`` is
    where it ends; both are naive if written without an offset, which means
    the time zone of the process. ``repeats`` is None for a cycle without end.
    """

    kind: TimerKind
    text: str
    at: datetime | None = None
    duration: Duration = NO_DURATION
    repeats: int | None = 1
    until: datetime | None = None


def parse_timer(text: str) -> Timer:
    """Read a timer; ValueError with a sentence if it is none.

    Dates are ``2027-01-31T12:00:00+01:00`` (offset and time may be missing),
    durations ``P7D``, cycles ``R3/PT24H``, ``R/PT24H``, with a begin
    ``R3/2027-01-31T12:00:00/P1D`` or an end ``R/P1D/2027-01-31``.
    """
    text = text.strip()
    if len(text) > MAX_CHARS:
        raise ValueError("The timer is too long to be one.")
    if text.startswith("R"):
        return _cycle(text)
    if text.startswith("P"):
        return Timer(TimerKind.DURATION, text, duration=parse_duration(text))
    if _DATE.fullmatch(text):
        return Timer(TimerKind.DATE, text, at=_instant(text))
    raise ValueError(
        f"{text[:60]!r} is no timer: write a date such as 2027-01-31T12:00:00,"
        " a duration such as P7D, or a cycle such as R3/PT24H."
    )


def next_due(
    timer: Timer,
    start: datetime,
    zone: ZoneInfo,
    calendar: WorkingCalendar | None = None,
    fired: int = 0,
) -> datetime | None:
    """When a timer started at ``start`` that has fired ``fired`` times is due next.

    The answer is in UTC, None after the last time; it may lie in the past.
    ``start`` stays the same for all rounds of a cycle, so that delays do not
    add up and the 31st stays the 31st where a month has one. Runs of a cycle
    with a begin that lay before ``start`` are not made up for. Raises
    ValueError for a naive ``start`` and beyond the year 9999.
    """
    if start.tzinfo is None:
        raise ValueError("The start of a timer needs a time zone.")
    if timer.repeats is not None and fired >= timer.repeats:
        return None
    if timer.kind is TimerKind.DATE and timer.at is not None:
        return _in_zone(timer.at, zone)
    if timer.kind is TimerKind.DURATION:
        return timer.duration.after(start, zone, calendar)
    due = _round(timer, start, zone, calendar, fired)
    if timer.until is not None and due > _in_zone(timer.until, zone):
        return None
    return due


def _round(
    timer: Timer, start: datetime, zone: ZoneInfo, calendar: WorkingCalendar | None, fired: int
) -> datetime:
    if timer.at is None:
        return timer.duration.times(fired + 1).after(start, zone, calendar)
    begin = _in_zone(timer.at, zone)

    def run(number: int) -> datetime:
        return timer.duration.times(number).after(begin, zone, calendar)

    return run(_first_from(run, start) + fired)


def _first_from(run: Callable[[int], datetime], start: datetime) -> int:
    """The number of the first run that is not before ``start``; runs only get later."""
    if run(0) >= start:
        return 0
    low, high = 0, 1
    while run(high) < start:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if run(middle) < start else (low, middle)
    return high


def _in_zone(at: datetime, zone: ZoneInfo) -> datetime:
    return (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)


def _cycle(text: str) -> Timer:
    head, *rest = text.split("/")
    repeat = _REPEAT.fullmatch(head)
    if repeat is None or not 1 <= len(rest) <= 2:
        raise ValueError(f"{text[:60]!r} is no cycle such as R3/PT24H or R/P1D.")
    repeats = None if repeat[1] is None else int(repeat[1])
    if repeats == 0:
        raise ValueError(f"The cycle {text} never runs: it repeats 0 times.")
    begin = _instant(rest[0]) if len(rest) == 2 and not rest[0].startswith("P") else None
    end = _instant(rest[1]) if len(rest) == 2 and begin is None else None
    duration = parse_duration(rest[-1] if begin is not None else rest[0])
    if not duration.at_least(MINIMUM_CYCLE):
        raise ValueError(f"The cycle {text} is too fast: its interval must be a minute or more.")
    return Timer(TimerKind.CYCLE, text, at=begin, duration=duration, repeats=repeats, until=end)


def _instant(text: str) -> datetime:
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is no date such as 2027-01-31T12:00:00.")
    try:
        instant = datetime.fromisoformat(text.replace(",", "."))
        instant.replace(tzinfo=instant.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"There is no date {text[:60]!r}.") from None
    return instant
