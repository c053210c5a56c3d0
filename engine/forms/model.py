"""What a form is to the rest of the engine: its fields, its texts, its validation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from marshmallow import Schema

from engine.forms.schema import schema_for, validate
from engine.values import Value

Texts: TypeAlias = Mapping[str, str]
"""A text by language: ``fr``, ``en``, ``es``."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers of a radio, select or checklist field."""

    value: str
    labels: Texts


@dataclass(frozen=True, slots=True)
class Field:
    """A question of a form.

    ``type`` is textfield, textarea, number, checkbox, radio, select, checklist,
    date, time or datetime. ``pattern`` is a regular expression of the simple
    kind, or the name ``email`` or ``phone``. ``decimals`` is how many decimal
    digits a number may have (None: any), ``increment`` what it must be a
    multiple of, ``as_text`` whether it is kept as text. ``default`` is what a
    page shows before anything was typed.
    """

    key: str
    type: str
    labels: Texts
    descriptions: Texts = field(default_factory=dict)
    required: bool = False
    min: int | float | None = None
    max: int | float | None = None
    minlength: int | None = None
    maxlength: int | None = None
    pattern: str = ""
    decimals: int | None = None
    increment: int | float | None = None
    as_text: bool = False
    values: tuple[Option, ...] = ()
    default: Value = None


@dataclass(frozen=True, slots=True)
class Note:
    """What a form shows between its questions; ``kind`` is heading, text or separator."""

    kind: str
    texts: Texts


@dataclass(frozen=True)
class Form:
    """A compiled form; ``layout`` holds fields and notes in the order of the page."""

    id: str
    fields: tuple[Field, ...] = ()
    layout: tuple[Field | Note, ...] = ()

    @cached_property
    def schema(self) -> Schema:
        """The marshmallow schema that validates a submission."""
        return schema_for(self.fields)

    def validate(self, data: Mapping[str, object]) -> dict[str, Value]:
        """The values for all fields of the form, absent answers being null, false or [].

        Takes JSON values as well as the texts an HTML form sends. Raises
        InvalidInput with message codes by field, never anything else.
        """
        return validate(self.schema, data)
