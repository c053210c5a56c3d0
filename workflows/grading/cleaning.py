"""What institutions publish of their grades, put right where it has one meaning.

It is untidy: fails among the passes, the worst grade first, shares that round to 99.9.
:func:`cleaned` says in warnings what it put right, and refuses what has no meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.grading.models import Entries
from workflows.grading.values import Direction, Scale, normal, number_of, range_of

MAX_ENTRIES = 200
MAX_LABEL = 40
MAX_COUNT = Decimal(10_000_000)
HUNDRED = Decimal(100)
SHARE_TOLERANCE = Decimal(1)
"""Rounded shares may miss a hundred by this much; beyond, they are not shares of one whole."""

Written = Sequence[tuple[object, object]]
"""Labels and counts as somebody wrote them: nothing about them is believed."""

_COUNT = re.compile(r"[0-9]{1,8}([.,][0-9]{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Entries a conversion can stand on, and codes of what was put right to get there."""

    entries: Entries
    warnings: tuple[str, ...]


def cleaned(
    entries: Written, scale: Scale, *, counted: bool = True, declared: int | None = None
) -> Cleaned:
    """The passing grades of ``entries``, the best first.

    ``declared`` is the number of students the source names, with or without the fails.
    Warnings: ``fails_stripped``, ``reordered``, ``shares_sum:<sum>``. Raises InvalidInput
    with paths such as ``entries.3.count`` for what is not a table of that scale, and at
    ``entries`` for figures that do not add up (``does_not_add_up:<said>:<found>``).
    """
    read = _read(entries, counted=counted)
    _check_labels(read, scale)
    passing = tuple((label, count) for label, count in read if scale_passes(scale, label))
    warnings = ["fails_stripped"] if len(passing) < len(read) else []
    warnings += _sum_warnings(read, passing, counted=counted, declared=declared)
    if not passing or sum(count for _, count in passing) == 0:
        raise InvalidInput({"entries": ["nobody_passed"]})
    ordered = tuple(sorted(passing, key=lambda entry: _position(scale, passing)(entry[0])))
    if ordered != passing:
        warnings.append("reordered")
    return Cleaned(ordered, tuple(warnings))


def scale_passes(scale: Scale, label: str) -> bool | None:
    """Whether a label passes, a range such as ``20-39.9`` by both of its ends.

    None where the scale cannot tell, or the range lies on both sides of the pass mark.
    """
    ends = range_of(label)
    if ends is None or scale.contains(label):
        return scale.passes(label)
    low, high = (scale.passes(format(end, "f")) for end in ends)
    return low if low == high else None


def _read(entries: Written, *, counted: bool) -> Entries:
    if not entries:
        raise InvalidInput({"entries": ["required"]})
    if len(entries) > MAX_ENTRIES:
        raise InvalidInput({"entries": [f"too_many:{MAX_ENTRIES}"]})
    errors: dict[str, list[str]] = {}
    read: list[tuple[str, Decimal]] = []
    for n, (written, count) in enumerate(entries):
        label = written.strip() if isinstance(written, str) else ""
        if not label or len(label) > MAX_LABEL or unusable(label):
            errors[f"entries.{n}.label"] = ["required" if not label else "invalid"]
        text = str(count).strip()
        if not _COUNT.fullmatch(text):
            errors[f"entries.{n}.count"] = ["not_a_number"]
            continue
        value = Decimal(text.replace(",", "."))
        if counted and value != value.to_integral_value():
            errors[f"entries.{n}.count"] = ["not_an_integer"]
        elif value > (MAX_COUNT if counted else HUNDRED):
            errors[f"entries.{n}.count"] = ["too_large:" + ("10000000" if counted else "100")]
        read.append((label, value))
    if errors:
        raise InvalidInput(errors)
    return tuple(read)


def _check_labels(entries: Entries, scale: Scale) -> None:
    errors: dict[str, list[str]] = {}
    seen: set[str] = set()
    for n, (label, _) in enumerate(entries):
        if normal(label) in seen:
            errors[f"entries.{n}.label"] = ["taken"]
        elif scale_passes(scale, label) is None or not _known(scale, label):
            errors[f"entries.{n}.label"] = ["not_on_scale"]
        seen.add(normal(label))
    if not errors and not _comparable(scale, entries):
        errors["entries"] = ["mixed_labels"]
    if errors:
        raise InvalidInput(errors)


def _known(scale: Scale, label: str) -> bool:
    ends = range_of(label)
    if scale.contains(label) or ends is None:
        return scale.contains(label)
    return all(scale.contains(format(end, "f")) for end in ends)


def _sum_warnings(
    read: Entries, passing: Entries, *, counted: bool, declared: int | None
) -> Iterator[str]:
    total = sum((count for _, count in read), Decimal(0))
    text = format(total.normalize(), "f")
    passes = sum((count for _, count in passing), Decimal(0))
    if not counted:
        if total > HUNDRED + SHARE_TOLERANCE:
            raise InvalidInput({"entries": [f"does_not_add_up:100:{text}"]})
        if total != HUNDRED:
            yield f"shares_sum:{text}"
    elif declared is not None and declared not in {total, passes}:
        raise InvalidInput({"entries": [f"does_not_add_up:{declared}:{text}"]})


def _value(scale: Scale, label: str) -> Decimal | None:
    """The number a label is ordered by: its own, its band's or its range's lower end."""
    number = scale.number(label)
    if number is not None:
        return number
    ends, band = range_of(label), scale.band_named(label)
    return ends[0] if ends else band.low if band else number_of(label)


def _comparable(scale: Scale, entries: Entries) -> bool:
    known = {normal(label) for label in (*scale.labels, *scale.failing)}
    if all(normal(label) in known for label, _ in entries):
        return True
    return all(_value(scale, label) is not None for label, _ in entries)


def _position(scale: Scale, entries: Entries) -> Callable[[str], tuple[Decimal, int]]:
    """Where a label stands among the others, the best smallest."""
    listed = {normal(label): n for n, label in enumerate(scale.labels)}
    if all(normal(label) in listed for label, _ in entries):
        return lambda label: (Decimal(listed[normal(label)]), 0)
    sign = 1 if scale.direction is Direction.DESC else -1
    # Honours are worth the best number and come before it.
    return lambda label: (
        sign * (_value(scale, label) or Decimal(0)),
        0 if number_of(label) is None else 1,
    )
