"""Compiling: BPMN files to the nodes the kernel runs.

The diagram is read here and not by SpiffWorkflow's parser, which sorts flows by
their position in the picture, follows foreign elements, cuts expressions at
comments, recurses along the process and gives some ids a meaning of its own.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.kernel.building import BUILDERS, Context
from engine.kernel.diagram import (
    Diagram,
    Unsupported,
    Xml,
    child,
    children,
    expression,
    flag,
    identifier,
    read,
    reference,
    tag,
)
from engine.kernel.events import BoundaryEvent, BoundarySplit, CatchEvent
from engine.kernel.gateways import Choice, Choosing, EventGateway, ParallelGateway
from engine.kernel.joins import EndJoin
from engine.kernel.looping import add_loop
from engine.kernel.node import Node
from engine.kernel.process import Executable, ProcessSpec

_SILENT = frozenset(
    {
        "artifact",
        "association",
        "auditing",
        "dataInputAssociation",
        "dataObject",
        "dataObjectReference",
        "dataOutputAssociation",
        "dataStoreReference",
        "documentation",
        "extensionElements",
        "group",
        "incoming",
        "ioSpecification",
        "laneSet",
        "monitoring",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "property",
        "standardLoopCharacteristics",
        "supportedInterfaceRef",
        "textAnnotation",
    }
)
"""What a process may contain without any meaning for its tokens."""


def compile_process(files: Mapping[str, bytes], process_id: str) -> Executable:
    """Compile a process with everything it calls.

    ``files`` maps names to BPMN files; other files are left alone. Raises
    ValueError with a sentence for what this kernel would not execute as the
    diagram says; a linted definition has nothing of that kind.
    """
    diagrams = [read(name, data) for name, data in files.items() if name.endswith(".bpmn")]
    homes: dict[str, Diagram] = {}
    for diagram in diagrams:
        for called in diagram.processes:
            if called in homes:
                raise ValueError(f"Two processes have the id '{called}'.")
            homes[called] = diagram
    specs: dict[str, ProcessSpec] = {}
    missing = [process_id]
    while missing:
        called = missing.pop()
        if called in specs:
            continue
        if called not in homes:
            raise ValueError(f"There is no process '{called}'.")
        home = homes[called]
        main = called == process_id
        missing += _compile_container(specs, home, home.processes[called], called, main=main)
    return Executable(process_id, specs)


def _compile_container(
    specs: dict[str, ProcessSpec], home: Diagram, container: Xml, key: str, *, main: bool
) -> list[str]:
    """Compile a process and its embedded subprocesses; gives the ids of called processes."""
    called: list[str] = []
    open_ends = [(key, container)]
    while open_ends:
        inner_key, inner = open_ends.pop()
        scope = _Scope(home, inner, inner_key, main=main and inner is container)
        specs[inner_key] = scope.compile()
        called += scope.context.called
        open_ends += scope.context.embedded
    return called


class _Scope:
    """The compilation of one process or embedded subprocess."""

    def __init__(self, home: Diagram, container: Xml, key: str, *, main: bool) -> None:
        self.process = ProcessSpec(key)
        self.context = Context(self.process, home.named, main)
        self.container = container
        self.flows = children(container, "sequenceFlow")
        self.entries: dict[str, Node] = {}
        self.exits: dict[str, Node] = {}
        self.elements: dict[str, Xml] = {}

    def compile(self) -> ProcessSpec:
        """The finished process."""
        self._build_nodes()
        self._attach_boundary_events()
        for flow in self.flows:
            self._connect(flow)
        self._choose()
        self._end()
        self._begin()
        for node in self.process.task_specs.values():
            node.seal(self.process)
        return self.process

    def _build_nodes(self) -> None:
        for element in self.container:
            kind = tag(element)
            if not kind or kind == "sequenceFlow" or kind in _SILENT:
                continue
            build = BUILDERS.get(kind)
            if build is None:
                raise Unsupported(element, f"a {kind} cannot be executed.")
            name = identifier(element)
            if name in self.elements:
                raise Unsupported(element, "the id is used twice.")
            _check_attributes(element)
            node = add_loop(self.process, build, self.context, element)
            self.elements[name] = element
            self.entries[name] = self.exits[name] = node

    def _attach_boundary_events(self) -> None:
        for name, event in list(self.exits.items()):
            if not isinstance(event, BoundaryEvent):
                continue
            host = self.exits.get(event.host)
            if host is None or not tag(self.elements[event.host]).endswith(
                ("Task", "task", "Process", "Activity")
            ):
                raise Unsupported(self.elements[name], "it is attached to no activity.")
            split = self.entries[event.host]
            if split is host:
                split = BoundarySplit(self.process, f"{event.host} split", event.host)
                split.connect(host)
                host.has_boundary = True
                self.entries[event.host] = split
            split.connect(event)

    def _connect(self, flow: Xml) -> None:
        source = self.exits.get(reference(flow, "sourceRef"))
        target = self.entries.get(reference(flow, "targetRef"))
        if source is None or target is None:
            raise Unsupported(flow, "the flow leaves its process or leads nowhere.")
        if isinstance(target, BoundaryEvent) or self._is_a(flow, "targetRef", "startEvent"):
            raise Unsupported(flow, "a flow cannot lead to a start or boundary event.")
        if self._is_a(flow, "sourceRef", "endEvent"):
            raise Unsupported(flow, "no flow can leave an end event.")
        gateway = isinstance(source, Choosing | ParallelGateway | EventGateway)
        if source._outputs and not gateway:
            raise Unsupported(flow, "only a gateway may have several outgoing flows.")
        condition = expression(child(flow, "conditionExpression"))
        if condition is not None and not isinstance(source, Choosing):
            raise Unsupported(
                flow, "only flows of exclusive and inclusive gateways are conditional."
            )
        if target.name in source._outputs:
            # Two flows between the same two nodes: a hidden node keeps their tokens apart.
            detour = Node(self.process, f"{identifier(flow)} flow", target.element, visible=False)
            detour.connect(target)
            target = detour
        source.connect(target)
        if flow.get("id"):
            source.flows[target.name] = identifier(flow)
        if isinstance(source, Choosing):
            choice = Choice(identifier(flow), target.name, condition)
            source.choices = (*source.choices, choice)

    def _is_a(self, flow: Xml, end: str, kind: str) -> bool:
        return tag(self.elements[reference(flow, end)]) == kind

    def _choose(self) -> None:
        """Check what gateways may choose from; the default flow's condition counts for nothing."""
        for name, gateway in self.exits.items():
            element = self.elements[name]
            if isinstance(gateway, EventGateway):
                self._check_rivals(element, gateway)
            if not isinstance(gateway, Choosing):
                continue
            default = reference(element, "default") if element.get("default") else None
            gateway.choices = tuple(
                Choice(each.flow, each.target, None) if each.flow == default else each
                for each in gateway.choices
            )
            bare = [each.flow for each in gateway.choices if each.condition is None]
            if len(gateway.choices) > 1 and bare not in ([], [default]):
                raise Unsupported(element, "every flow but the default needs a condition.")

    def _check_rivals(self, element: Xml, gateway: EventGateway) -> None:
        rivals = [self.process.task_specs[name] for name in gateway._outputs]
        sole = all(type(each) is CatchEvent and len(each._inputs) == 1 for each in rivals)
        if not rivals or not sole:
            raise Unsupported(
                element,
                "an event-based gateway leads to catch events and receive tasks of its own only.",
            )

    def _begin(self) -> None:
        """Note where tokens come from."""
        starts, message_starts = self.context.starts, self.context.message_starts
        if len(starts) > 1 or not (starts or message_starts):
            raise Unsupported(self.container, "a process needs exactly one start event.")
        self.process.start = starts[0] if starts else None
        self.process.message_starts = message_starts

    def _end(self) -> None:
        """Lead whatever has no way on to the end of the scope."""
        end = EndJoin(self.process, " end", self.container.get("id") or "", visible=False)
        for node in self.exits.values():
            if not node._outputs:
                node.connect(end)


def _check_attributes(element: Xml) -> None:
    """Refuse attributes that would change what an activity does."""
    if flag(element, "isForCompensation", default=False):
        raise Unsupported(element, "compensation cannot be executed.")
    for attribute in ("startQuantity", "completionQuantity"):
        if (element.get(attribute) or "1").strip() != "1":
            raise Unsupported(element, f"a {attribute} other than 1 cannot be executed.")
