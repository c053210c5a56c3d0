"""Forms of a process in words: what can be asked, and what can be set about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as lazy

PARTS = {
    "textfield": lazy("one line of text"),
    "textarea": lazy("text of several lines"),
    "number": lazy("number"),
    "checkbox": lazy("box to tick"),
    "radio": lazy("one of several, all shown"),
    "select": lazy("one of several, as a menu"),
    "checklist": lazy("any of several"),
    "datetime": lazy("date or time"),
    "text": lazy("text to read"),
    "group": lazy("heading of a group"),
    "separator": lazy("line between parts"),
    "button": lazy("button"),
    "spacer": lazy("blank space"),
}

SETTINGS = {
    "minLength": lazy("At least so many characters"),
    "maxLength": lazy("At most so many characters"),
    "validationType": lazy("Form of the text"),
    "pattern": lazy("Pattern it has to match"),
    "min": lazy("Smallest number"),
    "max": lazy("Largest number"),
    "decimalDigits": lazy("Digits after the decimal point"),
    "increment": lazy("A multiple of"),
    "subtype": lazy("What is asked"),
}

CHOICES = {
    "email": lazy("e-mail address"),
    "phone": lazy("telephone number"),
    "date": lazy("a day"),
    "time": lazy("a time of day"),
    "datetime": lazy("a day and a time"),
}

TEXTS = {"label": lazy("Label"), "description": lazy("Hint"), "text": lazy("Text")}


def form_part(type_: str) -> str:
    """A component of a form by its kind; one that is not supported by its name in form-js."""
    return str(PARTS.get(type_, type_))


def form_setting(name: str) -> str:
    """What can be set about a component, or what one of its texts is."""
    return str(SETTINGS.get(name) or TEXTS[name])


def form_choice(name: str) -> str:
    """What can be chosen for a setting."""
    return str(CHOICES[name])
