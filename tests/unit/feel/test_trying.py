"""A decision tried with what somebody types: the variables it reads, as the engine holds them."""

from __future__ import annotations

import pytest

from engine.feel.blank import blank_decision
from engine.feel.dmn import parse_decisions
from engine.feel.trying import context_of, value_of, variables_of
from tests.builders_domain import ROOT

CHAIN = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" namespace="x">
<decision id="points"><variable name="points"/>
  <literalExpression><text>credits * factor</text></literalExpression>
</decision>
<decision id="verdict">
  <informationRequirement><requiredDecision href="#points"/></informationRequirement>
  <decisionTable hitPolicy="FIRST">
    <input><inputExpression typeRef="number"><text>points</text></inputExpression></input>
    <input><inputExpression typeRef="boolean"><text>late</text></inputExpression></input>
    <output name="verdict"/>
    <rule>
      <inputEntry><text>&gt;= limit</text></inputEntry>
      <inputEntry><text>false</text></inputEntry>
      <outputEntry><text>"yes"</text></outputEntry>
    </rule>
  </decisionTable>
</decision></definitions>"""


def test_asked_are_the_variables_of_the_table_and_of_those_it_requires():
    decisions = {each.id: each for each in parse_decisions(CHAIN, "a.dmn")[0]}
    assert variables_of(decisions["verdict"]) == {
        "late": "boolean",
        "limit": "",
        "credits": "",
        "factor": "",
    }


def test_what_is_left_empty_does_not_exist():
    decisions = {each.id: each for each in parse_decisions(CHAIN, "a.dmn")[0]}
    typed = {"late": "false", "limit": " 3 ", "credits": "", "other": "1"}
    assert context_of(decisions["verdict"], typed) == {"late": False, "limit": 3}


@pytest.mark.parametrize(
    ("text", "type_", "value"),
    [
        ("5", "number", 5),
        ("2,5", "number", 2.5),
        ("five", "number", "five"),
        ("5", "string", "5"),
        ("true", "boolean", True),
        ("perhaps", "boolean", "perhaps"),
        ("2027-01-31", "date", "2027-01-31"),
        ("5", "", 5),
        ('["a", 1]', "", ["a", 1]),
        ("usal.es", "", "usal.es"),
        ("NaN", "", "NaN"),
        ("[" * 50_000, "", "[" * 50_000),
    ],
)
def test_what_is_typed_is_read_as_its_column_says(text, type_, value):
    assert value_of(text, type_) == value


def test_every_shipped_decision_reads_variables_that_can_be_typed():
    for file in sorted((ROOT / "bpmn").glob("*/*.dmn")):
        for decision in parse_decisions(file.read_bytes(), file.name)[0]:
            shown = variables_of(decision)
            assert {
                each.expression for each in decision.inputs if each.expression.isidentifier()
            } <= (shown.keys() | {each.variable for each in decision.requires}), file


def test_a_new_table_can_be_read():
    (decision,), problems = parse_decisions(blank_decision("points"), "points.dmn")
    assert (decision.id, problems) == ("points", [])
