"""How the text of a timer is read: ISO 8601 bare, or FEEL."""

from __future__ import annotations

import re

_DURATION = re.compile(r"[+-]?P(?=\d|T\d)[\w.,]*", re.ASCII)
_CYCLE = re.compile(r"R\d*/\S*", re.ASCII)
_DATE = re.compile(r"[+-]?\d{4,}-\d{2}-\d{2}\S*", re.ASCII)


def iso_kind(text: str) -> str | None:
    """``duration``, ``cycle`` or ``date`` where a text means ISO 8601; None means FEEL.

    It tells by the first characters only, so that a slip in ISO 8601 is reported
    as that and not as strange FEEL.
    """
    text = text.strip()
    if _CYCLE.fullmatch(text):
        return "cycle"
    if _DURATION.fullmatch(text):
        return "duration"
    if _DATE.fullmatch(text):
        return "date"
    return None
