"""One answer at a time: from what a browser or an API sends to a JSON value.

The rules are those of form-js 2: lengths count without surrounding white
space, an empty text is no answer, a required checkbox must be ticked. Refusals
are message codes, parameters after colons.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final, TypeAlias

from marshmallow import ValidationError

from engine.forms.patterns import matcher
from engine.values import Value

if TYPE_CHECKING:
    from engine.forms.model import Field

Reader: TypeAlias = Callable[[object], Value]

MAX_TEXT: Final = 10_000
MAX_NUMBER: Final = 2**53 - 1
MAX_CHOICES: Final = 500

_NUMBER = re.compile(r"[+-]?\d{1,17}(?:[.,]\d{1,15})?", re.ASCII)
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})?"
_TIME = re.compile(rf"\d{{2}}:\d{{2}}(?::\d{{2}}(?:\.\d{{1,6}})?)?{_OFFSET}", re.ASCII)
_DATETIME = re.compile(rf"{_DATE.pattern}[T ]{_TIME.pattern}", re.ASCII)


def reader_for(field: Field) -> Reader:
    """The reader of a field: JSON value or HTML text in, value out, else ValidationError."""
    return _READERS[field.type](field)


def _absent(field: Field) -> Value:
    if field.required:
        raise ValidationError("required")
    return None


def _text(field: Field) -> Reader:
    matches = matcher(field.pattern) if field.pattern else None
    refusal = {"email": "not_an_email", "phone": "not_a_phone"}.get(field.pattern, "pattern")
    limit = MAX_TEXT if field.maxlength is None else min(field.maxlength, MAX_TEXT)

    def read(value: object) -> Value:
        if value is None or value == "":
            return _absent(field)
        text = _clean(value)
        if field.type == "textfield":
            text = re.sub(r"[\n\t]", " ", text)
        length = _length(text.strip())
        if length > limit or len(text) > MAX_TEXT:
            raise ValidationError(f"too_long:{limit}")
        if field.minlength is not None and length < field.minlength:
            raise ValidationError(f"too_short:{field.minlength}")
        if matches is not None and not matches(text):
            raise ValidationError(refusal)
        return text

    return read


def _clean(value: object) -> str:
    if not isinstance(value, str):
        raise ValidationError("not_text")
    if _UNSTORABLE.search(value):
        raise ValidationError("invalid_characters")
    return value.replace("\r\n", "\n").replace("\r", "\n")


def _length(text: str) -> int:
    """The length as JavaScript counts it: in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _number(field: Field) -> Reader:
    def read(value: object) -> Value:
        if value is None or value == "":
            return _absent(field)
        number = _decimal(value)
        if abs(number) > MAX_NUMBER:
            raise ValidationError(f"too_large:{MAX_NUMBER}")
        _check_range(field, number)
        _check_steps(field, number)
        if field.as_text:
            return format(number, "f")
        return int(number) if number == number.to_integral_value() else float(number)

    return read


def _decimal(value: object) -> Decimal:
    if isinstance(value, bool):
        raise ValidationError("not_a_number")
    if isinstance(value, int):
        return Decimal(value) if abs(value) <= MAX_NUMBER else Decimal(MAX_NUMBER + 1)
    if isinstance(value, float) and math.isfinite(value):
        return Decimal(repr(value))
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return Decimal(value.strip().replace(",", "."))
    raise ValidationError("not_a_number")


def _check_range(field: Field, number: Decimal) -> None:
    low = None if field.min is None else Decimal(repr(field.min))
    high = None if field.max is None else Decimal(repr(field.max))
    too_low = low is not None and number < low
    too_high = high is not None and number > high
    if low is not None and high is not None and (too_low or too_high):
        raise ValidationError(f"out_of_range:{field.min}:{field.max}")
    if too_low:
        raise ValidationError(f"too_small:{field.min}")
    if too_high:
        raise ValidationError(f"too_large:{field.max}")


def _check_steps(field: Field, number: Decimal) -> None:
    exponent = number.normalize().as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if field.decimals == 0 and digits > 0:
        raise ValidationError("not_an_integer")
    if field.decimals is not None and digits > field.decimals:
        raise ValidationError(f"too_many_decimals:{field.decimals}")
    if field.increment is not None and number % Decimal(repr(field.increment)) != 0:
        raise ValidationError(f"not_a_multiple:{field.increment}")


_TICKS: Final = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}


def _checkbox(field: Field) -> Reader:
    def read(value: object) -> Value:
        if value is None or value == "":
            ticked = False
        elif isinstance(value, bool):
            ticked = value
        elif isinstance(value, str) and value in _TICKS:
            ticked = _TICKS[value]
        else:
            raise ValidationError("not_a_boolean")
        if field.required and not ticked:
            raise ValidationError("required")
        return ticked

    return read


def _choice(field: Field) -> Reader:
    options = {option.value for option in field.values}

    def read(value: object) -> Value:
        if value is None or value == "":
            return _absent(field)
        if not isinstance(value, str) or value not in options:
            raise ValidationError("not_an_option")
        return value

    return read


def _choices(field: Field) -> Reader:
    order = [option.value for option in field.values]

    def read(value: object) -> Value:
        chosen = [value] if isinstance(value, str) and value else value
        if chosen is None or chosen == "":
            chosen = []
        if not isinstance(chosen, list) or len(chosen) > MAX_CHOICES:
            raise ValidationError("wrong_type")
        if any(not isinstance(each, str) or each not in order for each in chosen):
            raise ValidationError("not_an_option")
        if field.required and not chosen:
            raise ValidationError("required")
        return [each for each in order if each in chosen]

    return read


def _moment(
    pattern: re.Pattern[str], parse: Callable[[str], object], code: str
) -> Callable[[Field], Reader]:
    def reader(field: Field) -> Reader:
        def read(value: object) -> Value:
            if value is None or value == "":
                return _absent(field)
            if not isinstance(value, str) or not pattern.fullmatch(value):
                raise ValidationError(code)
            try:
                parse(value)
            except ValueError:
                raise ValidationError(code) from None
            return value

        return read

    return reader


_READERS: Final[Mapping[str, Callable[[Field], Reader]]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "date": _moment(_DATE, date.fromisoformat, "not_a_date"),
    "time": _moment(_TIME, time.fromisoformat, "not_a_time"),
    "datetime": _moment(_DATETIME, datetime.fromisoformat, "not_a_date"),
}
FIELD_TYPES: Final = frozenset(_READERS)
