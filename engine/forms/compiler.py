"""Reads a form-js schema. What the server could not enforce is a problem, never ignored."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

import orjson

from engine.definitions.problems import Problem, Severity
from engine.forms.components import (
    DISPLAY,
    INPUTS,
    ComponentRefused,
    field_from,
    note_from,
    texts_problem,
)
from engine.forms.model import Field, Form, Note

MAX_COMPONENTS: Final = 300
MAX_NESTING: Final = 8


def compile_form(
    schema_json: bytes | Mapping[str, Any], file: str, reserved: Collection[str] = ()
) -> tuple[Form, list[Problem]]:
    """The form in a form-js schema, and what is wrong with it.

    Keys in ``reserved`` (routing variables) are refused. A form with errors is
    returned without the components concerned; never raises for bad content.
    """
    source = schema_json if isinstance(schema_json, bytes) else orjson.dumps(schema_json)
    compiler = _Compiler(source, file, reserved)
    try:
        schema = orjson.loads(source)
    except orjson.JSONDecodeError as error:
        compiler.report("form_malformed", f"The form is not JSON: {error.msg}.", line=error.lineno)
        return Form(""), compiler.problems
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        compiler.report("form_malformed", "The form is no form-js schema: it has no components.")
        return Form(""), compiler.problems
    identifier = schema.get("id")
    if not isinstance(identifier, str) or not identifier.strip():
        compiler.report("form_without_id", "The form has no id; give it one.")
        identifier = ""
    layout = tuple(compiler.layout(schema["components"], 0))
    fields = tuple(each for each in layout if isinstance(each, Field))
    if not layout and not compiler.problems:
        message = "The form asks nothing and shows nothing: give it a field or a text."
        compiler.report("form_empty", message, severity=Severity.WARNING)
    return Form(identifier, fields, layout), compiler.problems


class _Compiler:
    """Walks the components of one form and collects the problems."""

    def __init__(self, source: bytes, file: str, reserved: Collection[str]) -> None:
        self.problems: list[Problem] = []
        self._text = source.decode("utf-8", "replace")
        self._file = file
        self._reserved = frozenset(reserved)
        self._keys: set[str] = set()
        self._seen = 0

    def report(
        self,
        code: str,
        message: str,
        component: str = "",
        line: int = 0,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem at a component, named by its id or key."""
        where = line or self._line(component)
        self.problems.append(Problem(severity, code, message, self._file, component, where))

    def layout(self, components: list[Any], depth: int) -> Iterator[Field | Note]:
        """The fields and notes of a list of components, groups flattened."""
        if depth > MAX_NESTING:
            self.report("form_too_large", f"Groups are nested deeper than {MAX_NESTING} levels.")
            return
        for component in components:
            self._seen += 1
            if self._seen > MAX_COMPONENTS:
                if self._seen == MAX_COMPONENTS + 1:
                    message = f"The form has more than {MAX_COMPONENTS} components."
                    self.report("form_too_large", message)
                return
            if not isinstance(component, dict):
                self.report("form_malformed", "A component of the form is no object.")
                continue
            yield from self._component(component, depth)

    def _component(self, component: dict[str, Any], depth: int) -> Iterator[Field | Note]:
        kind = str(component.get("type"))
        name = _name(component)
        try:
            if kind in INPUTS:
                yield self._field(component, name)
            elif kind in DISPLAY:
                yield from note_from(component)
            else:
                message = f"Components of type '{kind[:40]}' are not supported."
                self.report("form_component", message, name)
                return
            missing = texts_problem(component)
        except ComponentRefused as refused:
            self.report(refused.code, f"'{name}': {refused}", name)
            return
        if missing:
            self.report("form_untranslated", missing, name, severity=Severity.WARNING)
        if kind == "group":
            yield from self.layout(component.get("components") or [], depth + 1)

    def _field(self, component: dict[str, Any], name: str) -> Field:
        field = field_from(component)
        if field.key in self._reserved:
            raise ComponentRefused(
                "form_key_reserved", "the key is a routing variable, which no form may set."
            )
        if field.key in self._keys:
            raise ComponentRefused("form_key_twice", "another field has the same key.")
        self._keys.add(field.key)
        return field

    def _line(self, component: str) -> int:
        """The line where a component is named; 1 if it has no name."""
        position = self._text.find(json.dumps(component, ensure_ascii=False)) if component else -1
        return self._text.count("\n", 0, max(position, 0)) + 1


def _name(component: Mapping[str, Any]) -> str:
    for attribute in ("id", "key", "type"):
        if isinstance(component.get(attribute), str) and component[attribute]:
            return str(component[attribute])[:80]
    return ""
