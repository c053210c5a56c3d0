"""Reading typed values: strictly, and with every error at the field it concerns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.office_work.local_time import ZONE

MAX_LINE = 200
YEARS = range(2000, 2100)
"""Years that are no slip of the finger, such as 0026 or 20266."""

_DECIMAL = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,4})?", re.ASCII)
_TRUE = frozenset({"true", "on", "yes", "1"})
_FALSE = frozenset({"false", "off", "no", "0", ""})


class Reader:
    """One pass over a submission, collecting errors by field path."""

    def __init__(self, data: Mapping[str, object], path: str = "") -> None:
        self.data = data
        self.path = path
        self.errors: dict[str, list[str]] = {}

    def at(self, name: str) -> str:
        """The path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def refuse(self, name: str, code: str) -> None:
        """Note an error at a field."""
        self.errors.setdefault(self.at(name), []).append(code)

    def only(self, names: Iterable[str]) -> None:
        """Refuse every field that is not among ``names``."""
        known = set(names)
        for name in self.data:
            if name not in known:
                self.refuse(str(name)[:MAX_LINE], "unknown_field")

    def text(self, name: str, *, longest: int = MAX_LINE, required: bool = False) -> str:
        """A text without blanks around it; empty where it is missing or refused."""
        value = self.data.get(name)
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            value = str(value)
        if value is None or value == "":
            value = ""
        if not isinstance(value, str):
            self.refuse(name, "wrong_type")
            return ""
        value = value.strip()
        if len(value) > longest:
            self.refuse(name, f"too_long:{longest}")
        elif unusable(value):
            self.refuse(name, "invalid_characters")
        elif not value and required:
            self.refuse(name, "required")
        else:
            return value
        return ""

    def matching(self, name: str, pattern: str, *, required: bool = False) -> str:
        """A text of a given form."""
        value = self.text(name, required=required)
        if value and re.fullmatch(pattern, value, re.ASCII) is None:
            self.refuse(name, "pattern")
            return ""
        return value

    def choice(self, name: str, options: Collection[str], *, required: bool = False) -> str:
        """One of ``options``, or empty."""
        value = self.text(name, required=required)
        if value and value not in options:
            self.refuse(name, "not_an_option")
            return ""
        return value

    def whole(self, name: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number from ``low`` to ``high``."""
        text = self.text(name, required=required)
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) is None:
            self.refuse(name, "not_an_integer")
        elif not low <= int(text) <= high:
            self.refuse(name, f"out_of_range:{low}:{high}")
        else:
            return int(text)
        return None

    def decimal(
        self, name: str, low: Decimal, high: Decimal, *, places: int, required: bool = False
    ) -> Decimal | None:
        """An exact number of at most ``places`` decimals; a comma is a point."""
        text = self.text(name, required=required)
        if not text:
            return None
        if _DECIMAL.fullmatch(text) is None:
            self.refuse(name, "not_a_number")
            return None
        value = Decimal(text.replace(",", "."))
        exponent = value.as_tuple().exponent
        if not low <= value <= high:
            self.refuse(name, f"out_of_range:{low}:{high}")
        elif isinstance(exponent, int) and -exponent > places:
            self.refuse(name, f"too_many_decimals:{places}")
        else:
            return value
        return None

    def truth(self, name: str) -> bool | None:
        """Yes or no; None where nothing was said."""
        value = self.data.get(name)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
            return None if value == "" else value.lower() in _TRUE
        self.refuse(name, "not_a_boolean")
        return None

    def instant(self, name: str) -> datetime | None:
        """A day and a time of day; without an offset they are those of Paris.

        An hour that a change of clocks leaves out or repeats is the later one of the two
        that it could mean.
        """
        text = self.text(name, longest=40, required=True)
        if not text:
            return None
        try:
            value = datetime.fromisoformat(text)
        except ValueError:
            self.refuse(name, "not_a_date")
            return None
        if value.year not in YEARS:
            self.refuse(name, "not_a_date")
            return None
        aware = value if value.tzinfo else value.replace(tzinfo=ZONE, fold=1)
        return aware.astimezone(UTC)

    def rows(self, name: str, most: int) -> list[Reader]:
        """A reader for each entry of a list of mappings; theirs are told by :meth:`checked`."""
        value = self.data.get(name)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            self.refuse(name, "wrong_type")
            return []
        if len(value) > most:
            self.refuse(name, f"too_many:{most}")
            return []
        readers = []
        for number, row in enumerate(value):
            if isinstance(row, Mapping):
                readers.append(Reader(row, self.at(f"{name}.{number}")))
            else:
                self.refuse(f"{name}.{number}", "wrong_type")
        return readers

    def listed(self, name: str, options: Collection[str], most: int) -> list[str]:
        """Several of ``options``, in the order they were given, each once."""
        value = self.data.get(name)
        if value is None or value == "":
            return []
        entries = [value] if isinstance(value, str) else value
        if not isinstance(entries, list) or len(entries) > most:
            self.refuse(name, f"too_many:{most}" if isinstance(entries, list) else "wrong_type")
            return []
        found = [entry for entry in entries if isinstance(entry, str) and entry in options]
        if len(found) != len(entries):
            self.refuse(name, "not_an_option")
        return list(dict.fromkeys(found))

    def checked(self, *others: Reader) -> None:
        """Raise InvalidInput with the errors of this reader and ``others``, if there are any."""
        errors = dict(self.errors)
        for other in others:
            errors.update(other.errors)
        if errors:
            raise InvalidInput(errors)
