"""Diagrams for the kernel's tests, written in one line a flow.

``start:start -> review:user -> done:end`` declares elements where they first
appear, ``a -> b [x]`` is a conditional flow, ``a -> b [default]`` the default one.
Kinds are the keys of ``KINDS``; an event takes its name after ``=``
(``paid:catch-message=payment``), a boundary event its host after ``@``
(``late:on-timer@review``, non-interrupting ``late:on-timer+@review``), a
subprocess its body and a call its process after ``=``.
"""

from __future__ import annotations

from itertools import pairwise

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:tns="urn:test">'
)

KINDS = {
    "start": "startEvent",
    "end": "endEvent",
    "throw": "intermediateThrowEvent",
    "catch": "intermediateCatchEvent",
    "on": "boundaryEvent",
    "task": "task",
    "user": "userTask",
    "service": "serviceTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "rule": "businessRuleTask",
    "sub": "subProcess",
    "call": "callActivity",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "race": "eventBasedGateway",
}
TIMERS = {"timer": "timeDuration", "cycle": "timeCycle", "date": "timeDate"}
REFERENCES = {
    "message": ("messageRef", "name"),
    "signal": ("signalRef", "name"),
    "error": ("errorRef", "errorCode"),
    "escalation": ("escalationRef", "escalationCode"),
}


def diagram(flows: str, process: str = "main", **bodies: str) -> bytes:
    """A file with one process. ``bodies`` are flows of subprocesses and XML of loop markers."""
    writer = _Writer(bodies)
    inside = writer.container(flows)
    roots = "".join(sorted(writer.roots))
    return f'{HEAD}<process id="{process}">{inside}</process>{roots}</definitions>'.encode()


def over(items: str, *, sequential: bool = False, output: str = "", until: str = "") -> str:
    """A multi-instance marker over a variable, its items called ``item``, results ``result``."""
    gathered = f"<loopDataOutputRef>{output}</loopDataOutputRef>" if output else ""
    result = '<outputDataItem id="result"/>' if output else ""
    enough = f"<completionCondition>{until}</completionCondition>" if until else ""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{int(sequential)}">'
        f"<loopDataInputRef>{items}</loopDataInputRef>{gathered}"
        f'<inputDataItem id="item"/>{result}{enough}</multiInstanceLoopCharacteristics>'
    )


class _Writer:
    def __init__(self, bodies: dict[str, str]) -> None:
        self.bodies = bodies
        self.roots: set[str] = set()
        self.flow_count = 0

    def container(self, flows: str) -> str:
        nodes: dict[str, list[str]] = {}
        arrows: list[str] = []
        for line in filter(None, map(str.strip, flows.strip().splitlines())):
            line, _, condition = line.rstrip("]").partition("[")
            names = [self.declare(nodes, part.strip()) for part in line.split("->")]
            for number, (source, target) in enumerate(pairwise(names), 1):
                last = number == len(names) - 1
                arrows.append(self.flow(nodes, source, target, condition if last else ""))
        written = "".join(f"<{tag}{more}>{inside}</{tag}>" for tag, more, inside in nodes.values())
        return written + "".join(arrows)

    def flow(self, nodes: dict[str, list[str]], source: str, target: str, condition: str) -> str:
        self.flow_count += 1
        name, inside = f"f{self.flow_count}", ""
        if condition.strip() == "default":
            nodes[source][1] += f' default="{name}"'
        elif condition:
            inside = f"<conditionExpression>{condition.strip()}</conditionExpression>"
        return (
            f'<sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">'
            f"{inside}</sequenceFlow>"
        )

    def declare(self, nodes: dict[str, list[str]], text: str) -> str:
        name, declared, kind = text.partition(":")
        if declared:
            kind, _, host = kind.partition("@")
            kind, _, value = kind.partition("=")
            interrupting = not kind.endswith("+")
            kind, _, event = kind.rstrip("+").partition("-")
            more = f' id="{name}"'
            if host:
                more += f' attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"'
            inside = self.bodies.get(f"{name}_marker", "")
            extra, content = self.content(kind, event, value)
            nodes[name] = [KINDS[kind], more + extra, inside + content]
        return name

    def content(self, kind: str, event: str, value: str) -> tuple[str, str]:
        if kind == "sub":
            return "", self.container(self.bodies[value])
        if kind == "call":
            return f' calledElement="{value}"', ""
        if kind == "receive":
            return f' messageRef="{self.root("message", value)}"', ""
        if kind == "rule":
            called = f"<spiffworkflow:calledDecisionId>{value}</spiffworkflow:calledDecisionId>"
            return "", f"<extensionElements>{called}</extensionElements>"
        return "", self.definition(event, value) if event else ""

    def definition(self, event: str, value: str) -> str:
        if event in TIMERS:
            return (
                f"<timerEventDefinition><{TIMERS[event]}>{value or 'P1D'}</{TIMERS[event]}>"
                "</timerEventDefinition>"
            )
        if event == "terminate" or not value:
            return f"<{event}EventDefinition/>"
        reference, _ = REFERENCES[event]
        return f'<{event}EventDefinition {reference}="{self.root(event, value)}"/>'

    def root(self, event: str, value: str) -> str:
        _, attribute = REFERENCES[event]
        self.roots.add(f'<{event} id="{event}_{value}" {attribute}="{value}"/>')
        return f"{event}_{value}"
