"""Single components of a form-js schema, held to what the server enforces."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import ValidationError

from engine.forms.answers import reader_for
from engine.forms.model import Field, Note, Option, Texts
from engine.forms.patterns import matcher

LANGUAGES: Final = ("fr", "en", "es")
INPUTS: Final = frozenset(
    {"checkbox", "checklist", "datetime", "number", "radio", "select", "textarea", "textfield"}
)
DISPLAY: Final = frozenset({"button", "group", "separator", "spacer", "text"})
MAX_OPTIONS: Final = 500
MAX_TEXT: Final = 5_000

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)
_MOMENTS: Final = {"date", "time", "datetime"}
#: What form-js would do with these, the server does not: showing, hiding, computing.
_DYNAMIC: Final = ("conditional", "disabled", "readonly", "valuesExpression", "valuesKey")
CHOICES: Final = {"checklist", "radio", "select"}
_RULES: Final = {
    "max",
    "maxLength",
    "min",
    "minLength",
    "pattern",
    "patternErrorMessage",
    "required",
    "validationType",
}


class ComponentRefused(Exception):
    """A component cannot be supported; carries the code of the problem."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code = code
        super().__init__(sentence)


def field_from(component: Mapping[str, Any]) -> Field:
    """The field of an input component; ComponentRefused if it asks too much."""
    _refuse_dynamic(component)
    rules = component.get("validate") or {}
    if not isinstance(rules, dict) or not rules.keys() <= _RULES:
        raise ComponentRefused("form_validation", "the validation has rules that are not known.")
    kind = str(component["type"])
    field = Field(
        key=_key(component),
        type=_moment(component) if kind == "datetime" else kind,
        labels=_texts(component, "label"),
        descriptions=_texts(component, "description"),
        required=_flag(rules, "required"),
        min=_number(rules, "min"),
        max=_number(rules, "max"),
        minlength=_count(rules, "minLength"),
        maxlength=_count(rules, "maxLength"),
        pattern=_pattern(rules),
        decimals=_count(component, "decimalDigits"),
        increment=_increment(component),
        as_text=_flag(component, "serializeToString"),
        values=_options(component) if kind in CHOICES else (),
        default=component.get("defaultValue"),
    )
    _check_bounds(field)
    return _with_checked_default(field)


def note_from(component: Mapping[str, Any]) -> Iterator[Note]:
    """What a display component shows; buttons and spacers show nothing of their own."""
    _refuse_dynamic(component)
    kind = component["type"]
    if kind == "group":
        if component.get("path"):
            raise ComponentRefused("form_path", "a group with a path nests its variables.")
        if not isinstance(component.get("components", []), list):
            raise ComponentRefused("form_malformed", "the components of the group are no list.")
        if labels := _texts(component, "label"):
            yield Note("heading", labels)
    elif kind == "text":
        yield Note("text", _texts(component, "text"))
    elif kind == "separator":
        yield Note("separator", {})


def texts_problem(component: Mapping[str, Any]) -> str:
    """A sentence naming the translations a component lacks, or ''."""
    name = "text" if component.get("type") == "text" else "label"
    texts = _texts(component, name)
    missing = [language for language in LANGUAGES if not texts.get(language)]
    options = component.get("values") if component.get("type") in CHOICES else None
    for option in options if isinstance(options, list) else []:
        missing += [lang for lang in LANGUAGES if not _option_texts(option).get(lang)]
    if not missing or (not texts and component.get("type") not in INPUTS):
        return ""
    return f"'{_shown(component)}' is not written in {', '.join(sorted(set(missing)))}."


def _shown(component: Mapping[str, Any]) -> str:
    return str(component.get("key") or component.get("id") or component.get("type"))[:80]


def _refuse_dynamic(component: Mapping[str, Any]) -> None:
    for attribute in _DYNAMIC:
        if component.get(attribute):
            raise ComponentRefused("form_dynamic", f"'{attribute}' is not supported.")


def _key(component: Mapping[str, Any]) -> str:
    key = component.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ComponentRefused(
            "form_key", "the key must be a word of letters, digits and _ that begins with a letter."
        )
    return key


def _moment(component: Mapping[str, Any]) -> str:
    kind = component.get("subtype", "date")
    if kind not in _MOMENTS:
        raise ComponentRefused("form_component", "the subtype must be date, time or datetime.")
    if component.get("disallowPassedDates"):
        raise ComponentRefused("form_dynamic", "'disallowPassedDates' is not supported.")
    return str(kind)


def _texts(component: Mapping[str, Any], name: str) -> Texts:
    """The text in each language: the attribute is French, ``name.en`` a property."""
    properties = component.get("properties") or {}
    if not isinstance(properties, dict):
        raise ComponentRefused("form_malformed", "the properties are no object.")
    found = {"fr": component.get(name)}
    found |= {language: properties.get(f"{name}.{language}") for language in ("en", "es")}
    return {language: _static(text) for language, text in found.items() if text}


def _static(text: object) -> str:
    if not isinstance(text, str) or len(text) > MAX_TEXT:
        raise ComponentRefused("form_malformed", f"a text is none, or over {MAX_TEXT} characters.")
    if text.startswith("=") or "{{" in text:
        raise ComponentRefused("form_dynamic", "texts computed by an expression are not supported.")
    return text


def _flag(values: Mapping[str, Any], name: str) -> bool:
    value = values.get(name, False)
    if not isinstance(value, bool):
        raise ComponentRefused("form_validation", f"'{name}' must be true or false.")
    return value


def _number(values: Mapping[str, Any], name: str) -> int | float | None:
    value = values.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,10})?", value, re.ASCII):
        value = float(value) if "." in value else int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ComponentRefused("form_validation", f"'{name}' must be a number.")
    return value


def _count(values: Mapping[str, Any], name: str) -> int | None:
    value = _number(values, name)
    if value is None:
        return None
    if not isinstance(value, int) or value < 0:
        raise ComponentRefused("form_validation", f"'{name}' must be a whole number from 0.")
    return value


def _increment(component: Mapping[str, Any]) -> int | float | None:
    value = _number(component, "increment")
    if value is not None and value <= 0:
        raise ComponentRefused("form_validation", "'increment' must be more than 0.")
    return value


def _pattern(rules: Mapping[str, Any]) -> str:
    kind, pattern = rules.get("validationType"), rules.get("pattern")
    if kind in {"email", "phone"}:
        return str(kind)
    if not pattern:
        return ""
    try:
        matcher(str(pattern))
    except ValueError as error:
        raise ComponentRefused("form_pattern", str(error)) from None
    return str(pattern)


def _options(component: Mapping[str, Any]) -> tuple[Option, ...]:
    listed = component.get("values")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MAX_OPTIONS:
        raise ComponentRefused("form_options", f"there must be 1 to {MAX_OPTIONS} values.")
    options = []
    for each in listed:
        value = each.get("value") if isinstance(each, dict) else None
        if not isinstance(value, str) or not value:
            raise ComponentRefused("form_options", "each value must be a text that is not empty.")
        options.append(Option(value, _option_texts(each) or {"fr": value}))
    if len({option.value for option in options}) < len(options):
        raise ComponentRefused("form_options", "two options have the same value.")
    return tuple(options)


def _option_texts(option: object) -> Texts:
    if not isinstance(option, dict):
        return {}
    found = {"fr": option.get("label"), "en": option.get("label.en"), "es": option.get("label.es")}
    return {language: _static(text) for language, text in found.items() if text}


def _check_bounds(field: Field) -> None:
    wrong = (field.min is not None and field.max is not None and field.min > field.max) or (
        field.minlength is not None
        and field.maxlength is not None
        and field.minlength > field.maxlength
    )
    if wrong:
        raise ComponentRefused("form_validation", "no value lies between the bounds.")


def _with_checked_default(field: Field) -> Field:
    """The field itself, after making sure that its default would be accepted."""
    if field.default not in (None, "", [], False):
        try:
            reader_for(field)(field.default)
        except ValidationError:
            raise ComponentRefused("form_default", "the default value is not valid.") from None
    return field
