"""Small diagrams, written as text so that a test shows what a modeler would save."""

import itertools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from engine.definitions import Bundle, Catalogue, Problem, Severity

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"\n'
    '    xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"\n'
    '    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="D" targetNamespace="urn:t">\n'
)


def definitions(body: str) -> bytes:
    return f"{HEAD}{body}\n</bpmn:definitions>\n".encode()


def process(body: str, key: str = "main", attributes: str = 'isExecutable="true"') -> str:
    return f'<bpmn:process id="{key}" name="Main" {attributes}>\n{body}\n</bpmn:process>'


def diagram(body: str, *, key: str = "main", root: str = "") -> bytes:
    """A file with one process; ``root`` goes before it."""
    return definitions(f"{root}\n{process(body, key)}")


def flow(source: str, target: str, condition: str = "", identifier: str = "") -> str:
    identifier = identifier or f"{source}_to_{target}"
    start = f'<bpmn:sequenceFlow id="{identifier}" sourceRef="{source}" targetRef="{target}"'
    if not condition:
        return start + "/>"
    return (
        f"{start}><bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
        "</bpmn:sequenceFlow>"
    )


def properties(values: Mapping[str, str]) -> str:
    entries = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}"/>' for name, value in values.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{entries}</spiffworkflow:properties></bpmn:extensionElements>"
    )


def user(identifier: str, inner: str = "", **values: str) -> str:
    """A user task that anybody in the group ``ri`` may do."""
    given = {"candidateGroup": "&quot;ri&quot;", "page": "case"} | {
        name.replace("__", "."): value for name, value in values.items()
    }
    kept = {name: value for name, value in given.items() if value}
    return (
        f'<bpmn:userTask id="{identifier}" name="Faire">{properties(kept)}{inner}</bpmn:userTask>'
    )


def service(identifier: str, inner: str = "", tag: str = "serviceTask", **values: str) -> str:
    given = {"service": "notify"} | {
        name.replace("__", "."): value for name, value in values.items()
    }
    kept = {name: value for name, value in given.items() if value}
    return f'<bpmn:{tag} id="{identifier}">{properties(kept)}{inner}</bpmn:{tag}>'


def event(tag: str, identifier: str, definition: str = "", attributes: str = "") -> str:
    return f'<bpmn:{tag} id="{identifier}" {attributes}>{definition}</bpmn:{tag}>'


def timer(kind: str, text: str) -> str:
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


START = '<bpmn:startEvent id="start"/>'
END = '<bpmn:endEvent id="end"/>'


def around(*nodes: tuple[str, str], extra: str = "") -> str:
    """Start, the nodes ``(id, xml)`` one after the other, end."""
    names = ["start", *(name for name, _ in nodes), "end"]
    flows = [flow(one, two) for one, two in itertools.pairwise(names)]
    return "\n".join([START, *(xml for _, xml in nodes), END, extra, *flows])


def single(xml: str, identifier: str = "a", extra: str = "") -> str:
    return around((identifier, xml), extra=extra)


class FakeFeel:
    """Takes any expression but those with a hash sign or a doubled equals sign."""

    def check(self, expression: str) -> list[str]:
        return ["'=' compares, not '=='."] if "==" in expression or "#" in expression else []

    def check_condition(self, expression: str) -> list[str]:
        never = ["This is a number."] if expression == "1 + 1" else []
        return self.check(expression) + never

    def check_unary(self, tests: str) -> list[str]:
        return self.check(tests)


@dataclass(frozen=True)
class Finding:
    option: str
    message: str


class Quorum:
    expressions: ClassVar[frozenset[str]] = frozenset({"seats"})

    def check(self, options: Mapping[str, str]) -> Sequence[Finding]:
        if options.get("size", "1").isdigit():
            return []
        return [Finding("size", "size must be a number.")]


@dataclass(frozen=True)
class FakeField:
    key: str


@dataclass(frozen=True)
class FakeForm:
    id: str
    fields: tuple[FakeField, ...] = ()


@dataclass(frozen=True)
class FakeOutput:
    name: str


@dataclass(frozen=True)
class FakeDecision:
    id: str
    outputs: tuple[FakeOutput, ...] = ()
    requires: tuple["FakeRequirement", ...] = ()


@dataclass(frozen=True)
class FakeRequirement:
    decision: FakeDecision


def fake_form(data: bytes, file: str) -> tuple[FakeForm | None, list[Problem]]:
    schema = json.loads(data)
    if schema.get("broken"):
        return None, [Problem(Severity.ERROR, "form_component", "No such thing.", file, "", 1)]
    return FakeForm(schema["id"], tuple(FakeField(key) for key in schema.get("keys", []))), []


def fake_decisions(data: bytes, file: str) -> tuple[list[FakeDecision], list[Problem]]:
    text = data.decode()
    outputs = tuple(FakeOutput(name) for name in re.findall(r'<output [^>]*name="(\w+)"', text))
    ids = re.findall(r'<decision id="(\w+)"', text)
    needs = tuple(FakeRequirement(FakeDecision(n)) for n in re.findall(r'href="#(\w+)"', text))
    return [FakeDecision(one, outputs, needs if one == ids[-1] else ()) for one in ids], []


def fake_timer(text: str) -> None:
    if text.endswith("PT0S"):
        raise ValueError("A timer that repeats at once would never stop.")


def catalogue(**values: object) -> Catalogue:
    given: dict[str, object] = {
        "feel": FakeFeel(),
        "approval_kinds": {"quorum": Quorum()},
        "services": {"notify": frozenset({"to"})},
        "handlers": frozenset({"draft"}),
        "pages": frozenset({"case"}),
        "calendars": frozenset({"france"}),
        "compile_form": fake_form,
        "parse_decisions": fake_decisions,
        "check_timer": fake_timer,
    }
    return Catalogue(**(given | values))  # type: ignore[arg-type]


def bundle(body: str, key: str = "main", **files: bytes) -> Bundle:
    """A bundle with one process ``main``."""
    return Bundle(key, {"main.bpmn": diagram(body), **files})


def joined(split: str, join: str, more: str = "", ways: Sequence[str] = ("a", "b")) -> Bundle:
    """A gateway ``split`` whose ways, a user task each, meet at ``join``; ``more`` is added."""
    condition = {"exclusiveGateway": "x", "inclusiveGateway": "x"}.get(split, "")
    default = f' default="split_to_{ways[0]}"' if condition else ""
    body = START + flow("start", "split") + f'<bpmn:{split} id="split"{default}/>'
    for way in ways:
        body += user(way) + flow("split", way, "" if way == ways[0] else condition)
        body += flow(way, "join")
    return bundle(body + f'<bpmn:{join} id="join"/>' + flow("join", "end") + END + more)
