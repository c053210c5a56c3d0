"""Which course of a transcript answers which component of the contract.

Nothing in a transcript links its courses to what was agreed, so they are found by what
both name: the identifier of the network, the course code, the title. Whatever is left is
for a person to join, or is missing here and extra there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class Course(Protocol):
    """What tells a course from others, in the contract and in the transcript."""

    @property
    def los_id(self) -> str | None:
        """Identifier in the EWP network."""
        ...

    @property
    def code(self) -> str | None:
        """Code in the host's catalogue."""
        ...

    @property
    def title(self) -> str:
        """Title as it is written."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """Credits of an agreed component that the transcript writes otherwise."""

    agreed: Decimal
    found: Decimal


def matched(courses: Sequence[Course], agreed: Sequence[Course]) -> list[int | None]:
    """For each course the index of the component it answers, None for an extra one.

    Several courses may answer one component (two sessions of one exam); the stronger
    likeness goes first, what several components share tells none of them, and nothing is
    guessed from titles that only resemble each other.
    """
    found: list[int | None] = [None] * len(courses)
    for likeness in (_los_id, _code, _title):
        for number, course in enumerate(courses):
            if found[number] is None:
                found[number] = _only(course, agreed, likeness)
    return found


def folded(text: str) -> str:
    """A title as it is compared: no accents, no case, no punctuation, no doubled blanks."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain.casefold()))


def missing(links: Iterable[int | None], agreed: Sequence[Course]) -> list[int]:
    """The components that no course answers, in their order."""
    answered = set(links)
    return [index for index in range(len(agreed)) if index not in answered]


def difference(agreed: Decimal | None, found: Sequence[Decimal | None]) -> Difference | None:
    """How the credits of a component differ from those of its courses, if both are known."""
    known = [credit for credit in found if credit is not None]
    if agreed is None or not known:
        return None
    total = sum(known, Decimal(0))
    return None if total == agreed else Difference(agreed, total)


def _only(
    course: Course, agreed: Sequence[Course], likeness: Callable[[Course], str]
) -> int | None:
    wanted = likeness(course)
    if not wanted:
        return None
    alike = [n for n, each in enumerate(agreed) if likeness(each) == wanted]
    return alike[0] if len(alike) == 1 else None


def _los_id(course: Course) -> str:
    return (course.los_id or "").strip()


def _code(course: Course) -> str:
    return folded(course.code or "").replace(" ", "")


def _title(course: Course) -> str:
    return folded(course.title)
