from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.clock import FixedClock
from engine.errors import ExpressionError
from engine.feel import Feel, names
from engine.values import Value


def one(feel: Feel, expression: str, **context: Value) -> Value:
    return feel.evaluate([expression], context)[0]


@pytest.mark.parametrize(
    ("expression", "context", "expected"),
    [
        ('="coordinator:" + department', {"department": "lea"}, "coordinator:lea"),
        ("  = count(people)", {"people": ["a", "b"]}, 2),
        ("[for i in 1..3 return i * 2]", {}, [[2, 4, 6]]),
        ("{a: 1, b: [true, null]}", {}, {"a": 1, "b": [True, None]}),
        ("if n > 3 then \"many\" else \"few\"", {"n": 2}, "few"),
        ("people[item.ects >= 30].name", {"people": [{"name": "A", "ects": 30}]}, ["A"]),
        ("1 / 0", {}, None),
        ('string length("\U0001f600")', {}, 1),
        ("day of week(date(start))", {"start": "2026-01-01"}, "Thursday"),
    ],
)  # fmt: skip
def test_values(feel, expression, context, expected):
    assert one(feel, expression, **context) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('date("2026-01-31") + duration("P1M")', "2026-02-28"),
        ('date and time("2026-03-29T02:30:00")', "2026-03-29T02:30:00"),
        ('date and time("2026-03-29T02:30:00Z")', "2026-03-29T02:30:00Z"),
        ('@"2026-01-01T10:00:00@Europe/Paris"', "2026-01-01T10:00:00+01:00"),
        ('duration("PT36H")', "PT36H"),
        ('duration("P7D")', "P7D"),
        ('time("10:30:00")', "10:30:00"),
        ('[date("2026-01-01")]', ["2026-01-01"]),
    ],
)
def test_dates_and_durations_come_back_as_iso_text(feel, expression, expected):
    assert one(feel, expression) == expected


def test_now_and_today_are_the_clock_in_the_zone():
    clock = FixedClock(datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    feel = Feel(clock)
    assert feel.evaluate(["now()", "today()", 'now() > @"2026-06-30T22:00:00Z"'], {}) == [
        "2026-07-01T00:30:00",
        "2026-07-01T00:00:00",
        True,
    ]
    feel.close()


def test_all_expressions_see_one_context_and_keep_their_order(feel):
    texts = ["a", "count(l)", "a + 1", "l[2]"]
    assert feel.evaluate(texts, {"a": 1, "l": [5, 6]}) == [1, 2, 2, 6]
    assert feel.evaluate([], {}) == []


@pytest.mark.parametrize(
    "expression", ["zz", "zz > 1", "a = 1 or zz", "count(zz) > 0", "zz = null"]
)
def test_a_missing_variable_is_an_error_that_names_it(feel, expression):
    with pytest.raises(ExpressionError) as refused:
        one(feel, expression, a=1)
    assert refused.value.params["reason"] == "missing_variable"
    assert refused.value.params["variable"] == "zz"
    assert refused.value.expression == expression
    assert "zz" in refused.value.detail


def test_is_defined_may_mention_a_missing_variable(feel):
    assert one(feel, "is defined(zz)") is False
    assert one(feel, "is  defined( zz ) and a = 1", a=1) is False
    assert one(feel, "is defined(a)", a=1) is True
    assert one(feel, "is defined(a)", a=None) is False
    with pytest.raises(ExpressionError):
        one(feel, "is defined(zz) or zz > 1")


def test_only_variables_that_are_mentioned_reach_v8(feel):
    # An integer beyond 53 bits would be refused if it were shipped.
    assert one(feel, "count(l)", l=[1], big=2**60) == 1


@pytest.mark.parametrize(
    ("condition", "context"),
    [("a", {"a": "yes"}), ("a", {"a": None}), ("n > 3", {"n": None}), ("a + 1", {"a": 1}),
     ("count(l)", {"l": []}), ('"x" and true', {})],
)  # fmt: skip
def test_a_condition_must_be_true_or_false(feel, condition, context):
    with pytest.raises(ExpressionError) as refused:
        feel.conditions(["true", condition], context)
    assert refused.value.params["reason"] == "not_boolean"
    assert refused.value.expression == condition


def test_conditions(feel):
    assert feel.conditions(["a > 1", "not(a > 1)", "a in [1..3]"], {"a": 2}) == [True, False, True]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("foo(1)", "missing_variable"),
        ("a(1)", "bad_function_call"),
        ("function(x) x", "not_a_value"),
        ("[1..3]", "not_a_value"),
        ("(", "failed"),
        ("", "failed"),
        ("true < false", "failed"),
        ("a" + " " * 10_000 + "b", "too_long"),
        ("[" * 300 + "]" * 300, "too_long"),
        ("for i in 1..200000 return \"0123456789\"", "too_large"),
        ("a b" * 3, "missing_variable"),
        ('count("\ud800")', "unsafe_value"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_an_expression_error(feel, expression, reason):
    with pytest.raises(ExpressionError) as refused:
        one(feel, expression, a=1)
    assert refused.value.params["reason"] == reason


@pytest.mark.parametrize(
    "expression",
    [
        'constructor', '__proto__', '"a".constructor', 'a.__proto__', 'a.constructor',
        'constructor.constructor("return 1")()', 'globalThis', 'passerelleFeel', 'toString',
        'get value(a, "__proto__")', 'context put(a, ["__proto__", "x"], 1).x',
    ],
)  # fmt: skip
def test_javascript_is_out_of_reach(feel, expression):
    try:
        value = one(feel, expression, a={"b": 1})
    except ExpressionError:
        value = None
    assert value in (None, 1)
    assert one(feel, "count([1])") == 1


def test_names_are_the_variables_without_functions_and_paths():
    text = '= a.b > count(c) and not(d) or "e f" = g /* h */ and x in [1..max(y)]'
    assert names(text) == {"a", "c", "d", "g", "x", "y"}
