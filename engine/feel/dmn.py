"""Reads DMN 1.1 to 1.5 files: decision tables and literal expressions, FEEL only.

What the engine would not execute as it is written (boxed contexts, knowledge
models, other expression languages, default outputs, ...) is a problem with a
line, never ignored. Expressions themselves are not checked here: ``Feel.check``
does that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engine.definitions.guard import read_xml
from engine.definitions.problems import Problem
from engine.definitions.xmlns import Node, attribute, is_element, line_of, local_name, split
from engine.feel.decision import Aggregation, Decision, HitPolicy, Requirement
from engine.feel.dmn_table import Findings, read_logic

__all__ = ["Decision", "parse_decisions"]

NAMESPACES: Final = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
MAX_CHAIN: Final = 50
#: Parts of a file that say nothing about how a decision is made.
IGNORED: Final = frozenset(
    {
        "association",
        "authorityRequirement",
        "description",
        "elementCollection",
        "extensionElements",
        "group",
        "inputData",
        "itemDefinition",
        "knowledgeSource",
        "organizationUnit",
        "performanceIndicator",
        "textAnnotation",
    }
)
IGNORED_IN_DECISION: Final = IGNORED | {
    "allowedAnswers",
    "decisionMaker",
    "decisionOwner",
    "impactedPerformanceIndicator",
    "question",
    "supportedObjective",
    "usingProcess",
    "usingTask",
    "variable",
}


def parse_decisions(xml: bytes, file: str) -> tuple[list[Decision], list[Problem]]:
    """The decisions of a DMN file in the order of the file, and what is wrong with it.

    A decision with problems is left out. Never raises for bad content.
    """
    root, refused = read_xml(file, xml)
    if root is None:
        return [], refused
    findings = Findings(file)
    namespace, local = split(str(root.tag))
    if local != "definitions" or namespace not in NAMESPACES:
        findings.add("dmn_not_dmn", root, "The file is not a DMN 1.1 to 1.5 model.")
        return [], findings.problems
    reader = _Reader(findings, list(_decision_nodes(root, findings)))
    return reader.decisions(), findings.problems


def _decision_nodes(root: Node, findings: Findings) -> Iterator[Node]:
    namespace = split(str(root.tag))[0]
    seen: set[str] = set()
    for node in _children(root):
        local = local_name(node)
        if split(str(node.tag))[0] != namespace or local in IGNORED:
            continue
        if local != "decision":
            findings.add("dmn_unsupported", node, f"A {local} is not supported; remove it.")
        elif not attribute(node, "id"):
            findings.add("dmn_id_missing", node, "The decision has no id; give it one.")
        elif attribute(node, "id") in seen:
            findings.add("dmn_id_twice", node, "Another decision of this file has the same id.")
        else:
            seen.add(attribute(node, "id"))
            yield node


def _children(node: Node) -> Iterable[Node]:
    return (child for child in node if is_element(child))


class _Reader:
    """Turns decision nodes into decisions, those required first."""

    def __init__(self, findings: Findings, nodes: list[Node]) -> None:
        self._findings = findings
        self._nodes: Mapping[str, Node] = {attribute(node, "id"): node for node in nodes}
        self._done: dict[str, Decision | None] = {}
        self._open: list[str] = []

    def decisions(self) -> list[Decision]:
        """All decisions without problems."""
        read = [self._decision(identifier) for identifier in self._nodes]
        return [decision for decision in read if decision is not None]

    def _decision(self, identifier: str) -> Decision | None:
        if identifier not in self._done:
            self._open.append(identifier)
            self._done[identifier] = self._read(self._nodes[identifier])
            self._open.pop()
        return self._done[identifier]

    def _read(self, node: Node) -> Decision | None:
        before = len(self._findings.problems)
        identifier = attribute(node, "id")
        logic = None
        requires: list[Requirement] = []
        for child in _children(node):
            local = local_name(child)
            if local in {"decisionTable", "literalExpression"} and logic is None:
                logic = child
            elif local == "informationRequirement":
                requires.extend(self._requirements(child))
            elif local not in IGNORED_IN_DECISION:
                self._findings.add(
                    "dmn_unsupported", child, f"A {local} is not supported in a decision."
                )
        if logic is None:
            self._findings.add(
                "dmn_no_logic", node, "The decision has neither a table nor a literal expression."
            )
            return None
        read = read_logic(node, logic, self._findings)
        if self._findings.errors_since(before):
            return None
        return Decision(
            id=identifier,
            name=attribute(node, "name") or identifier,
            hit_policy=HitPolicy(read.hit_policy),
            aggregation=Aggregation(read.aggregation) if read.aggregation else None,
            inputs=read.inputs,
            outputs=read.outputs,
            rules=read.rules,
            requires=tuple(requires),
            file=self._findings.file,
            line=line_of(node),
        )

    def _requirements(self, node: Node) -> Iterator[Requirement]:
        for child in _children(node):
            if local_name(child) != "requiredDecision":
                continue
            target = attribute(child, "href").removeprefix("#")
            if target not in self._nodes:
                self._findings.add(
                    "dmn_required_missing",
                    child,
                    f"The required decision '{target[:80]}' is not in this file.",
                )
            elif target in self._open or len(self._open) >= MAX_CHAIN:
                self._findings.add(
                    "dmn_required_cycle",
                    child,
                    f"Decisions require each other in a circle, or in a chain over {MAX_CHAIN}.",
                )
            elif (decision := self._decision(target)) is not None:
                yield from self._requirement(child, decision)
            else:
                self._findings.add(
                    "dmn_required_broken", child, f"The required decision '{target}' has problems."
                )

    def _requirement(self, node: Node, decision: Decision) -> Iterator[Requirement]:
        variable = _variable(self._nodes[decision.id]) or decision.name
        if variable.isidentifier():
            yield Requirement(variable, decision)
        else:
            self._findings.add(
                "dmn_variable_name",
                node,
                f"The result of '{decision.id}' is named '{variable[:80]}': expressions cannot"
                " read it; give its variable a name without spaces.",
            )


def _variable(node: Node) -> str:
    for child in _children(node):
        if local_name(child) == "variable":
            return attribute(child, "name")
    return ""
