"""Forms changed piece by piece: what is not touched stays, what is typed is what is enforced."""

from __future__ import annotations

import json

import pytest

from engine.forms import compile_form, editing
from engine.forms.components import DISPLAY, INPUTS
from tests.builders_domain import ROOT

SHIPPED = sorted((ROOT / "bpmn").glob("*/forms/*.json"))


def typed_as_shown(schema):
    """What a page sends that shows a form and where nobody types anything."""
    return {
        piece.path: {
            "key": piece.component.get("key", ""),
            **{
                name: {each: piece.text(name, each) for each in editing.LANGUAGES}
                for name in editing.texts_of(piece.type)
            },
            **{
                name: "" if piece.setting(name) is None else str(piece.setting(name))
                for name in editing.SETTINGS.get(piece.type, ())
            },
            "values": [
                {
                    "value": each.get("value", ""),
                    "label": {
                        "fr": each.get("label", ""),
                        "en": each.get("label.en", ""),
                        "es": each.get("label.es", ""),
                    },
                }
                for each in piece.options
            ],
        }
        for piece in editing.pieces_of(schema)
    }


RICH = {
    "id": "rich",
    "exporter": {"name": "form-js", "version": "1"},
    "components": [
        {
            "id": "g",
            "type": "group",
            "label": "Un",
            "properties": {"label.en": "One", "label.es": "Uno", "mine": "kept"},
            "components": [
                {"id": "n", "type": "number", "key": "n", "validate": {"min": 0, "max": 2.5}},
                {"id": "s", "type": "separator", "layout": {"row": "Row_1"}},
            ],
        },
        {
            "id": "r",
            "type": "radio",
            "key": "r",
            "label": "Choix",
            "defaultValue": "a",
            "values": [{"value": "a", "label": "A", "label.en": "A", "other": 1}],
        },
        {"id": "t", "type": "table", "rows": [1, 2]},
    ],
}


@pytest.mark.parametrize(
    "schema", [*(json.loads(each.read_bytes()) for each in SHIPPED), RICH], ids=lambda s: s["id"]
)
def test_what_is_shown_and_not_touched_comes_back_without_loss(schema):
    before = json.dumps(schema)
    assert editing.with_typed(schema, typed_as_shown(schema)) == schema
    assert json.dumps(schema) == before


@pytest.mark.parametrize("type_", editing.SETTINGS)
def test_all_that_can_be_added_is_supported_and_only_lacks_its_words(type_):
    schema = editing.added({"id": "new", "components": []}, type_)
    form, problems = compile_form(schema, "new.json")
    allowed = {"form_untranslated", "form_empty"}
    assert {each.code for each in problems} <= allowed, problems
    assert type_ in INPUTS | DISPLAY
    assert len(form.fields) == (type_ not in editing.NAMELESS)


def test_every_field_type_of_the_server_can_be_added():
    assert set(editing.SETTINGS) >= INPUTS


@pytest.mark.parametrize(
    ("type_", "typed", "attributes"),
    [
        ("textfield", {"minLength": "2", "maxLength": "9"}, {"minlength": 2, "maxlength": 9}),
        ("textarea", {"required": "on"}, {"required": True}),
        ("textfield", {"validationType": "email"}, {"pattern": "email"}),
        ("textfield", {"pattern": "^[A-Z]+$"}, {"pattern": "^[A-Z]+$"}),
        ("number", {"min": "-1", "max": "2,5"}, {"min": -1, "max": 2.5}),
        ("number", {"decimalDigits": "2", "increment": "0.5"}, {"decimals": 2, "increment": 0.5}),
        ("datetime", {"subtype": "time"}, {"type": "time"}),
        ("checkbox", {"key": " agreed "}, {"key": "agreed"}),
    ],
)
def test_what_is_typed_is_what_the_server_enforces(type_, typed, attributes):
    schema = editing.with_typed(editing.added({"id": "f", "components": []}, type_), {"0": typed})
    (field,) = compile_form(schema, "f.json")[0].fields
    assert {name: getattr(field, name) for name in attributes} == attributes


def test_what_is_no_number_is_kept_for_the_check_to_name():
    schema = editing.added({"id": "f", "components": []}, "number")
    schema = editing.with_typed(schema, {"0": {"min": "two"}})
    assert schema["components"][0]["validate"] == {"min": "two"}
    assert [each.code for each in compile_form(schema, "f.json")[1]] == ["form_validation"]


def test_options_are_added_written_and_taken_out():
    schema = editing.with_option(RICH, "1")
    options = [
        {"value": "a", "label": {"fr": "A", "en": "A", "es": ""}},
        {"value": "b", "label": {"fr": "Bé", "en": "Bee", "es": "Be"}},
    ]
    schema = editing.with_typed(schema, {"1": {"values": options}})
    assert schema["components"][1]["values"] == [
        {"value": "a", "label": "A", "label.en": "A", "other": 1},
        {"value": "b", "label": "Bé", "label.en": "Bee", "label.es": "Be"},
    ]
    schema = editing.without_option(schema, "1", 0)
    assert [each["value"] for each in schema["components"][1]["values"]] == ["b"]


def test_components_move_among_those_beside_them():
    def names(schema):
        return [(each.path, each.name) for each in editing.pieces_of(schema)]

    assert names(RICH) == [("0", "g"), ("0-0", "n"), ("0-1", "s"), ("1", "r"), ("2", "t")]
    down = editing.moved(RICH, "0", 1)
    assert names(down) == [("0", "r"), ("1", "g"), ("1-0", "n"), ("1-1", "s"), ("2", "t")]
    assert editing.moved(down, "1", -1) == RICH
    assert editing.moved(RICH, "2", 1) == editing.moved(RICH, "0-0", -1) == RICH
    assert names(editing.removed(RICH, "0-0"))[:2] == [("0", "g"), ("0-0", "s")]


@pytest.mark.parametrize("path", ["", "9", "0-9", "1-0", "-1", "x", "0-0-0"])
def test_a_path_to_nowhere_changes_nothing(path):
    assert editing.removed(RICH, path) == editing.moved(RICH, path, 1) == RICH
    assert editing.with_option(RICH, path) == editing.without_option(RICH, path, 0) == RICH
    assert editing.with_typed(RICH, {path: {"key": "x"}}) == RICH


@pytest.mark.parametrize(
    "schema", [{}, {"components": None}, {"components": [1, None, {"type": 3}, {}]}]
)
def test_a_crooked_schema_is_walked_as_far_as_it_goes(schema):
    assert editing.with_typed(schema, {"2": {"label": {"fr": "x"}}, "3": {}}) is not None
    assert editing.added(schema, "group")["components"][-1]["type"] == "group"
