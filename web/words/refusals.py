"""Error codes of engine and domain as sentences beside the fields they concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

MAX_SHOWN = 300
SENTENCES = {
    "required": lazy("Please fill this in."),
    "unknown_field": lazy("This field does not belong to the form."),
    "reserved_field": lazy("This field cannot be set from a form."),
    "immutable": lazy("This cannot be changed any more."),
    "wrong_type": lazy("This value does not have the expected form."),
    "too_long": lazy("At most %(limit)s characters, please."),
    "too_short": lazy("At least %(limit)s characters, please."),
    "too_many": lazy("At most %(limit)s entries, please."),
    "not_a_number": lazy("Please enter a number."),
    "too_small": lazy("Please enter %(limit)s or more."),
    "too_large": lazy("Please enter %(limit)s or less."),
    "too_many_decimals": lazy("At most %(limit)s decimals, please."),
    "not_a_multiple": lazy("Please enter a multiple of %(limit)s."),
    "not_a_time": lazy("Please enter a time of day."),
    "not_a_phone": lazy("Please enter a telephone number."),
    "not_an_integer": lazy("Please enter a whole number."),
    "out_of_range": lazy("Please enter a value from %(low)s to %(high)s."),
    "not_an_option": lazy("Please choose one of the options."),
    "not_a_date": lazy("Please enter a date."),
    "not_text": lazy("Please enter text."),
    "not_a_boolean": lazy("Please answer yes or no."),
    "not_an_email": lazy("Please enter an e-mail address."),
    "one_of_two": lazy("Give either the day or the month, not both."),
    "before_start": lazy("The end lies before the start."),
    "day_required": lazy("This type of mobility needs the exact day."),
    "days_out_of_range": lazy("The stay lasts %(low)s to %(high)s days in this type of mobility."),
    "virtual_required": lazy("One component must be virtual: give it a short description."),
    "negative": lazy("Credits cannot be negative."),
    "not_allowed": lazy("This table has no such field."),
    "term_after_total": lazy("The term is later than the last one of the year."),
    "invalid_characters": lazy("The text holds a character that cannot be kept."),
    "pattern": lazy("This does not have the expected form."),
    "invalid": lazy("This does not have the expected form."),
    "taken": lazy("This is already taken."),
    "reason_required": lazy("Please say why: the reason is shown to the student."),
    "not_yourself": lazy("Choose somebody else."),
    "not_a_cursor": lazy("This address of a page in the list is not complete."),
    "unknown_student": lazy("No student has this login."),
}
"""By code; parameters stand in the code after colons, as in ``out_of_range:1:9``."""


def field_errors(errors: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Error codes of each field as sentences, of as many fields as anybody reads."""
    shown = islice(errors.items(), MAX_SHOWN)
    return {name: [error_sentence(code) for code in codes] for name, codes in shown}


def error_sentence(code: str) -> str:
    """A message code such as ``too_long:80`` as a sentence in the reader's language."""
    name, *params = code.split(":")
    sentence = SENTENCES.get(name)
    if sentence is None:
        return str(_("This value cannot be used (%(code)s).", code=code))
    first, second = [*params, "", ""][:2]
    return str(sentence) % {"limit": first, "low": first, "high": second}
