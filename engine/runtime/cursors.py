"""Cursors: where in a list a page begins, as the list before gave it out."""

from __future__ import annotations

import re

from engine.errors import InvalidInput

_PART = re.compile(r"\d{1,19}", re.ASCII)
_LARGEST = (1 << 63) - 1


def parts_of(cursor: str, number: int) -> list[int]:
    """The ``number`` whole numbers of a cursor, joined by points.

    Raises InvalidInput for what no list has given out.
    """
    parts = cursor.split(".")
    if len(parts) != number or not all(_PART.fullmatch(part) for part in parts):
        raise InvalidInput({"after": ["not_a_cursor"]})
    found = [int(part) for part in parts]
    if max(found) > _LARGEST:
        raise InvalidInput({"after": ["not_a_cursor"]})
    return found
