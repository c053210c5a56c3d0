"""What a text may hold, wherever somebody types one."""

from __future__ import annotations

import re

_UNUSABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def unusable(text: str) -> bool:
    """Whether ``text`` holds a character that no XML document can hold (XML 1.0, 2.2).

    No partner could ever receive it, and PostgreSQL does not keep the zero character.
    """
    return _UNUSABLE.search(text) is not None
