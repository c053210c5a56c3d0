"""How a text is set: what French asks for between its words and its signs."""

from __future__ import annotations

import re

FRENCH_SPACE = re.compile(r" (?=[:;?!»])|(?<=«) ")
"""Written as plain spaces in the files, where nobody sees another kind."""


def unbroken(text: str) -> str:
    """French with spaces at which no line breaks, before ``: ; ? !`` and inside guillemets."""
    return FRENCH_SPACE.sub("\u00a0", text)
