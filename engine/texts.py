"""What a text may hold, wherever somebody types one."""

from __future__ import annotations

import re

from engine.errors import InvalidInput

_UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unusable(text: str) -> bool:
    """Whether ``text`` holds a character that no XML document can hold (XML 1.0, 2.2).

    No partner could ever receive it, and PostgreSQL does not keep the zero character.
    """
    return _UNUSABLE.search(text) is not None


def cleaned(text: str) -> str:
    """``text`` with a sign in place of each character that no XML document can hold."""
    return _UNUSABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def checked(name: str, text: str, limit: int) -> str:
    """``text`` without blanks around it.

    Raises InvalidInput at ``name`` for more than ``limit`` characters or an unusable one.
    """
    text = text.strip()
    if len(text) > limit:
        raise InvalidInput({name: [f"too_long:{limit}"]})
    if unusable(text):
        raise InvalidInput({name: ["invalid_characters"]})
    return text
