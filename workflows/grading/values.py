"""What grading is said in: scales, grades distributions, and how a label is read.

Plain frozen values without rows, shared by the sheets of incoming students, the transcripts
of records and the conversion of foreign grades. :class:`Table` is what
:mod:`workflows.grading.tables` makes of stored or published figures; :class:`Scale` what
:mod:`workflows.grading.scales` knows of a country's marks. Numbers are Decimal or Fraction,
never float: at the end of an interval one bit decides a grade.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate, pairwise

_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_RANGE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,6})?)\s*[-\u2013]\s*([0-9]{1,6}(?:\.[0-9]{1,6})?)")


class Direction(StrEnum):
    """Which way a scale runs."""

    ASC = "asc"  #: a higher number is a better grade (France, Spain, Italy)
    DESC = "desc"  #: a lower number is a better grade (Germany)
    NONE = "none"  #: words or letters alone, ordered by the list of labels (Sweden)


@dataclass(frozen=True, slots=True)
class Band:
    """A word for a stretch of the scale, both ends included: notable is 7 to 8.9."""

    label: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """One way of marking.

    ``labels`` are the passing grades best first where the scale is a list, ``failing`` the
    labels that mean a fail. ``best`` and ``worst`` are the ends of a scale of numbers,
    ``pass_mark`` the worst number that passes. ``equivalents`` gives numbers to labels that
    are none (30L is worth 30). Without ``graded`` the scale only says passed or failed:
    such results carry credits and no grade.
    """

    code: str
    direction: Direction = Direction.ASC
    labels: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    best: Decimal | None = None
    worst: Decimal | None = None
    pass_mark: Decimal | None = None
    step: Decimal | None = None
    bands: tuple[Band, ...] = ()
    equivalents: tuple[tuple[str, Decimal], ...] = ()
    graded: bool = True

    def number(self, label: str) -> Decimal | None:
        """The number a label stands for; None for a word that stands for none."""
        text = normal(label)
        for name, value in self.equivalents:
            if normal(name) == text:
                return value
        return number_of(label)

    def passes(self, label: str) -> bool | None:
        """Whether a grade passes; None where the scale cannot tell."""
        text = normal(label)
        if text in {normal(each) for each in self.failing}:
            return False
        if text in {normal(each) for each in self.labels}:
            return True
        value = self.number(label)
        if value is None or self.pass_mark is None:
            band = self.band_named(label)
            return None if band is None else self._reaches(band.low)
        return self._reaches(value)

    def contains(self, label: str) -> bool:
        """Whether the scale knows the grade: one of its labels, or a number within it."""
        text = normal(label)
        named = (*self.labels, *self.failing, *(name for name, _ in self.equivalents))
        if text in {normal(each) for each in named} or self.band_named(label) is not None:
            return True
        value = number_of(label)
        if value is None or self.best is None or self.worst is None:
            return False
        return min(self.best, self.worst) <= value <= max(self.best, self.worst)

    def band_named(self, label: str) -> Band | None:
        """The band of that name."""
        return next((band for band in self.bands if normal(band.label) == normal(label)), None)

    def band_of(self, value: Decimal) -> Band | None:
        """The band a number falls into; between two it is the lower one (8.95: notable)."""
        below = [band for band in self.bands if band.low <= value]
        return max(below, key=lambda band: band.low) if below else None

    def _reaches(self, value: Decimal) -> bool | None:
        if self.pass_mark is None:
            return None
        return (
            value <= self.pass_mark if self.direction is Direction.DESC else value >= self.pass_mark
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One passing grade and how many got it; a percentage where only those were published."""

    label: str
    count: Fraction


@dataclass(frozen=True, slots=True)
class Table:
    """A grading table: passing grades only, the best first (ECTS Users' Guide 2015, 4.3).

    ``id`` and ``version`` name it in traces; a table pooled from several has the ids of all.
    ``isced_f`` has 1 to 4 digits and is empty for a whole institution; ``eqf`` is None for
    all levels. ``counted`` is False where the figures are percentages, so that nobody can
    tell how many students they stand for.
    """

    id: str
    version: int
    hei_id: str
    isced_f: str
    eqf: int | None
    years: tuple[str, ...]
    scale: Scale
    entries: tuple[Entry, ...]
    counted: bool = True
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for a table that no interval can be taken from."""
        labels = [normal(entry.label) for entry in self.entries]
        if len(set(labels)) != len(labels):
            raise ValueError("a label is listed twice")
        if any(entry.count < 0 for entry in self.entries) or self.total <= 0:
            raise ValueError("nobody has a grade in this table")

    @property
    def total(self) -> Fraction:
        """All passes of the table."""
        return sum((entry.count for entry in self.entries), Fraction(0))

    @property
    def intervals(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Where each grade lies among all passes, the best at 0, the last ending at 1 exactly."""
        total = self.total
        ends = [Fraction(0), *accumulate(entry.count for entry in self.entries)]
        return tuple((a / total, b / total) for a, b in pairwise(ends))

    @property
    def shares(self) -> tuple[tuple[str, Fraction], ...]:
        """Labels with their part of all passes: the same for tables that say the same."""
        total = self.total
        return tuple((normal(entry.label), entry.count / total) for entry in self.entries)


def normal(label: str) -> str:
    """A label as it is compared: 1,30 is 1.3, nt is NT."""
    text = " ".join(label.split()).casefold()
    value = number_of(text)
    return text if value is None else format(value.normalize(), "f")


def number_of(label: str) -> Decimal | None:
    """The number a label is, with a point or a comma; None where it is none."""
    text = label.strip().replace(",", ".")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def range_of(label: str) -> tuple[Decimal, Decimal] | None:
    """The two ends of a label such as ``20-39.9``, the lower first; None where it is no range."""
    match = _RANGE.fullmatch(label.strip().replace(",", "."))
    if match is None:
        return None
    low, high = sorted((Decimal(match[1]), Decimal(match[2])))
    return low, high
