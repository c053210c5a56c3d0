"""Builders: diagrams and bundles written as a few lines of Python."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from engine.definitions import Bundle

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="http://example.org/bpmn">\n'
)


def properties(values: dict[str, str]) -> str:
    """The extension element that holds properties."""
    if not values:
        return ""
    inner = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return (
        "<bpmn:extensionElements><spiffworkflow:properties>"
        f"{inner}</spiffworkflow:properties></bpmn:extensionElements>"
    )


@dataclass
class Diagram:
    """A process with one pool, drawn node by node.

    ``lanes`` maps a lane's name to the FEEL of its candidate group. Nodes without
    a lane of their own lie in the first one.
    """

    key: str = "case"
    lanes: dict[str, str] = field(default_factory=lambda: {"Office": '"office"'})
    process_properties: dict[str, str] = field(default_factory=dict)
    _nodes: list[tuple[str, str, str]] = field(default_factory=list)
    _flows: list[str] = field(default_factory=list)
    _messages: dict[str, str] = field(default_factory=dict)

    def node(
        self,
        kind: str,
        id_: str,
        *,
        inner: str = "",
        attributes: str = "",
        lane: str | None = None,
        **named: str,
    ) -> Diagram:
        """Add any flow node; ``named`` are properties (``approval_size``: ``approval.size``)."""
        values = {name.replace("_", "."): value for name, value in named.items()}
        xml = (
            f"<bpmn:{kind} id={quoteattr(id_)} name={quoteattr(id_)} {attributes}>"
            f"{properties(values)}{inner}</bpmn:{kind}>"
        )
        self._nodes.append((id_, lane or next(iter(self.lanes)), xml))
        return self

    def start(self, id_: str = "begin") -> Diagram:
        """Add a start event."""
        return self.node("startEvent", id_)

    def end(self, id_: str = "finish") -> Diagram:
        """Add an end event."""
        return self.node("endEvent", id_)

    def user(self, id_: str, *, lane: str | None = None, **named: str) -> Diagram:
        """Add a user task."""
        return self.node("userTask", id_, lane=lane, **named)

    def service(self, id_: str, service: str, **named: str) -> Diagram:
        """Add a service task."""
        return self.node("serviceTask", id_, service=service, **named)

    def gateway(self, id_: str, kind: str = "exclusive", default: str = "") -> Diagram:
        """Add a gateway; ``default`` is the id of its default flow."""
        attributes = f"default={quoteattr(default)}" if default else ""
        return self.node(f"{kind}Gateway", id_, attributes=attributes)

    def boundary(
        self, id_: str, host: str, definition: str, *, interrupting: bool = True
    ) -> Diagram:
        """Add a boundary event with this event definition (XML)."""
        return self.node(
            "boundaryEvent",
            id_,
            attributes=f'attachedToRef="{host}" cancelActivity="{str(interrupting).lower()}"',
            inner=definition,
        )

    def catch(self, id_: str, definition: str) -> Diagram:
        """Add an intermediate catch event with this event definition (XML)."""
        return self.node("intermediateCatchEvent", id_, inner=definition)

    def message(self, name: str) -> str:
        """Declare a message and return its event definition."""
        self._messages.setdefault(name, f"message_{name}")
        return f'<bpmn:messageEventDefinition messageRef="{self._messages[name]}"/>'

    def flow(self, *nodes: str, condition: str = "", id_: str = "") -> Diagram:
        """Connect nodes in a row; a condition belongs to the first of the flows."""
        for source, target in itertools.pairwise(nodes):
            name = id_ or f"{source}_to_{target}"
            inner = (
                f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                f"{condition.replace('&', '&amp;').replace('<', '&lt;')}"
                "</bpmn:conditionExpression>"
                if condition
                else ""
            )
            self._flows.append(
                f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">'
                f"{inner}</bpmn:sequenceFlow>"
            )
            condition, id_ = "", ""
        return self

    def xml(self) -> bytes:
        """The diagram as BPMN 2.0."""
        messages = "".join(
            f'<bpmn:message id="{id_}" name="{name}"/>' for name, id_ in self._messages.items()
        )
        lanes = "".join(
            f'<bpmn:lane id="lane_{number}" name={quoteattr(name)}>'
            f"{properties({'candidateGroup': group} if group else {})}"
            + "".join(
                f"<bpmn:flowNodeRef>{id_}</bpmn:flowNodeRef>"
                for id_, lane, _ in self._nodes
                if lane == name
            )
            + "</bpmn:lane>"
            for number, (name, group) in enumerate(self.lanes.items())
        )
        nodes = "\n".join(xml for _, _, xml in self._nodes)
        return (
            f"{_HEAD}{messages}"
            f'<bpmn:collaboration id="pool"><bpmn:participant id="participant" name="Pool" '
            f'processRef="{self.key}"/></bpmn:collaboration>'
            f'<bpmn:process id="{self.key}" name="{self.key}" isExecutable="true">'
            f"{properties(self.process_properties)}"
            f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>\n'
            f"{nodes}\n" + "\n".join(self._flows) + "</bpmn:process></bpmn:definitions>"
        ).encode()

    def bundle(self, **files: bytes) -> Bundle:
        """The diagram and other files as a bundle (``forms__a_json`` is ``forms/a.json``)."""
        others = {name.replace("__", "/").replace("_", "."): data for name, data in files.items()}
        return Bundle(self.key, {f"{self.key}.bpmn": self.xml(), **others})


def timer(kind: str, text: str) -> str:
    """A timer event definition: ``timeDuration``, ``timeDate`` or ``timeCycle``."""
    return (
        f'<bpmn:timerEventDefinition><bpmn:{kind} xsi:type="bpmn:tFormalExpression">{text}'
        f"</bpmn:{kind}></bpmn:timerEventDefinition>"
    )


def approvals(key: str = "approval", steps: int = 5, loop: bool = False, **options: str) -> Diagram:
    """Approvals in a row, each followed by a gateway that ends the case on refusal.

    With ``loop`` a refusal leads back to the first step instead.
    """
    diagram = Diagram(key, {"Coordinator": '"coordinator:" + department'}).start().end()
    named = {"approval": "single", "approval_outcomes": "approve,reject", "dueDate": "P7D"}
    for number in range(1, steps + 1):
        task, gateway = f"step{number}", f"decided{number}"
        following = f"step{number + 1}" if number < steps else "finish"
        diagram.user(task, **{**named, **options}).gateway(gateway, default=f"refused{number}")
        diagram.flow(task, gateway)
        diagram.flow(gateway, following, condition=f'{task}_outcome = "approve"')
        diagram.flow(gateway, "step1" if loop else "rejected", id_=f"refused{number}")
    if not loop:
        diagram.end("rejected")
    return diagram.flow("begin", "step1")


def at_once(*commands: Callable[[], object]) -> list[Exception | None]:
    """Run commands in threads of their own, begun together; gives what each came to."""
    barrier = threading.Barrier(len(commands))

    def run(command: Callable[[], object]) -> Exception | None:
        barrier.wait()
        try:
            command()
        except Exception as error:  # noqa: BLE001 - what it came to is what the test asks
            return error
        return None

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(run, commands))
