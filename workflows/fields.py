"""Reading what a page or a program has sent: one value at a time, every error by its path."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal

from engine.texts import unusable

MAX_CREDIT = Decimal(1000)
MAX_NUMBER_TEXT = 30
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class FieldReader:
    """Collects errors as ``{path: [codes]}`` while values are read; nothing is raised."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    def refuse(self, path: str, code: str) -> None:
        """Note what is wrong at ``path``."""
        self.errors.setdefault(path, []).append(code)

    def text(self, path: str, value: object, longest: int) -> str | None:
        """A text as it was typed; None where none was given, or it was refused."""
        if value is None or value == "":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            self.refuse(path, "wrong_type")
        elif len(value) > longest:
            self.refuse(path, f"too_long:{longest}")
        elif unusable(value):
            self.refuse(path, "invalid_characters")
        else:
            return value
        return None

    def credits(self, path: str, value: object) -> str | None:
        """A decimal number as the schema writes it; the comma of a French keyboard is one.

        None where none was given, or it was refused; its size is at most MAX_CREDIT.
        """
        if isinstance(value, float):
            value = str(value)
        text = (self.text(path, value, MAX_NUMBER_TEXT) or "").strip().replace(",", ".")
        if not text:
            return None
        if not _NUMBER.fullmatch(text):
            self.refuse(path, "not_a_number")
            return None
        if abs(Decimal(text)) > MAX_CREDIT:
            self.refuse(path, f"out_of_range:0:{MAX_CREDIT}")
            return None
        return text

    def mapping(self, path: str, value: object, known: Collection[str]) -> Mapping[str, object]:
        """A mapping of ``known`` names; an empty one where the value is none."""
        if not isinstance(value, dict):
            self.refuse(path, "wrong_type")
            return {}
        for name in value:
            if name not in known:
                self.refuse(f"{path}.{name}", "unknown_field")
        return value

    def listed(self, path: str, value: object, longest: int) -> list[object]:
        """A list of at most ``longest`` entries; an empty one where none was given."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.refuse(path, "wrong_type")
            return []
        if len(value) > longest:
            self.refuse(path, f"too_many:{longest}")
            return []
        return value
