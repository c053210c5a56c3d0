"""How long things take, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from babel.units import format_unit
from flask_babel import get_locale
from flask_babel import lazy_gettext as lazy

_UNITS: Final = (
    ("duration-day", 86_400_000_000),
    ("duration-hour", 3_600_000_000),
    ("duration-minute", 60_000_000),
)
_MEASURES: Final[Mapping[str, str]] = {
    "total": lazy("Time to completion"),
    "waiting": lazy("Waiting time"),
    "working": lazy("Working time"),
    "late": lazy("Completed late"),
    "again": lazy("Done again"),
    "open": lazy("Waiting now"),
}
_BYS: Final[Mapping[str, str]] = {
    "step": lazy("Step"),
    "month": lazy("Month"),
    "version": lazy("Version"),
    "department": lazy("Department"),
    "partner": lazy("Partner"),
}
_DIVIDED: Final[Mapping[str, str]] = {
    "step": lazy("by step"),
    "month": lazy("by month"),
    "version": lazy("by version"),
    "department": lazy("by department"),
    "partner": lazy("by partner"),
}


def span(micros: int) -> str:
    """A span of time in its largest unit, to one decimal: "3.2 days"."""
    unit, size = next((each for each in _UNITS if abs(micros) >= each[1]), _UNITS[-1])
    value = (Decimal(micros) / size).quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()
    return str(format_unit(value, unit, length="short", locale=get_locale()))


def measure(code: str) -> str:
    """What is measured."""
    return str(_MEASURES[code])


def measured_by(code: str) -> str:
    """What the figures are divided by."""
    return str(_BYS[code])


def divided_by(code: str) -> str:
    """What the figures are divided by, to be read after a title."""
    return str(_DIVIDED[code])
