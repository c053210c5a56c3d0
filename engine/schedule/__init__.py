"""Time as diagrams write it: ISO 8601 timers, and calendars of working days."""

from engine.schedule.calendars import (
    CALENDARS,
    FRANCE,
    WorkingCalendar,
    calendar_named,
    easter,
    french_holidays,
)
from engine.schedule.durations import Duration, parse_duration
from engine.schedule.timers import Timer, TimerKind, next_due, parse_timer

__all__ = [
    "CALENDARS",
    "FRANCE",
    "Duration",
    "Timer",
    "TimerKind",
    "WorkingCalendar",
    "calendar_named",
    "easter",
    "french_holidays",
    "next_due",
    "parse_duration",
    "parse_timer",
]
