"""How ids, numbers and places in lists stand in addresses and forms."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.routing import BaseConverter, IntegerConverter

from engine.errors import InvalidInput

MAX_ID = 2**63 - 1
MAX_FILTER = 200
CURSOR = re.compile(r"(-?[0-9]{1,18}|[0-9]{1,19})(\.[0-9]{1,19})?")
"""The place in a list: an id, or a due date in microseconds and an id."""

_NUMBER = re.compile(r"[0-9]{1,19}")


class IdConverter(IntegerConverter):
    """A positive 63-bit integer; a number that no row can have is no such page."""

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map, min=1, max=MAX_ID)


class KeyConverter(BaseConverter):
    """The key of a process definition; other text is no such page."""

    regex = "[a-z][a-z0-9_-]{0,62}"


def number(text: str) -> int | None:
    """The whole number in ``text``, from 0 to the largest id; None where it is none."""
    if not _NUMBER.fullmatch(text) or int(text) > MAX_ID:
        return None
    return int(text)


def cursor(text: str | None) -> str | None:
    """The place in a list after which a page starts; None where the list starts.

    Raises InvalidInput for a text that no list has given out.
    """
    if text and not CURSOR.fullmatch(text):
        raise InvalidInput({"after": ["not_a_cursor"]})
    return text or None


def wanted(text: str | None) -> str:
    """What a list is searched or narrowed by, as far as a database can compare with it."""
    return (text or "").replace("\0", "")[:MAX_FILTER].strip()
