"""A step as the fields of a form and back: who, what, what with, what is expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from workflows.scenarios.loading import ScenarioInvalid, flattened, plain_value
from workflows.scenarios.schemas import load_step
from workflows.scenarios.sheet import Row, written, written_lines

KINDS = ("do", "complete", "message", "wait", "until", "expect")
"""What a step can do; each is also the name of its main value."""

NOTHING = "–"
"""How a list is typed of which nothing is expected, other than one that is not asked for."""

_LISTS = ("open", "running", "finished", "terminated")
_MEMBER = ("do", "complete")
_DECIDED = ("outcome", "reason")
_NAMES = frozenset({"as", "error", *_DECIDED, *KINDS})

Fields = Mapping[str, str]


def fields_of(row: Row) -> dict[str, str]:
    """The fields of a step: ``kind``, ``who``, ``what``, ``outcome``, ``reason``, ``error``,
    the lists of an expectation, and as YAML ``more``.
    """
    if "refuse" in row:
        inner = {name: value for name, value in row["refuse"].items() if name != "error"}
        return {**fields_of(inner), "error": _text(row["refuse"]["error"])}
    kind = next(each for each in KINDS if each in row)
    if kind == "expect":
        asked = dict(row["expect"])
        lists = {name: _listed(asked.pop(name)) for name in _LISTS if name in asked}
        return {"kind": kind, **lists, "more": written_lines(asked)}
    rest = {name: value for name, value in row.items() if name not in (kind, "as", *_DECIDED)}
    value = row[kind]
    what = value if isinstance(value, str) else value.isoformat()
    decided = {name: str(row[name]) for name in _DECIDED if name in row}
    return {
        "kind": kind,
        "who": row.get("as", ""),
        "what": what,
        **decided,
        "more": written_lines(rest),
    }


def row_of(fields: Fields) -> Row:
    """The step that a form describes. Raises ScenarioInvalid with what is wrong with it."""
    kind = fields.get("kind", "")
    if kind not in KINDS:
        raise ScenarioInvalid([f"A step is one of {', '.join(KINDS)}."])
    more = _mapping(fields.get("more", ""))
    row: Row
    if kind == "expect":
        lists = {name: fields[name] for name in _LISTS if fields.get(name, "").strip()}
        row = {"expect": {**{name: _names(text) for name, text in lists.items()}, **more}}
    else:
        doubled = sorted(_NAMES & more.keys())
        if doubled:
            raise ScenarioInvalid([f"{', '.join(doubled)} has a field of its own."])
        row = {kind: fields.get("what", "").strip(), **_people(kind, fields), **more}
    error = fields.get("error", "").strip()
    if error:
        row = {"refuse": {**row, "error": plain_value(error, "error")}}
    try:
        load_step(row)
    except ValidationError as refused:
        wrong = {refused.field_name: refused.messages}
        raise ScenarioInvalid(list(flattened(wrong))) from refused
    return row


def _people(kind: str, fields: Fields) -> dict[str, str]:
    found = {}
    if kind in _MEMBER and fields.get("who", "").strip():
        found["as"] = fields["who"].strip()
    if kind == "complete":
        found |= {name: fields[name] for name in _DECIDED if fields.get(name)}
    return found


def _mapping(text: str) -> dict[str, Any]:
    found = plain_value(text, "more")
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise ScenarioInvalid(["more:1: Write names with their values, as in 'number: 2'."])
    return found


def _text(value: object) -> str:
    return written(value) if value else ""


def _listed(names: list[str]) -> str:
    return ", ".join(names) or NOTHING


def _names(text: str) -> list[str]:
    return [name for name in map(str.strip, text.split(",")) if name not in ("", NOTHING, "-")]
