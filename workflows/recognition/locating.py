"""Finding a grade in a grading table that may not list it."""

from __future__ import annotations

from decimal import Decimal

from workflows.grading.values import Direction, Table, normal, range_of
from workflows.recognition.trace import Match


def locate(label: str, table: Table) -> tuple[int, Match] | None:
    """Where in the table a passing grade stands, and how it was found; None if nowhere.

    Tried in this order: the label itself, a range that holds the number (``20-39.9``), the
    word for the number's band (7.3 is a notable), the nearest number; of two as near the
    better one, as Cologne decides ties.
    """
    wanted = normal(label)
    for index, entry in enumerate(table.entries):
        if normal(entry.label) == wanted:
            return index, Match.EXACT
    number = _number(label, table)
    if number is None:
        return None
    for index, entry in enumerate(table.entries):
        ends = range_of(entry.label)
        if ends is not None and ends[0] <= number <= ends[1]:
            return index, Match.RANGE
    return _in_band(number, table) or _nearest(number, table)


def _number(label: str, table: Table) -> Decimal | None:
    """The number of a grade; of a word for a band its middle."""
    number = table.scale.number(label)
    band = table.scale.band_named(label)
    if number is None and band is not None:
        return (band.low + band.high) / 2
    return number


def _in_band(number: Decimal, table: Table) -> tuple[int, Match] | None:
    band = table.scale.band_of(number)
    if band is None:
        return None
    for index, entry in enumerate(table.entries):
        if normal(entry.label) == normal(band.label):
            return index, Match.BAND
    return None


def _nearest(number: Decimal, table: Table) -> tuple[int, Match] | None:
    """The entry whose number, or nearer end of a range, is nearest; the better one of two."""
    distances = []
    for index, entry in enumerate(table.entries):
        ends = range_of(entry.label)
        if ends is None:
            value = table.scale.number(entry.label)
            if value is None:
                continue
            ends = (value, value)
        distances.append((min(abs(number - end) for end in ends), index))
    if not distances or table.scale.direction is Direction.NONE:
        return None
    return min(distances)[1], Match.NEAREST
