from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

import pytest

from engine.errors import ExpressionError
from engine.feel import Decision, HitPolicy
from engine.feel.dmn import parse_decisions

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def column(tag: str, name: str, kind: str, allowed: str) -> str:
    values = f"<{tag}Values><text>{escape(allowed)}</text></{tag}Values>" if allowed else ""
    if tag == "input":
        return (
            f'<input id="in_{name}"><inputExpression typeRef="{kind}"><text>{escape(name)}</text>'
            f"</inputExpression>{values}</input>"
        )
    return f'<output id="out_{name}" name="{name}" typeRef="{kind}">{values}</output>'


def rule(number: int, tests: Sequence[str], results: Sequence[str]) -> str:
    cells = "".join(f"<inputEntry><text>{escape(t)}</text></inputEntry>" for t in tests)
    cells += "".join(f"<outputEntry><text>{escape(r)}</text></outputEntry>" for r in results)
    return f'<rule id="r{number}">{cells}</rule>'


def table(
    inputs: Sequence[tuple[str, ...]],
    outputs: Sequence[tuple[str, ...]],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    policy: str = "UNIQUE",
    aggregation: str = "",
) -> str:
    head = f'hitPolicy="{policy}"' + (f' aggregation="{aggregation}"' if aggregation else "")
    columns = "".join(column("input", *(*i, "")[:3]) for i in inputs)
    columns += "".join(column("output", *(*o, "")[:3]) for o in outputs)
    rows = "".join(rule(n, *row) for n, row in enumerate(rules, 1))
    return f'<decisionTable id="t" {head}>{columns}{rows}</decisionTable>'


def file(*decisions: str) -> bytes:
    return f'<definitions xmlns="{DMN}" id="d" name="d">{"".join(decisions)}</definitions>'.encode()


def decision(logic: str, identifier: str = "fee", extra: str = "") -> str:
    return f'<decision id="{identifier}" name="{identifier}">{extra}{logic}</decision>'


def parsed(logic: str) -> Decision:
    decisions, problems = parse_decisions(file(decision(logic)), "f.dmn")
    assert problems == []
    return decisions[0]


def ranges(
    policy: str, aggregation: str = "", outputs: Sequence[str] = ("1", "2", "3")
) -> Decision:
    """Rules for n > 0, n > 10 and n > 20 with one output each."""
    tests = [["> 0"], ["> 10"], ["> 20"]]
    rules = [(test, [result]) for test, result in zip(tests, outputs, strict=True)]
    listed = '"high","middle","low"' if outputs[0].startswith('"') else ""
    return parsed(table([("n", "number")], [("out", "", listed)], rules, policy, aggregation))


@pytest.mark.parametrize(
    ("policy", "aggregation", "n", "expected", "matched"),
    [
        ("UNIQUE", "", 5, 1, ("r1",)),
        ("FIRST", "", 15, 1, ("r1",)),
        ("RULE ORDER", "", 25, [1, 2, 3], ("r1", "r2", "r3")),
        ("COLLECT", "", 15, [1, 2], ("r1", "r2")),
        ("COLLECT", "SUM", 25, 6, ("r1", "r2", "r3")),
        ("COLLECT", "MIN", 25, 1, ("r1", "r2", "r3")),
        ("COLLECT", "MAX", 25, 3, ("r1", "r2", "r3")),
        ("COLLECT", "COUNT", 25, 3, ("r1", "r2", "r3")),
        ("COLLECT", "COUNT", -1, 0, ()),
        ("COLLECT", "SUM", -1, None, ()),
        ("COLLECT", "", -1, None, ()),
        ("RULE ORDER", "", -1, None, ()),
        ("UNIQUE", "", -1, None, ()),
        ("FIRST", "", -1, None, ()),
        ("ANY", "", -1, None, ()),
    ],
)
def test_hit_policies(feel, policy, aggregation, n, expected, matched):
    decided = feel.decide(ranges(policy, aggregation), {"n": n})
    assert decided.outputs == {"out": expected}
    assert decided.matched == matched


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("PRIORITY", "high"), ("OUTPUT ORDER", ["high", "middle", "low"])],
)
def test_priorities_follow_the_order_of_the_output_values(feel, policy, expected):
    ordered = ranges(policy, outputs=('"low"', '"high"', '"middle"'))
    assert feel.decide(ordered, {"n": 25}).outputs == {"out": expected}
    assert feel.decide(ordered, {"n": -1}).outputs == {"out": None}


def test_priority_over_two_outputs_compares_the_first_one_first(feel):
    outputs = [("a", "string", '"x","y"'), ("b", "string", '"x","y"')]
    rules = [(["-"], ['"y"', '"x"']), (["-"], ['"x"', '"y"']), (["-"], ['"x"', '"x"'])]
    decided = feel.decide(parsed(table([("n", "")], outputs, rules, "PRIORITY")), {"n": 1})
    assert decided.outputs == {"a": "x", "b": "x"}
    assert decided.matched == ("r3",)


def test_unique_with_two_hits_is_an_error_that_names_the_rules(feel):
    with pytest.raises(ExpressionError) as refused:
        feel.decide(ranges("UNIQUE"), {"n": 15})
    assert refused.value.params["reason"] == "several_rules"
    assert "r1, r2" in refused.value.detail


def test_any_accepts_equal_hits_only(feel):
    same = ranges("ANY", outputs=("1", "1", "2"))
    assert feel.decide(same, {"n": 15}).outputs == {"out": 1}
    with pytest.raises(ExpressionError, match="r3"):
        feel.decide(same, {"n": 25})


@pytest.mark.parametrize(
    ("test", "value", "hit"),
    [
        ("-", None, True), ("", 1, True), ("3", 3, True), ("> 3, < 1", 0, True),
        ("not(1, 2)", 3, True), ("not(1, 2)", 2, False), ("[1..3]", 3, True), ("]1..3[", 3, False),
        ("> limit", 11, True), ("? + 1 = 4", 3, True), ("null", None, True), ("3", None, False),
    ],
)  # fmt: skip
def test_unary_tests(feel, test, value, hit):
    one = parsed(table([("n", "number")], [("out", "boolean")], [([test], ["true"])]))
    assert feel.decide(one, {"n": value, "limit": 10}).outputs["out"] is (True if hit else None)


def test_text_inputs_are_converted_to_the_type_of_their_column(feel):
    test = '[date("2026-09-01")..date("2027-08-31")]'
    one = parsed(table([("start", "date")], [("year", "string")], [([test], ['"2026/27"'])]))
    assert feel.decide(one, {"start": "2026-10-01"}).outputs == {"year": "2026/27"}
    assert feel.decide(one, {"start": "2025-10-01"}).outputs == {"year": None}
    with pytest.raises(ExpressionError) as refused:
        feel.decide(one, {"start": "soon"})
    assert refused.value.params["reason"] == "wrong_type"


def test_outputs_are_expressions_over_the_variables(feel):
    outputs = [("group", "string"), ("due", "date"), ("nothing", "")]
    results = ['"coordinator:" + department', 'date("2026-01-31") + duration("P1M")', ""]
    one = parsed(table([("n", "")], outputs, [(["-"], results)]))
    assert feel.decide(one, {"n": 1, "department": "lea"}).outputs == {
        "group": "coordinator:lea",
        "due": "2026-02-28",
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("logic", "context", "reason"),
    [
        (table([("n", "number")], [("o", "")], [(["-"], ["1"])]), {"n": "x"}, "wrong_type"),
        (table([("n", "")], [("o", "string")], [(["-"], ["1"])]), {"n": 1}, "wrong_type"),
        (table([("n", "")], [("o", "")], [(["zz"], ["1"])]), {"n": 1}, "missing_variable"),
        (table([("n", "")], [("o", "")], [(["-"], ["zz"])]), {"n": 1}, "missing_variable"),
        (table([("n", "")], [("o", "")], [(["-"], ["1"])]), {}, "missing_variable"),
        (table([("n", "", "1,2")], [("o", "")], [(["-"], ["1"])]), {"n": 3}, "not_allowed"),
        (table([("n", "")], [("o", "", "1,2")], [(["-"], ["3"])]), {"n": 3}, "not_allowed"),
        (table([("n", "")], [("o", "")], [(["-"], ['"x"'])], "COLLECT", "SUM"), {"n": 1},
         "wrong_type"),
        (table([("n", "")], [("o", "")], [(["> ("], ["1"])]), {"n": 1}, "failed"),
        (table([("n", "")], [("o", "")], [(["count(for i in 1..1000000000 return i) > ?"], ["1"])]),
         {"n": 1}, "memory"),
    ],
)  # fmt: skip
def test_what_a_table_cannot_decide_is_an_error(feel, logic, context, reason):
    with pytest.raises(ExpressionError) as refused:
        feel.decide(parsed(logic), context)
    found = refused.value.params["reason"]
    assert found == reason or {found, reason} == {"memory", "timeout"}


def test_a_failing_cell_names_its_rule(feel):
    one = parsed(table([("n", "")], [("o", "")], [(["1"], ["1"]), (["zz"], ["1"])]))
    with pytest.raises(ExpressionError, match=r"rule r2") as refused:
        feel.decide(one, {"n": 2})
    assert refused.value.expression == "zz"


def test_a_table_is_one_call_of_v8(feel, monkeypatch):
    calls = []
    real = feel._isolate.call
    monkeypatch.setattr(feel._isolate, "call", lambda *a: calls.append(a[0]) or real(*a))
    rules = [([f"{n}"], [f"{n}"]) for n in range(40)]
    feel.decide(parsed(table([("n", "number")], [("o", "number")], rules)), {"n": 7})
    assert calls == ["decide"]


def requires(*identifiers: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="#{i}"/></informationRequirement>'
        for i in identifiers
    )


def literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def test_required_decisions_come_first_and_are_variables(feel):
    found, problems = parse_decisions(
        file(
            decision(table([("base", "number")], [("total", "number")],
                           [(["> 10"], ["base * extra.n"])]), "total", requires("base", "extra")),
            decision(literal("n * 2"), "base"),
            decision(table([], [("n", "number"), ("m", "")], [([], ["3", "4"])]), "extra",
                     requires("base")),
        ),
        "f.dmn",
    )  # fmt: skip
    assert problems == []
    assert [each.id for each in found] == ["total", "base", "extra"]
    assert feel.decide(found[0], {"n": 6}).outputs == {"total": 36}
    assert feel.decide(found[1], {"n": 6}).outputs == {"base": 12}
    assert found[1].hit_policy is HitPolicy.FIRST


INPUT = '<input id="i"><inputExpression><text>n</text></inputExpression></input>'
OUTPUT = '<output id="o" name="o"/>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<decision id="a" name="a"/>', "dmn_no_logic"),
        ('<decision name="a"/>', "dmn_id_missing"),
        (decision(literal("1"), "a") * 2, "dmn_id_twice"),
        ('<businessKnowledgeModel id="b" name="b"/>', "dmn_unsupported"),
        ('<decisionService id="b" name="b"/>', "dmn_unsupported"),
        (decision("<context/>"), "dmn_unsupported"),
        (decision("<invocation/>"), "dmn_unsupported"),
        (decision(literal("1"), extra="<knowledgeRequirement/>"), "dmn_unsupported"),
        (decision(literal("")), "dmn_no_expression"),
        (decision('<literalExpression expressionLanguage="juel"><text>1</text>'
                  "</literalExpression>"), "dmn_language"),
        (decision(f'<decisionTable hitPolicy="BEST">{INPUT}{OUTPUT}</decisionTable>'),
         "dmn_hit_policy"),
        (decision(f'<decisionTable aggregation="SUM">{INPUT}{OUTPUT}</decisionTable>'),
         "dmn_aggregation"),
        (decision(f'<decisionTable hitPolicy="COLLECT" aggregation="AVG">{INPUT}{OUTPUT}'
                  "</decisionTable>"), "dmn_aggregation"),
        (decision(f'<decisionTable hitPolicy="PRIORITY">{INPUT}{OUTPUT}</decisionTable>'),
         "dmn_no_priorities"),
        (decision(f"<decisionTable>{INPUT}</decisionTable>"), "dmn_no_output"),
        (decision(f"<decisionTable>{INPUT}{OUTPUT}{OUTPUT}</decisionTable>"), "dmn_output_twice"),
        (decision(f'<decisionTable>{INPUT}<output name="two words"/></decisionTable>'),
         "dmn_output_name"),
        (decision(f'<decisionTable>{INPUT}<output name="o" typeRef="tPerson"/></decisionTable>'),
         "dmn_type"),
        (decision(f"<decisionTable><input/>{OUTPUT}</decisionTable>"), "dmn_no_expression"),
        (decision(f"<decisionTable>{INPUT}{OUTPUT}<rule><inputEntry><text>1</text></inputEntry>"
                  "</rule></decisionTable>"), "dmn_rule_shape"),
        (decision(f'<decisionTable>{INPUT}<output name="o"><defaultOutputEntry><text>1</text>'
                  "</defaultOutputEntry></output></decisionTable>"), "dmn_unsupported"),
        (decision(literal("1"), extra=requires("zz")), "dmn_required_missing"),
        (decision(literal("1"), extra=requires("fee")), "dmn_required_cycle"),
        ("".join(decision(literal("1"), f"d{n}", requires(f"d{n + 1}")) for n in range(90)),
         "dmn_required_cycle"),
        (decision(literal("1"), "a", requires("fee")) + decision("<context/>"),
         "dmn_required_broken"),
    ],
)  # fmt: skip
def test_what_is_not_supported_is_a_problem_with_a_line(content, code):
    _, problems = parse_decisions(file(content), "f.dmn")
    assert code in {problem.code for problem in problems}
    assert all(problem.line >= 1 and problem.file == "f.dmn" for problem in problems)
    assert all(problem.message.endswith(".") for problem in problems)


@pytest.mark.parametrize(
    "data",
    [b"", b"<", b"<a/>", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', b"\xff\xfe<", b"<a>" * 500],
)
def test_files_that_are_no_dmn_are_problems(data):
    decisions, problems = parse_decisions(data, "f.dmn")
    assert decisions == []
    assert problems


def test_the_line_of_a_problem_is_the_line_of_the_file():
    data = file("\n\n" + decision(literal("1"), "a") + "\n<businessKnowledgeModel/>")
    _, problems = parse_decisions(data, "f.dmn")
    assert [problem.line for problem in problems] == [4]


def test_diamonds_of_required_decisions_are_evaluated_once_each(feel):
    layers = [decision(literal("1"), "d0_a"), decision(literal("1"), "d0_b")]
    for n in range(1, 20):
        extra = requires(f"d{n - 1}_a", f"d{n - 1}_b")
        layers += [decision(literal(f"d{n - 1}_a"), f"d{n}_{side}", extra) for side in "ab"]
    found, problems = parse_decisions(file(*layers), "f.dmn")
    assert problems == []
    assert feel.decide(found[-1], {}).outputs == {"d19_b": 1}
