"""What stands in a cell of a grade sheet: reading it, writing it, and what it means.

A cell holds a grade of the course's scale (``12.5``, a comma is a point), ``ABI`` or ``ABJ``
(absent without or with a valid reason; circular of 24 March 2022), or ``R`` (the student
sits the resit session, so the result is still to come), alone or behind a grade: ``7 R``.
``C`` behind a grade below the pass mark says that the unit is acquired by compensation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from workflows.grading.values import Direction, Scale, normal

MAX_MARK = 20
MAX_DECIMALS = 4

_NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,9})?", re.ASCII)
_SIGNED = re.compile(r"[+-]?[0-9.,]+", re.ASCII)


class Absence(StrEnum):
    """Why there is no grade of a student who should have one."""

    UNJUSTIFIED = "ABI"  #: absence injustifiée
    JUSTIFIED = "ABJ"  #: absence justifiée


class Status(StrEnum):
    """What a mark says about the component (ELMO: passed, failed, in-progress)."""

    PASSED = "passed"
    FAILED = "failed"
    PENDING = "in-progress"  #: no result yet, or a resit to come


@dataclass(frozen=True, slots=True)
class Mark:
    """One readable cell. ``grade`` is the grade as the scale writes it."""

    grade: str | None = None
    absence: Absence | None = None
    resit: bool = False
    compensated: bool = False

    @property
    def text(self) -> str:
        """The one way of writing this mark; reading it again gives the same mark."""
        parts = [self.grade or (self.absence.value if self.absence else "")]
        parts += ["C"] if self.compensated else []
        parts += ["R"] if self.resit else []
        return " ".join(part for part in parts if part)

    @property
    def empty(self) -> bool:
        """Whether nothing has been entered."""
        return self == EMPTY

    def status(self, scale: Scale) -> Status:
        """What the mark says; a resit leaves it open whatever the first session gave."""
        if self.empty or self.resit:
            return Status.PENDING
        if self.absence is not None:
            return Status.FAILED
        passed = self.compensated or scale.passes(self.grade or "") is True
        return Status.PASSED if passed else Status.FAILED


EMPTY = Mark()


class Unreadable(ValueError):
    """A cell that holds no mark of its scale; ``code`` says why, for the page's words."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_mark(text: str, scale: Scale) -> Mark:
    """The mark a cell holds; raises Unreadable.

    Codes: ``too_long:20``, ``off_scale:0:20``, ``too_many_decimals:2``, ``absence_unclear``,
    ``not_a_mark``, ``nothing_to_compensate``.
    """
    if len(text) > MAX_MARK:
        raise Unreadable(f"too_long:{MAX_MARK}")
    words = text.upper().split()
    resit = bool(words) and words[-1] == "R"
    words = words[:-1] if resit else words
    compensated = len(words) > 1 and words[-1] == "C"
    words = words[:-1] if compensated else words
    if len(words) > 1:
        raise Unreadable("not_a_mark")
    if not words:
        return Mark(resit=resit)
    mark = _valued(words[0], scale)
    if compensated and (mark.grade is None or scale.passes(mark.grade) is not False):
        raise Unreadable("nothing_to_compensate")
    return Mark(mark.grade, mark.absence, resit, compensated)


def _valued(word: str, scale: Scale) -> Mark:
    if word in set(Absence):
        return Mark(absence=Absence(word))
    if word in {"ABS", "DEF", "AB"}:
        raise Unreadable("absence_unclear")
    for label in (*scale.labels, *scale.failing):
        if normal(label) == normal(word):
            return Mark(label)
    if not _NUMBER.fullmatch(word) or scale.direction is Direction.NONE:
        raise Unreadable("not_a_mark" if not _looks_numeric(word) else _range_code(scale))
    return Mark(_number(word, scale))


def _number(word: str, scale: Scale) -> str:
    """A number of the scale without needless zeros: 12.50 is 12.5."""
    value = Decimal(word.replace(",", "."))
    if scale.best is None or scale.worst is None:
        raise Unreadable("not_a_mark")
    if not min(scale.best, scale.worst) <= value <= max(scale.best, scale.worst):
        raise Unreadable(_range_code(scale))
    if scale.step is not None and value % scale.step:
        decimals = max(0, -int(scale.step.normalize().as_tuple().exponent))
        raise Unreadable(f"too_many_decimals:{min(decimals, MAX_DECIMALS)}")
    return format(value.normalize(), "f")


def _looks_numeric(word: str) -> bool:
    return _SIGNED.fullmatch(word) is not None and any(c.isdigit() for c in word)


def _range_code(scale: Scale) -> str:
    if scale.best is None or scale.worst is None:
        return "not_a_mark"
    low, high = sorted((scale.best, scale.worst))
    return f"off_scale:{low}:{high}"
