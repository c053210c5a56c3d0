"""Days and mornings in legal time, across the changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.definitions.model import DEFAULT_TIME_ZONE

ZONE = ZoneInfo(DEFAULT_TIME_ZONE)
MORNINGS = (5, 11)
"""The earliest and the latest hour of a digest. No clock is ever changed between them."""


def beginning_of(day: date) -> datetime:
    """The instant at which a day begins here."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def day_of(at: datetime) -> date:
    """The day it is here at an instant."""
    return at.astimezone(ZONE).date()


def next_morning(now: datetime, hour: int) -> datetime:
    """The next instant after ``now`` at which it is ``hour`` o'clock here."""
    day = day_of(now)
    while (at := datetime.combine(day, time(hour), ZONE).astimezone(UTC)) <= now:
        day += timedelta(days=1)
    return at
