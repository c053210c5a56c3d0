"""What is compiled to Python must answer exactly as V8 does, or leave it to V8."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import ExpressionError
from engine.feel import Feel, native
from engine.feel.isolate import Isolate
from engine.values import Value

NAMES = ["a", "b", "decision", "ects_total", "x1", "count", "notice", "orders", "y"]
VALUES: list[Value] = [
    None, True, False, 0, 1, -1, 2, 2.0, 2.5, 0.1, 1e21, -0.0, 30, 2**53 - 1,
    "", "ok", "no", "2", "true", "null", " ok", "é", "\U0001f600", "\uffff",
    [], [1], ["ok"], {"a": 1},
]  # fmt: skip
LITERALS = [
    "null", "true", "false", "0", "1", "2", "2.0", "2.5", "0.1", "007", "-1", "-2.5", "-0",
    '""', '"ok"', '"no"', '"2"', '"é"', '"a//b"', '"\U0001f600"',
]  # fmt: skip

operands = st.sampled_from(NAMES + LITERALS)


def expressions() -> st.SearchStrategy[str]:
    def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pair = st.tuples(inner, inner)
        spaces = st.sampled_from([" ", "  ", "\n"])
        return st.one_of(
            st.builds(
                lambda p, op, s: f"{p[0]}{s}{op}{s}{p[1]}",
                pair,
                st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "and", "or", "+"]),
                spaces,
            ),
            inner.map(lambda e: f"({e})"),
            inner.map(lambda e: f"( {e} )"),
        )

    return st.recursive(operands, extend, max_leaves=8)


contexts = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), min_size=5)


@pytest.fixture(scope="module")
def isolate() -> Isolate:
    return Isolate(seconds=5)


def in_v8(isolate: Isolate, texts: list[str], context: Mapping[str, Value]) -> list[dict]:
    request = {"expressions": texts, "context": dict(context), "offset": 0}
    return isolate.call("evaluate", request)["results"]


def kind(value: object) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


@settings(max_examples=150, deadline=None)
@given(texts=st.lists(expressions(), min_size=10, max_size=25), context=contexts)
def test_a_native_answer_is_the_answer_of_v8(isolate, texts, context):
    answers = [native.evaluate(text, context) for text in texts]
    for text, mine, theirs in zip(texts, answers, in_v8(isolate, texts, context), strict=True):
        if mine is native.UNDECIDED:
            continue
        assert "error" not in theirs, (text, context, mine, theirs)
        assert mine == theirs["value"], (text, context)
        assert kind(mine) == kind(theirs["value"]), (text, context)


@settings(max_examples=300, deadline=None)
@example(text="- 0")
@example(text="-0")
@example(text="a -1")
@given(text=st.text(alphabet='ab0123.()"=<>!+-andornotif \n\\/,[]é_', max_size=20))
def test_a_text_that_is_compiled_is_also_one_for_v8(isolate, text):
    compiled = native.compile_plain(text)
    if compiled is None:
        return
    context: dict[str, Value] = {"a": 1, "b": 2}
    mine = compiled(context)
    if mine is not native.UNDECIDED:
        theirs = in_v8(isolate, [text], context)[0]
        assert mine == theirs.get("value", theirs), text


@pytest.mark.parametrize(
    "text",
    [
        'decision = "ok" and ects_total >= 30',
        '"coordinator:" + decision',
        "decision",
        "true",
        '(decision = "no" or ects_total < 30) and decision != null',
        "ects_total + 1 > 3",
    ],
)
def test_what_gateways_usually_ask_needs_no_v8(text):
    context: dict[str, Value] = {"decision": "ok", "ects_total": 30}
    assert native.evaluate(text, context) is not native.UNDECIDED


@pytest.mark.parametrize(
    "text",
    [
        "a == 1", "not a", "not(a)", "count(a)", "a in [1]", "a.b", "a[1]", "1e5", ".5", "a b",
        "a - 1", "a * 2", '"a\\n"', "date", "if a then b else c", "a = 1 = true", "", "(", "()",
        "a and", "// a", "a /* b */ = 1", "=", "é", "function", "1.2.3", "a=", '"', "a" * 2001,
        "(" * 41 + "a" + ")" * 41,
    ],
)  # fmt: skip
def test_everything_else_is_left_to_v8(text):
    assert native.compile_plain(text) is None


def test_integers_javascript_would_round_are_never_compared(feel: Feel):
    big = {"a": 2**53 + 1, "b": 2**53}
    assert native.evaluate("a = b", big) is native.UNDECIDED
    with pytest.raises(ExpressionError) as refused:
        feel.evaluate(["a = b"], big)
    assert refused.value.params["reason"] == "unsafe_value"
    assert feel.evaluate(["a"], big) == [2**53 + 1]


def test_a_result_is_a_copy_of_the_variable(feel: Feel):
    context: dict[str, Value] = {"people": [{"name": "Ana"}]}
    [result] = feel.evaluate(["people"], context)
    assert result == context["people"]
    assert result is not context["people"]
