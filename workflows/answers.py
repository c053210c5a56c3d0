"""Reading what people send in: each field checked for type, length and range, errors together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.errors import InvalidInput
from engine.texts import unusable
from workflows.office_work.local_time import ZONE

YEARS = range(2000, 2100)
"""Years that are a slip of the finger where they are others, such as 0026 or 20266."""

T = TypeVar("T")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:00)?")
_WHOLE = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")
_TICKED = frozenset({True, "true", "on"})
_NOT_TICKED = (None, False, "", "false")


class Answers:
    """The fields of one submission.

    Every reader takes a field's name and gives its value, or a harmless one where the field
    is empty or wrong. :meth:`check` then raises InvalidInput with everything that is wrong,
    also for fields that nobody has read: they do not belong to the form.
    """

    def __init__(self, data: Mapping[str, object]) -> None:
        self._data = dict(data)
        self._unread = set(data)
        self.errors: dict[str, list[str]] = {}

    def refuse(self, name: str, code: str) -> None:
        """Note what is wrong with a field."""
        self.errors.setdefault(name, []).append(code)

    def check(self) -> None:
        """Raise InvalidInput unless everything is well."""
        for name in sorted(self._unread):
            self.refuse(name, "unknown_field")
        if self.errors:
            raise InvalidInput(self.errors)

    def text(self, name: str, *, most: int, required: bool = False) -> str:
        """A text of at most so many characters, without blanks around it."""
        value = self._given(name)
        if value is None or value == "":
            return self._missing(name, "") if required else ""
        if not isinstance(value, str):
            return self._wrong(name, "wrong_type", "")
        value = value.strip()
        if len(value) > most:
            return self._wrong(name, f"too_long:{most}", "")
        if unusable(value):
            return self._wrong(name, "invalid_characters", "")
        return self._missing(name, "") if required and not value else value

    def option(self, name: str, options: Collection[str], *, required: bool = True) -> str:
        """One of the options; empty where none was chosen."""
        value = self.text(name, most=200, required=required)
        if value and value not in options:
            return self._wrong(name, "not_an_option", "")
        return value

    def flag(self, name: str) -> bool:
        """Whether a box is ticked."""
        value = self._given(name)
        if isinstance(value, str | bool) and value in _TICKED:
            return True
        return False if value in _NOT_TICKED else self._wrong(name, "not_a_boolean", False)

    def whole(self, name: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number from ``low`` to ``high``."""
        value = self._given(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = value.strip() if isinstance(value, str) else value
        if text is None or text == "":
            return self._missing(name, None) if required else None
        if not isinstance(text, str) or not _WHOLE.fullmatch(text):
            return self._wrong(name, "not_an_integer", None)
        if not low <= int(text) <= high:
            return self._wrong(name, f"out_of_range:{low}:{high}", None)
        return int(text)

    def amount(self, name: str, *, required: bool = False) -> Decimal | None:
        """An amount of money, exact to the cent; a comma or a point before the cents."""
        value = self.text(name, most=20, required=required)
        if not value:
            return None
        if not _AMOUNT.fullmatch(value.replace("\u202f", "").replace(" ", "")):
            return self._wrong(name, "not_an_amount", None)
        digits = value.replace("\u202f", "").replace(" ", "").replace(",", ".")
        return Decimal(digits).quantize(Decimal("0.01"))

    def day(self, name: str, *, required: bool = False) -> date | None:
        """A day, written YYYY-MM-DD."""
        text = self.text(name, most=40, required=required)
        if not text:
            return None
        try:
            day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            return self._wrong(name, "not_a_date", None)
        return day

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        """A day and time of day on the wall of the house, written YYYY-MM-DDTHH:MM.

        A time that the change of the clocks skips is no time; one that comes twice is the
        first of the two.
        """
        text = self.text(name, most=40, required=required)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
        except ValueError:
            at = None
        if at is None or at.year not in YEARS:
            return self._wrong(name, "not_a_moment", None)
        local = at.replace(tzinfo=ZONE)
        if local.astimezone(ZoneInfo("UTC")).astimezone(ZONE).replace(tzinfo=None) != at:
            return self._wrong(name, "not_a_moment", None)
        return local

    def listed(self, name: str, options: Collection[str], *, required: bool = False) -> list[str]:
        """Those of the options that are ticked, each once, in the order of the options."""
        value = self._given(name)
        chosen = value if isinstance(value, list) else [value] if value not in (None, "") else []
        if any(not isinstance(each, str) or each not in options for each in chosen):
            return self._wrong(name, "not_an_option", [])
        if required and not chosen:
            return self._missing(name, [])
        return [each for each in options if each in chosen]

    def _given(self, name: str) -> object:
        self._unread.discard(name)
        return self._data.get(name)

    def _missing(self, name: str, instead: T) -> T:
        return self._wrong(name, "required", instead)

    def _wrong(self, name: str, code: str, instead: T) -> T:
        self.refuse(name, code)
        return instead
