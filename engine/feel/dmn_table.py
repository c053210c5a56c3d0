"""The inside of a decision: a table, or a literal expression as a table of one rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine.definitions.problems import Problem, Severity
from engine.definitions.xmlns import Node, attribute, line_of, local_name, nearest_id, text_of
from engine.feel.decision import Aggregation, HitPolicy, Input, Output, Rule

#: typeRef of a column -> the FEEL type that is asked for; "" accepts any.
TYPES: Final[Mapping[str, str]] = {
    "": "",
    "Any": "",
    "boolean": "boolean",
    "date": "date",
    "dateTime": "date and time",
    "dayTimeDuration": "duration",
    "double": "number",
    "integer": "number",
    "long": "number",
    "number": "number",
    "string": "string",
    "time": "time",
    "yearMonthDuration": "duration",
}
MAX_RULES: Final = 2_000
MAX_COLUMNS: Final = 50


@dataclass
class Findings:
    """Collects the problems of one file."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, code: str, node: Node, message: str, severity: Severity = Severity.ERROR) -> None:
        """Note a problem at an element."""
        self.problems.append(
            Problem(severity, code, message, self.file, nearest_id(node), line_of(node))
        )

    def errors_since(self, number: int) -> bool:
        """Whether an error was noted after the first ``number`` problems."""
        return any(problem.severity is Severity.ERROR for problem in self.problems[number:])


@dataclass(frozen=True, slots=True)
class Logic:
    """What a table says."""

    hit_policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]


def read_logic(decision: Node, logic: Node, findings: Findings) -> Logic:
    """Read a decisionTable or a literalExpression; meaningless if it notes an error."""
    if local_name(logic) == "literalExpression":
        return _literal(decision, logic, findings)
    policy, aggregation = _policy(logic, findings)
    inputs = tuple(_input(node, findings) for node in _named(logic, "input"))
    nodes = list(_named(logic, "output"))
    outputs = tuple(_output(decision, node, len(nodes), findings) for node in nodes)
    rules = tuple(
        _rule(node, number, inputs, outputs, findings)
        for number, node in enumerate(_named(logic, "rule"), 1)
    )
    _refuse_others(logic, {"input", "output", "rule", "annotation"}, findings)
    _check_shape(logic, policy, outputs, len(inputs), len(rules), findings)
    return Logic(policy, aggregation, inputs, outputs, rules)


def _named(node: Node, local: str) -> Iterator[Node]:
    return (child for child in node if local_name(child) == local)


def _refuse_others(node: Node, known: set[str], findings: Findings) -> None:
    for child in node:
        local = local_name(child)
        if local and local not in known | {"description", "extensionElements"}:
            findings.add(
                "dmn_unsupported",
                child,
                f"A {local} is not supported in a {local_name(node)}; remove it.",
            )


def _check_shape(
    table: Node, policy: str, outputs: tuple[Output, ...], columns: int, rules: int, found: Findings
) -> None:
    names = [output.name for output in outputs]
    if not names:
        found.add("dmn_no_output", table, "The table has no output.")
    if len(set(names)) < len(names):
        found.add("dmn_output_twice", table, "Two outputs have the same name.")
    if columns + len(names) > MAX_COLUMNS or rules > MAX_RULES:
        found.add(
            "dmn_too_large",
            table,
            f"The table has more than {MAX_COLUMNS} columns or {MAX_RULES} rules.",
        )
    ordered = {HitPolicy.PRIORITY.value, HitPolicy.OUTPUT_ORDER.value}
    if policy in ordered and not any(output.allowed for output in outputs):
        found.add(
            "dmn_no_priorities",
            table,
            f"The hit policy {policy} needs output values: their order is the priority.",
        )


def _policy(table: Node, findings: Findings) -> tuple[str, str]:
    policy = attribute(table, "hitPolicy") or HitPolicy.UNIQUE.value
    aggregation = attribute(table, "aggregation")
    if policy not in set(HitPolicy):
        findings.add("dmn_hit_policy", table, f"There is no hit policy '{policy[:40]}'.")
        return HitPolicy.UNIQUE.value, ""
    if aggregation and policy != HitPolicy.COLLECT:
        findings.add("dmn_aggregation", table, "Only the hit policy COLLECT has an aggregation.")
    elif aggregation and aggregation not in set(Aggregation):
        findings.add("dmn_aggregation", table, f"There is no aggregation '{aggregation[:40]}'.")
    else:
        return policy, aggregation
    return policy, ""


def _type(node: Node, findings: Findings) -> str:
    reference = attribute(node, "typeRef").removeprefix("feel:")
    if reference not in TYPES:
        findings.add("dmn_type", node, f"The type '{reference[:60]}' is not supported.")
    return TYPES.get(reference, "")


def _text(node: Node | None, findings: Findings) -> str:
    """The FEEL text inside an expression element; other languages are refused."""
    if node is None:
        return ""
    language = attribute(node, "expressionLanguage")
    if language and "feel" not in language.lower():
        findings.add("dmn_language", node, f"'{language[:60]}' is not FEEL.")
    _refuse_others(node, {"text"}, findings)
    return text_of(next(_named(node, "text"), None))


def _only(node: Node, local: str) -> Node | None:
    return next(_named(node, local), None)


def _input(node: Node, findings: Findings) -> Input:
    expression = _only(node, "inputExpression")
    text = _text(expression, findings)
    if expression is None or not text:
        findings.add("dmn_no_expression", node, "The input has no expression.")
        return Input("", "")
    _refuse_others(node, {"inputExpression", "inputValues"}, findings)
    return Input(
        label=attribute(node, "label") or text,
        expression=text,
        type=_type(expression, findings),
        allowed=_text(_only(node, "inputValues"), findings),
    )


def _output(decision: Node, node: Node, number: int, findings: Findings) -> Output:
    name = attribute(node, "name")
    if not name and number == 1:
        name = _variable_name(decision)
    if not name.isidentifier():
        findings.add(
            "dmn_output_name",
            node,
            f"The output's name '{name[:60]}' cannot be a variable; write a word without spaces.",
        )
    _refuse_others(node, {"outputValues"}, findings)
    return Output(name, _type(node, findings), _text(_only(node, "outputValues"), findings))


def _variable_name(decision: Node) -> str:
    variable = _only(decision, "variable")
    named = "" if variable is None else attribute(variable, "name")
    return named if named.isidentifier() else attribute(decision, "id")


def _rule(
    node: Node,
    number: int,
    inputs: tuple[Input, ...],
    outputs: tuple[Output, ...],
    findings: Findings,
) -> Rule:
    tests = tuple(_text(entry, findings) for entry in _named(node, "inputEntry"))
    results = tuple(_text(entry, findings) for entry in _named(node, "outputEntry"))
    if len(tests) != len(inputs) or len(results) != len(outputs):
        findings.add("dmn_rule_shape", node, "The rule has not one entry for each column.")
    _refuse_others(node, {"inputEntry", "outputEntry", "annotationEntry"}, findings)
    return Rule(attribute(node, "id") or f"rule {number}", tests, results, line_of(node))


def _literal(decision: Node, node: Node, findings: Findings) -> Logic:
    text = _text(node, findings)
    name = _variable_name(decision)
    if not text:
        findings.add("dmn_no_expression", node, "The literal expression is empty.")
    if not name.isidentifier():
        findings.add("dmn_output_name", node, f"'{name[:60]}' cannot be a variable.")
    rule = Rule(attribute(node, "id") or "expression", (), (text,), line_of(node))
    output = Output(name, _type(node, findings))
    return Logic(HitPolicy.FIRST.value, "", (), (output,), (rule,))
