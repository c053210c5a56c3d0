"""What a bundle says, as plain values: the static facts the runtime routes by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

LOCALES = ("fr", "en", "es")
DEFAULT_TIME_ZONE = "Europe/Paris"

ACTIVITIES = frozenset(
    {
        "task",
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "subProcess",
        "callActivity",
    }
)
GATEWAYS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"}
)
EVENTS = frozenset(
    {
        "startEvent",
        "endEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "boundaryEvent",
    }
)
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, slots=True)
class Loop:
    """How often an activity runs: a standard loop or a multi-instance.

    ``collection`` and ``output`` name variables of the process, ``item`` and
    ``output_item`` variables of one instance; ``cardinality`` and ``condition``
    are FEEL (the loop condition, or a multi-instance's completion condition).
    """

    kind: Literal["standard", "sequential", "parallel"]
    line: int
    collection: str = ""
    item: str = ""
    output: str = ""
    output_item: str = ""
    cardinality: str = ""
    condition: str = ""
    maximum: str = ""
    test_before: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """One flow node of an executed process.

    ``scope`` is the id of the process or embedded subprocess it lies in.
    ``lane`` is the name of its innermost lane (a boundary event's is its
    host's); ``candidate_group`` is FEEL, or None where the lane's name itself
    is the group. ``timer`` is ``(kind, expression)`` with kind ``date``,
    ``duration`` or ``cycle``. ``code`` is the error or escalation code, None
    on a boundary event that catches any. ``correlation`` maps a correlation property to
    the FEEL path that reads it from the payload of ``message``.
    """

    id: str
    type: str
    process_id: str
    scope: str
    file: str
    line: int
    names: Mapping[str, str] = field(default_factory=dict)
    documentation: str = ""
    event: str | None = None
    lane: str | None = None
    candidate_group: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    timer: tuple[str, str] | None = None
    message: str | None = None
    correlation: Mapping[str, str] = field(default_factory=dict)
    signal: str | None = None
    code: str | None = None
    attached_to: str | None = None
    interrupting: bool = True
    called_element: str | None = None
    decision: str | None = None
    default: str | None = None
    loop: Loop | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; ``condition`` is FEEL or None."""

    id: str
    source: str
    target: str
    process_id: str
    scope: str
    file: str
    line: int
    name: str = ""
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message by name, with the FEEL path of each correlation property."""

    name: str
    correlation: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane: its name, its group as FEEL (or None) and what it holds directly.

    ``parent`` is the id of the lane around it, empty for an outermost one.
    """

    id: str
    name: str
    process_id: str
    file: str
    line: int
    parent: str = ""
    candidate_group: str | None = None
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """An executed process of the bundle."""

    id: str
    file: str
    line: int
    names: Mapping[str, str]
    documentation: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    time_zone: str = DEFAULT_TIME_ZONE
    calendar: str = ""
    routing_variables: frozenset[str] = frozenset()
    restricted: bool = False
    marked_executable: bool = True


@dataclass(frozen=True, slots=True)
class DefinitionModel:
    """The static facts of one bundle.

    ``process_id`` is the process an instance starts with (empty where the
    bundle names none). Of that process, ``none_start`` tells whether a person can
    start it, and ``message_starts`` maps the name of each message that starts it
    to the start event. ``decisions`` and ``forms`` map an id to its file;
    ``normalized`` holds the BPMN files as they are executed, while the upload
    stays as it came.
    """

    key: str
    process_id: str
    none_start: bool
    message_starts: Mapping[str, str]
    names: Mapping[str, str]
    time_zone: str
    processes: Mapping[str, ProcessFacts]
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, Lane]
    messages: Mapping[str, Message]
    bpmn_files: tuple[str, ...]
    decisions: Mapping[str, str]
    forms: Mapping[str, str]
    normalized: Mapping[str, bytes]

    @property
    def calendar(self) -> str:
        """The working calendar of the main process, empty where it names none."""
        facts = self.processes.get(self.process_id)
        return facts.calendar if facts else ""

    @property
    def restricted(self) -> bool:
        """Whether its cases are hidden from those who only oversee."""
        facts = self.processes.get(self.process_id)
        return facts is not None and facts.restricted

    @property
    def routing_variables(self) -> frozenset[str]:
        """The declared routing variables of all its processes."""
        return frozenset().union(*(each.routing_variables for each in self.processes.values()))
