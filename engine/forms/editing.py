"""Changing a form-js schema piece by piece: what a person may set is what the server enforces.

Whatever a schema holds beyond that is kept as it is.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from engine.forms.components import CHOICES, LANGUAGES
from engine.values import Value

Schema: TypeAlias = dict[str, Any]
Typed: TypeAlias = Mapping[str, Any]
"""What was typed about one component: texts by setting, texts by language, a list of options."""

_BOUNDS: Final = ("minLength", "maxLength", "validationType", "pattern")
SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "textfield": ("required", *_BOUNDS),
    "textarea": ("required", *_BOUNDS),
    "number": ("required", "min", "max", "decimalDigits", "increment"),
    "checkbox": ("required",),
    "radio": ("required",),
    "select": ("required",),
    "checklist": ("required",),
    "datetime": ("required", "subtype"),
    "text": (),
    "group": (),
    "separator": (),
}
"""The components that can be added, with what the server enforces of each."""

SUBTYPES: Final = ("date", "time", "datetime")
FORMATS: Final = ("email", "phone")
NAMELESS: Final = frozenset({"text", "group", "separator"})
"""Components that ask nothing."""

_RULES: Final = frozenset({"required", *_BOUNDS, "min", "max"})
_NUMBERS: Final = frozenset({"minLength", "maxLength", "min", "max", "decimalDigits", "increment"})
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "text": ("text",),
    "group": ("label",),
    "separator": (),
}
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Piece:
    """A component with its place: ``path`` are the positions in the groups around it."""

    path: str
    component: Schema
    first: bool
    last: bool

    @property
    def type(self) -> str:
        """Its type, whether it is supported or not."""
        return str(self.component.get("type"))

    @property
    def name(self) -> str:
        """Under which id or key problems name it."""
        return str(self.component.get("id") or self.component.get("key") or self.type)

    @property
    def depth(self) -> int:
        """In how many groups it lies."""
        return self.path.count("-")

    def text(self, name: str, language: str) -> str:
        """A text of it in one language: the attribute is French, the others are properties."""
        source = self.component if language == "fr" else self.component.get("properties")
        where = name if language == "fr" else f"{name}.{language}"
        found = source.get(where) if isinstance(source, dict) else None
        return found if isinstance(found, str) else ""

    def setting(self, name: str) -> Value:
        """What is set under a name, None where nothing is."""
        rules = self.component.get("validate") if name in _RULES else self.component
        found: Value = rules.get(name) if isinstance(rules, dict) else None
        return found

    @property
    def options(self) -> list[Schema]:
        """Its options, without what is none."""
        listed = self.component.get("values")
        return (
            [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
        )


def texts_of(type_: str) -> tuple[str, ...]:
    """The texts a component of a type shows."""
    return _TEXTS.get(type_, ("label", "description"))


def pieces_of(schema: Schema) -> list[Piece]:
    """The components of a schema from top to bottom, those of a group after it."""
    return list(_pieces(schema.get("components"), ""))


def _pieces(components: object, before: str) -> Iterator[Piece]:
    listed = components if isinstance(components, list) else []
    for position, component in enumerate(listed):
        if isinstance(component, dict):
            path = f"{before}{position}"
            yield Piece(path, component, position == 0, position == len(listed) - 1)
            if component.get("type") == "group":
                yield from _pieces(component.get("components"), f"{path}-")


def with_typed(schema: Schema, typed: Mapping[str, Typed]) -> Schema:
    """The schema with what was typed about each component, by its path."""
    changed = copy.deepcopy(schema)
    for piece in pieces_of(changed):
        if piece.path in typed:
            _write(piece, typed[piece.path])
    return changed


def added(schema: Schema, type_: str) -> Schema:
    """The schema with one more component at its end, under a key of its own."""
    changed = copy.deepcopy(schema)
    pieces = pieces_of(changed)
    used = {piece.component.get(each) for piece in pieces for each in ("id", "key")}
    number = next(n for n in range(1, len(pieces) + 2) if not {f"field_{n}", f"text_{n}"} & used)
    component: Schema = {"id": f"field_{number}", "type": type_}
    if type_ in NAMELESS:
        component["id"] = f"text_{number}"
    else:
        component["key"] = component["id"]
    if type_ in CHOICES:
        component["values"] = [{"value": "option_1", "label": ""}]
    if type_ == "datetime":
        component["subtype"] = "date"
    if type_ == "group":
        component["components"] = []
    changed["components"] = [*(changed.get("components") or []), component]
    return changed


def moved(schema: Schema, path: str, by: int) -> Schema:
    """The schema with a component moved among those beside it; as it is at either end."""
    changed = copy.deepcopy(schema)
    listed, position = _place(changed, path)
    if listed is not None and 0 <= position + by < len(listed):
        listed.insert(position + by, listed.pop(position))
    return changed


def removed(schema: Schema, path: str) -> Schema:
    """The schema without a component and all that lies in it."""
    changed = copy.deepcopy(schema)
    listed, position = _place(changed, path)
    if listed is not None:
        listed.pop(position)
    return changed


def with_option(schema: Schema, path: str) -> Schema:
    """The schema with one more option of a component that has options."""
    changed = copy.deepcopy(schema)
    for piece in pieces_of(changed):
        if piece.path == path and piece.type in CHOICES:
            used = {each.get("value") for each in piece.options}
            number = next(n for n in range(1, len(used) + 2) if f"option_{n}" not in used)
            piece.component["values"] = [
                *piece.options,
                {"value": f"option_{number}", "label": ""},
            ]
    return changed


def without_option(schema: Schema, path: str, number: int) -> Schema:
    """The schema without one option of a component."""
    changed = copy.deepcopy(schema)
    for piece in pieces_of(changed):
        if piece.path == path and number < len(piece.options):
            piece.component["values"] = [e for n, e in enumerate(piece.options) if n != number]
    return changed


def _place(schema: Schema, path: str) -> tuple[list[Any] | None, int]:
    """The list a component lies in, and its position there; None for a path to nowhere."""
    if path not in {piece.path for piece in pieces_of(schema)}:
        return None, 0
    *groups, last = (int(each) for each in path.split("-"))
    listed = schema["components"]
    for position in groups:
        listed = listed[position]["components"]
    return listed, last


def _write(piece: Piece, typed: Typed) -> None:
    if piece.type not in SETTINGS:
        return
    for name in texts_of(piece.type):
        texts = typed.get(name)
        if isinstance(texts, dict):
            _write_texts(piece.component, name, texts)
    if isinstance(typed.get("key"), str) and piece.type not in NAMELESS:
        piece.component["key"] = typed["key"].strip()
    for name in SETTINGS.get(piece.type, ()):
        _write_setting(piece.component, name, typed)
    if piece.type in CHOICES and isinstance(typed.get("values"), list):
        old = [*piece.options, *({} for _ in typed["values"])]
        piece.component["values"] = [
            _option(old[number], each)
            for number, each in enumerate(typed["values"])
            if isinstance(each, dict)
        ]


def _write_texts(component: Schema, name: str, texts: Mapping[str, Any]) -> None:
    properties = dict(component.get("properties") or {})
    for language in LANGUAGES:
        target = component if language == "fr" else properties
        _set(target, name if language == "fr" else f"{name}.{language}", texts.get(language))
    _set(component, "properties", properties or None)


def _write_setting(component: Schema, name: str, typed: Typed) -> None:
    value: Value = typed.get(name)
    if name == "required":
        value = True if value else None
    elif name in _NUMBERS and isinstance(value, str):
        value = _number(value.strip())
    if name not in _RULES:
        _set(component, name, value)
        return
    rules = dict(component.get("validate") or {})
    _set(rules, name, value)
    _set(component, "validate", rules or None)


def _option(old: Schema, typed: Typed) -> Schema:
    option = dict(old)
    if isinstance(typed.get("value"), str):
        option["value"] = typed["value"].strip()
    texts = typed.get("label")
    if isinstance(texts, dict):
        for language in LANGUAGES:
            where = "label" if language == "fr" else f"label.{language}"
            _set(option, where, texts.get(language))
    return option


def _set(target: Schema, name: str, value: object) -> None:
    """Set what says something; what says nothing is not written."""
    if value is None or value == "":
        target.pop(name, None)
    else:
        target[name] = value


def _number(text: str) -> Value:
    """A number as JSON writes it; what is none stays as typed, for the check to name it."""
    if not _NUMBER.fullmatch(text):
        return text
    return float(text.replace(",", ".")) if re.search("[.,]", text) else int(text)
