from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    "expression",
    [
        "a = 1", "=a = 1", "not(a)", "(x in [0..250]) and y", "x in (1, 2) and y",
        "string length(a) > 3", "is defined(a)", "for my item in l return my item + 1",
        "some p in people satisfies p.ects > 3", "{a b: 1}.a b", "sort(l, function(a, b) a < b)",
        'date and time("2026-01-01T00:00:00")', "x between 1 and 5 and y", "now() > x", "1.5 > -a",
        "if a then 1 else 2", "a.b.c", "l[item > 3]", '@"P7D"', "every x in l satisfies x",
    ],
)  # fmt: skip
def test_what_feel_means_as_it_is_written_passes(feel, expression):
    assert feel.check(expression) == []


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("a == 1", '"=="'),
        ("a => 1", '"=>"'),
        ("a <> 1", '"<>"'),
        ("not denied", "not(denied)"),
        ("a and not denied", "not(denied)"),
        ("x in [0..250] and y", "parentheses"),
        ("x in [1, 2] or y", "parentheses"),
        ("a > 1e5", "exponent"),
        ("foo(3) = 1", 'no function "foo"'),
        ("starts(a, b)", 'no function "starts"'),
        ("total amount > 3", "spaces"),
        ("a instance of number", "instance of"),
        ("a &&  b", 'from "&&'),
        ("a = 'x'", "cannot be read"),
        ("a and", "incomplete"),
        ("", "incomplete"),
        ("a;b", "character 2"),
        ("(" * 300, "levels"),
        ("a" * 10_001, "longer"),
        ("\ud800", "no text"),
    ],
)
def test_what_means_something_else_is_said(feel, expression, said):
    sentences = feel.check(expression)
    assert any(said in sentence for sentence in sentences), sentences
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize("expression", ['"yes"', "1", "a + b", "[a]", "{a: 1}", '("x")', "null"])
def test_a_condition_that_can_never_be_boolean_is_said(feel, expression):
    assert feel.check(expression) == []
    assert any("condition" in sentence for sentence in feel.check_condition(expression))


def test_a_proper_condition_passes(feel):
    assert feel.check_condition('decision = "ok"') == []
    assert feel.check_condition("approved") == []


@pytest.mark.parametrize("tests", ["", "-", "> 5", "> 5, < 3", '"a","b"', 'not("a")', "[1..3]"])
def test_unary_tests_pass(feel, tests):
    assert feel.check_unary(tests) == []


@pytest.mark.parametrize("tests", ["== 3", ">", '"a" "b"', "not 3", "foo(?)"])
def test_wrong_unary_tests_are_said(feel, tests):
    assert feel.check_unary(tests)
