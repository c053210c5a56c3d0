from __future__ import annotations

import json
import math
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.definitions import Severity
from engine.errors import InvalidInput
from engine.forms import Form, compile_form
from engine.forms.patterns import matcher


def component(kind: str, key: str = "x", **attributes: Any) -> dict[str, Any]:
    texts = {"label": "Frage", "properties": {"label.en": "Question", "label.es": "Pregunta"}}
    return {"type": kind, "id": f"f_{key}", "key": key, **texts, **attributes}


def schema(*components: Any, identifier: str = "f") -> dict[str, Any]:
    return {"type": "default", "id": identifier, "schemaVersion": 17, "components": components}


def form(*components: Any) -> Form:
    compiled, problems = compile_form(schema(*components), "forms/f.json")
    assert problems == []
    return compiled


def options(*values: str) -> list[dict[str, str]]:
    return [{"value": v, "label": v, "label.en": v, "label.es": v} for v in values]


def codes(compiled: Form, value: object, key: str = "x") -> list[str]:
    with pytest.raises(InvalidInput) as refused:
        compiled.validate({key: value})
    return refused.value.errors[key]


TEXT = {"required": True, "minLength": 2, "maxLength": 5}
ACCEPTED = [
    (component("textfield"), "Ana", "Ana"),
    (component("textfield"), "a\r\nb\tc", "a b c"),
    (component("textfield"), "", None),
    (component("textfield"), None, None),
    (component("textfield", validate=TEXT), "  abcde  ", "  abcde  "),
    (component("textfield", validate={"pattern": "^[A-Z]{2}[0-9]+$"}), "FR12", "FR12"),
    (component("textfield", validate={"validationType": "email"}), "a.b+c@uu.se", "a.b+c@uu.se"),
    (component("textfield", validate={"validationType": "phone"}), "+33561504250", "+33561504250"),
    (component("textarea"), "<b>x</b>\r\n{{y}}", "<b>x</b>\n{{y}}"),
    (component("textarea", validate={"maxLength": 2}), "\U0001f600", "\U0001f600"),
    (component("number"), 3, 3),
    (component("number"), 3.0, 3),
    (component("number"), "3,5", 3.5),
    (component("number"), " -2 ", -2),
    (component("number"), "", None),
    (component("number", validate={"min": 0, "max": 60}), 60, 60),
    (component("number", decimalDigits=2), "1.50", 1.5),
    (component("number", decimalDigits=0), 4.0, 4),
    (component("number", increment=0.5), 2.5, 2.5),
    (component("number", serializeToString=True), "1.50", "1.50"),
    (component("number", validate={"required": True}), 0, 0),
    (component("checkbox"), True, True),
    (component("checkbox"), "on", True),
    (component("checkbox"), "false", False),
    (component("checkbox"), None, False),
    (component("radio", values=options("a", "b")), "b", "b"),
    (component("select", values=options("a", "b")), "", None),
    (component("checklist", values=options("a", "b", "c")), ["c", "a", "c"], ["a", "c"]),
    (component("checklist", values=options("a", "b")), "a", ["a"]),
    (component("checklist", values=options("a", "b")), None, []),
    (component("datetime", subtype="date"), "2028-02-29", "2028-02-29"),
    (component("datetime"), "2026-01-01", "2026-01-01"),
    (component("datetime", subtype="time"), "09:30", "09:30"),
    (component("datetime", subtype="datetime"), "2026-01-01T09:30+01:00", "2026-01-01T09:30+01:00"),
]


@pytest.mark.parametrize(("asked", "given", "kept"), ACCEPTED)
def test_what_form_js_accepts_is_accepted(asked, given, kept):
    result = form(asked).validate({"x": given})
    assert result == {"x": kept}
    assert type(result["x"]) is type(kept)


REFUSED = [
    (component("textfield", validate={"required": True}), "", "required"),
    (component("textfield", validate=TEXT), "a", "too_short:2"),
    (component("textfield", validate=TEXT), "abcdef", "too_long:5"),
    (component("textfield"), 3, "not_text"),
    (component("textfield"), ["a"], "not_text"),
    (component("textfield"), "a\x00b", "invalid_characters"),
    (component("textarea"), "\ud800", "invalid_characters"),
    (component("textarea"), "x" * 10_001, "too_long:10000"),
    (component("textarea"), " " * 10_001 + "x", "too_long:10000"),
    (component("textarea", validate={"maxLength": 1}), "\U0001f600", "too_long:1"),
    (component("textfield", validate={"pattern": "^[A-Z]{2}$"}), "FR\n", "pattern"),
    (component("textfield", validate={"pattern": "^[A-Z]{2}$"}), "FRA", "pattern"),
    (component("textfield", validate={"pattern": "^a+$"}), "a" * 300, "pattern"),
    (component("textfield", validate={"validationType": "email"}), "a@", "not_an_email"),
    (component("textfield", validate={"validationType": "phone"}), "0561", "not_a_phone"),
    (component("number"), "x", "not_a_number"),
    (component("number"), True, "not_a_number"),
    (component("number"), math.nan, "not_a_number"),
    (component("number"), math.inf, "not_a_number"),
    (component("number"), "NaN", "not_a_number"),
    (component("number"), "1e5", "not_a_number"),
    (component("number"), "٣", "not_a_number"),
    (component("number"), 10**400, "too_large:9007199254740991"),
    (component("number"), 2**53, "too_large:9007199254740991"),
    (component("number"), 1e300, "too_large:9007199254740991"),
    (component("number", validate={"min": 0, "max": 60}), 61, "out_of_range:0:60"),
    (component("number", validate={"min": 0, "max": 60}), -0.5, "out_of_range:0:60"),
    (component("number", validate={"min": 1}), 0, "too_small:1"),
    (component("number", validate={"max": 1}), 2, "too_large:1"),
    (component("number", decimalDigits=0), 1.5, "not_an_integer"),
    (component("number", decimalDigits=1), "1.25", "too_many_decimals:1"),
    (component("number", increment=0.5), 0.3, "not_a_multiple:0.5"),
    (component("number", validate={"required": True}), "", "required"),
    (component("checkbox", validate={"required": True}), False, "required"),
    (component("checkbox"), "yes", "not_a_boolean"),
    (component("checkbox"), 1, "not_a_boolean"),
    (component("radio", values=options("a")), "b", "not_an_option"),
    (component("radio", values=options("a")), ["a"], "not_an_option"),
    (component("select", values=options("a"), validate={"required": True}), "", "required"),
    (component("checklist", values=options("a"), validate={"required": True}), [], "required"),
    (component("checklist", values=options("a")), ["a", {}], "not_an_option"),
    (component("checklist", values=options("a")), {"a": 1}, "wrong_type"),
    (component("checklist", values=options("a")), ["a"] * 501, "wrong_type"),
    (component("datetime", subtype="date"), "2026-02-29", "not_a_date"),
    (component("datetime", subtype="date"), "20260101", "not_a_date"),
    (component("datetime", subtype="date"), 20260101, "not_a_date"),
    (component("datetime", subtype="time"), "25:00", "not_a_time"),
    (component("datetime", subtype="datetime"), "2026-01-01", "not_a_date"),
]


@pytest.mark.parametrize(("asked", "given", "code"), REFUSED)
def test_what_form_js_refuses_is_refused_with_a_code(asked, given, code):
    assert codes(form(asked), given) == [code]


def test_absent_answers_are_null_false_and_empty():
    compiled = form(
        component("textfield", "t"),
        component("checkbox", "c"),
        component("checklist", "l", values=options("a")),
    )
    assert compiled.validate({}) == {"t": None, "c": False, "l": []}


def test_an_absent_required_answer_is_missing():
    compiled = form(component("textfield", "t", validate={"required": True}))
    with pytest.raises(InvalidInput) as refused:
        compiled.validate({})
    assert refused.value.errors == {"t": ["required"]}


def test_unknown_fields_are_refused_beside_the_other_errors():
    compiled = form(component("number"))
    with pytest.raises(InvalidInput) as refused:
        compiled.validate({"x": "?", "check_outcome": "approve", "y": 1})
    assert refused.value.errors == {
        "x": ["not_a_number"],
        "check_outcome": ["unknown_field"],
        "y": ["unknown_field"],
    }


def test_a_flood_of_unknown_fields_gives_a_short_answer():
    with pytest.raises(InvalidInput) as refused:
        form(component("number")).validate({f"k{n}": n for n in range(5000)})
    assert len(refused.value.errors) == 50


@pytest.mark.parametrize("data", [None, [], "x", 3])
def test_a_submission_that_is_no_object_is_refused(data):
    with pytest.raises(InvalidInput) as refused:
        form(component("number")).validate(data)
    assert refused.value.errors == {"_schema": ["wrong_type"]}


def test_groups_are_flattened_and_texts_kept_in_place():
    note = {"type": "text", "id": "n", "text": "<b>*Bonjour*</b>",
            "properties": {"text.en": "Hello", "text.es": "Hola"}}  # fmt: skip
    compiled = form(
        {"type": "group", "id": "g", "label": "Séjour",
         "properties": {"label.en": "Stay", "label.es": "Estancia"},
         "components": [component("textfield", "a"), {"type": "group", "id": "h", "components": [
             component("number", "b")]}]},
        note,
        {"type": "separator", "id": "s"},
        {"type": "spacer", "id": "sp"},
        {"type": "button", "id": "bt", "label": "Envoyer",
         "properties": {"label.en": "Send", "label.es": "Enviar"}},
    )  # fmt: skip
    assert [field.key for field in compiled.fields] == ["a", "b"]
    heading, a, _b, text, line = compiled.layout
    assert heading.kind == "heading"
    assert heading.texts == {"fr": "Séjour", "en": "Stay", "es": "Estancia"}
    assert a is compiled.fields[0]
    assert text.texts["fr"] == "<b>*Bonjour*</b>"
    assert line.kind == "separator"


def test_a_field_tells_what_a_page_needs():
    [field] = form(
        component("select", "kind", description="Aide", defaultValue="b",
                  values=options("a", "b"), validate={"required": True})
    ).fields  # fmt: skip
    assert (field.key, field.type, field.required, field.default) == ("kind", "select", True, "b")
    assert field.labels == {"fr": "Frage", "en": "Question", "es": "Pregunta"}
    assert field.descriptions == {"fr": "Aide"}
    assert [option.value for option in field.values] == ["a", "b"]


def nested(depth: int) -> dict[str, Any]:
    inner: dict[str, Any] = component("number")
    for level in range(depth):
        inner = {"type": "group", "id": f"g{level}", "components": [inner]}
    return inner


PROBLEMS = [
    ([{"type": "html", "id": "h", "content": "<script>"}], "form_component"),
    ([{"type": "image", "id": "h"}], "form_component"),
    ([{"type": "iframe", "id": "h"}], "form_component"),
    ([{"type": "dynamiclist", "id": "h", "path": "p"}], "form_component"),
    ([{"type": "expression", "id": "h", "key": "e"}], "form_component"),
    ([{"type": ["textfield"], "id": "h"}], "form_component"),
    ([{"id": "h"}], "form_component"),
    ([3], "form_malformed"),
    ([component("textfield", conditional={"hide": "=a"})], "form_dynamic"),
    ([component("textfield", readonly=True)], "form_dynamic"),
    ([component("textfield", disabled=True)], "form_dynamic"),
    ([component("select", valuesExpression="=l")], "form_dynamic"),
    ([component("select", valuesKey="l")], "form_dynamic"),
    ([component("textfield", label="=name")], "form_dynamic"),
    ([component("textfield", label="Hello {{name}}")], "form_dynamic"),
    ([component("datetime", disallowPassedDates=True)], "form_dynamic"),
    ([component("textfield", label=3)], "form_malformed"),
    ([component("textfield", properties=[1])], "form_malformed"),
    ([component("textfield", "a.b")], "form_key"),
    ([component("textfield", "_x")], "form_key"),
    ([component("textfield", "")], "form_key"),
    ([{"type": "textfield", "id": "h", "label": "x"}], "form_key"),
    ([component("textfield"), component("number")], "form_key_twice"),
    ([component("textfield", "check_outcome")], "form_key_reserved"),
    ([component("select")], "form_options"),
    ([component("select", values=[])], "form_options"),
    ([component("select", values=[{"label": "a", "value": 1}])], "form_options"),
    ([component("select", values=options("a", "a"))], "form_options"),
    ([component("number", validate={"min": "=x"})], "form_validation"),
    ([component("number", validate={"min": True})], "form_validation"),
    ([component("number", validate={"min": 3, "max": 2})], "form_validation"),
    ([component("number", validate={"required": "yes"})], "form_validation"),
    ([component("number", validate={"unheard": 1})], "form_validation"),
    ([component("number", validate=[1])], "form_validation"),
    ([component("number", increment=0)], "form_validation"),
    ([component("number", decimalDigits=-1)], "form_validation"),
    ([component("textfield", validate={"maxLength": 1.5})], "form_validation"),
    ([component("textfield", validate={"pattern": "^(a+)+$"})], "form_pattern"),
    ([component("number", defaultValue="x")], "form_default"),
    ([component("select", values=options("a"), defaultValue="b")], "form_default"),
    ([component("datetime", subtype="month")], "form_component"),
    ([{"type": "group", "id": "g", "path": "p", "components": []}], "form_path"),
    ([{"type": "group", "id": "g", "components": {}}], "form_malformed"),
    ([nested(10)], "form_too_large"),
    ([component("textfield", f"k{n}") for n in range(301)], "form_too_large"),
]


@pytest.mark.parametrize(("components", "code"), PROBLEMS)
def test_what_the_server_could_not_enforce_is_a_problem(components, code):
    source = json.dumps(schema(*components)).encode()
    _, problems = compile_form(source, "forms/f.json", reserved={"check_outcome"})
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    assert [problem.code for problem in errors] == [code]
    assert all(problem.line >= 1 and problem.message.endswith(".") for problem in errors)
    assert all(problem.file == "forms/f.json" for problem in errors)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "form_malformed"), (b"{", "form_malformed"), (b"\xff", "form_malformed"),
        (b"[]", "form_malformed"), (b"NaN", "form_malformed"), (b'{"id":"f"}', "form_malformed"),
        (b'{"id":"f","components":{}}', "form_malformed"),
        (b"[" * 100_000, "form_malformed"),
        (b'{"components":[]}', "form_without_id"),
        (b'{"id":" ","components":[]}', "form_without_id"),
        (b'{"id":3,"components":[]}', "form_without_id"),
    ],
)  # fmt: skip
def test_files_that_are_no_form_are_problems(data, code):
    _, problems = compile_form(data, "forms/f.json")
    assert [problem.code for problem in problems] == [code]


def test_a_missing_translation_is_a_warning_that_names_it():
    bare = {"type": "textfield", "id": "f1", "key": "a", "label": "Nom"}
    compiled, [problem] = compile_form(schema(bare), "forms/f.json")
    assert problem.severity is Severity.WARNING
    assert problem.message == "'a' is not written in en, es."
    assert compiled.fields[0].labels == {"fr": "Nom"}


def test_the_line_of_a_problem_is_the_line_of_its_component():
    source = b'{"id": "f", "components": [\n{"type": "number", "key": "n", "label": "N",\n'
    source += b'"properties": {"label.en": "N", "label.es": "N"}},\n{"type": "html", "id": "h"}]}'
    _, [problem] = compile_form(source, "forms/f.json")
    assert (problem.line, problem.element_id) == (4, "h")


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        (r"^[A-Z]{2}\d{3,5}$", ["FR123", "FR12345"], ["fr123", "FR12", "FR123\n", "FR١٢٣"]),
        (r"^\d+(?:x)$", [], []),
        (r"^.+@.+\..+$", ["a@b.c"], ["a@b", "a\n@b.c"]),
        (r"^\$[^,]*$", ["$", "$1"], ["$1,"]),
        (r"^[\w.-]+$", ["a_b.c-d"], ["é", ""]),
        (r"^[a\-z\]]+$", ["a-]z"], ["b"]),
        (r"^[a-\d]$", ["a", "-", "5"], ["b"]),
        (r"^[&&a]{1,}$", ["&a"], ["b"]),
        ("^a?b?c?$", ["", "abc"], ["cb"]),
        ("^$", [""], ["a"]),
        (r"^\s$", ["\u00a0", " "], ["x"]),
    ],
)
def test_simple_patterns_mean_what_they_mean_in_javascript(pattern, yes, no):
    if "(" in pattern:
        with pytest.raises(ValueError, match="simple"):
            matcher(pattern)
        return
    matches = matcher(pattern)
    assert all(matches(text) for text in yes)
    assert not any(matches(text) for text in no)


@pytest.mark.parametrize(
    "pattern",
    [
        "a+", "^a+", "a+$", "^(a+)+$", "^a|b$", r"^a\1$", "^a**$", "^a+?$", "^[z-a]$", "^[$",
        "^[]$", "^a{5,2}$", "^a{999}$", "^a*b*c*d*$", "^" + "a?" * 30 + "$", r"^\u0041$",
        r"^\bx$", "^a{,3}$",
        "^(?=a)$", "^" + "a" * 300 + "$", "^*$", "^\\$",
    ],
)  # fmt: skip
def test_other_patterns_are_refused(pattern):
    with pytest.raises(ValueError, match="pattern"):
        matcher(pattern)


@pytest.mark.parametrize("pattern", ["^.*.*.*x$", "^[a-z]+[a-z]+[a-z]+x$", "email", "phone"])
def test_the_slowest_pattern_that_is_accepted_is_fast_enough(pattern):
    matches = matcher(pattern)
    start = time.process_time()
    for text in ("a" * 256, "a@" + "a." * 127, "+1" * 128):
        matches(text)
    assert time.process_time() - start < 1.0


json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.sampled_from(["a", "b", "on", "1.5", "2026-01-01", "09:30", "a@b.c", "1e9", "\x00"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
EVERYTHING = [
    component("textfield", "t", validate={"maxLength": 10, "pattern": "^[a-z]*$"}),
    component("textfield", "e", validate={"validationType": "email"}),
    component("textarea", "m", validate={"minLength": 2}),
    component("number", "n", validate={"min": -5, "max": 5}, decimalDigits=2),
    component("number", "s", serializeToString=True, increment=0.1),
    component("checkbox", "c", validate={"required": True}),
    component("radio", "r", values=options("a", "b")),
    component("checklist", "l", values=options("a", "b")),
    component("datetime", "d", subtype="date"),
    component("datetime", "dt", subtype="datetime"),
    component("datetime", "ti", subtype="time"),
]
KEYS = ["t", "e", "m", "n", "s", "c", "r", "l", "d", "dt", "ti", "zz"]


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.dictionaries(st.sampled_from(KEYS), json_values), json_values))
def test_any_json_is_either_accepted_or_invalid_input(data):
    compiled = form(*EVERYTHING)
    errors: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    try:
        values = compiled.validate(data)
    except InvalidInput as refused:
        errors = refused.errors
    if not values:
        assert errors
        assert all(code for found in errors.values() for code in found)
        return
    assert values.keys() == set(KEYS) - {"zz"}
    json.dumps(values, allow_nan=False).encode()
    assert compiled.validate(values) == values


schemas = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False, allow_infinity=False),
              st.sampled_from(["textfield", "number", "select", "group", "=x", "a", ""])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["id", "type", "key", "label", "validate", "values", "components",
                             "properties", "min", "pattern", "value", "required", "subtype"]),
            inner, max_size=6),
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(schemas)
def test_any_json_is_compiled_or_refused(content):
    compiled, problems = compile_form(schema(content), "f.json")
    assert problems or compiled.layout
    compile_form(json.dumps(content).encode(), "f.json")
