"""How a text is set: what French asks for between its words and its signs."""

from __future__ import annotations

import re

FRENCH_SPACE = re.compile(r" (?=[:;?!»])|(?<=«) |(?<=\b[DLR]\.) (?=[0-9])")
"""Before a high sign, inside guillemets, in the number of an article: written as plain spaces
in the files, where nobody sees another kind."""


def unbroken(text: str) -> str:
    """French with spaces at which no line breaks, wherever a FRENCH_SPACE stands."""
    return FRENCH_SPACE.sub("\u00a0", text)
