"""Reads the executed form of one BPMN file into plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.definitions.model import (
    ACTIVITIES,
    DEFAULT_TIME_ZONE,
    FLOW_NODES,
    LOCALES,
    Element,
    Flow,
    Lane,
    Loop,
    ProcessFacts,
)
from engine.definitions.normalize import executed_processes
from engine.definitions.xmlns import (
    Node,
    attribute,
    bpmn,
    child,
    children,
    is_bpmn,
    line_of,
    local_name,
    spiff,
    text_of,
)

_TIMER_KINDS = {"timeDate": "date", "timeDuration": "duration", "timeCycle": "cycle"}
_SUFFIX = "EventDefinition"


@dataclass
class FileFacts:
    """Everything executed that one file says; duplicates of an id are kept."""

    file: str
    processes: list[ProcessFacts] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    lanes: list[Lane] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)
    correlations: dict[str, dict[str, str]] = field(default_factory=dict)


def properties_of(node: Node) -> Mapping[str, str]:
    """The ``spiffworkflow:properties`` of an element."""
    found = {
        attribute(entry, "name"): attribute(entry, "value")
        for holder in children(node, "extensionElements")
        for group in holder.findall(spiff("properties"))
        for entry in group.findall(spiff("property"))
    }
    return MappingProxyType(found)


def extract(file: str, root: Node, marked: frozenset[str]) -> FileFacts:
    """The facts of a normalized file; ``marked`` are the processes it marks executable."""
    facts = FileFacts(file)
    reader = _Reader(facts, root)
    for process in executed_processes(root):
        reader.read_process(process, attribute(process, "id") in marked)
    return facts


class _Reader:
    """Walks one normalized file; knows its messages, errors and correlations."""

    def __init__(self, facts: FileFacts, root: Node) -> None:
        self.facts = facts
        self.codes = {
            attribute(node, "id"): attribute(node, attribute_name)
            for tag, attribute_name in (("error", "errorCode"), ("escalation", "escalationCode"))
            for node in children(root, tag)
        }
        self.signals = {
            attribute(node, "id"): attribute(node, "name") for node in children(root, "signal")
        }
        for node in children(root, "message"):
            facts.messages[attribute(node, "id")] = attribute(node, "name")
        for prop in children(root, "correlationProperty"):
            self._read_correlation(prop)

    def _read_correlation(self, prop: Node) -> None:
        name = attribute(prop, "name") or attribute(prop, "id")
        for retrieval in children(prop, "correlationPropertyRetrievalExpression"):
            path = text_of(child(retrieval, "messagePath"))
            message = attribute(retrieval, "messageRef")
            self.facts.correlations.setdefault(message, {})[name] = path

    def read_process(self, process: Node, marked: bool) -> None:
        properties = properties_of(process)
        identifier = attribute(process, "id")
        declared = properties.get("routingVariables", "").split(",")
        self.facts.processes.append(
            ProcessFacts(
                id=identifier,
                file=self.facts.file,
                line=line_of(process),
                names=_names(process, properties, identifier),
                documentation=text_of(child(process, "documentation")),
                properties=properties,
                time_zone=properties.get("timeZone", "").strip() or DEFAULT_TIME_ZONE,
                calendar=properties.get("calendar", "").strip(),
                routing_variables=frozenset(name.strip() for name in declared if name.strip()),
                restricted=properties.get("restricted", "").strip() == "true",
                marked_executable=marked,
            )
        )
        self._read_scope(process, identifier, None)

    def _read_scope(self, scope: Node, process_id: str, inherited: Lane | None) -> None:
        placed = self._read_lanes(scope, process_id)
        hosts = {
            attribute(node, "id"): attribute(node, "attachedToRef")
            for node in children(scope, "boundaryEvent")
        }
        for node in scope:
            if not is_bpmn(node):
                continue
            local = local_name(node)
            identifier = attribute(node, "id")
            if local in FLOW_NODES:
                place = hosts.get(identifier, identifier)
                lane = placed.get(place) or placed.get(identifier) or inherited
                self._read_node(node, scope, process_id, lane)
                if local == "subProcess":
                    self._read_scope(node, process_id, lane)
            elif local == "sequenceFlow":
                self._read_flow(node, scope, process_id)

    def _read_lanes(self, scope: Node, process_id: str) -> dict[str, Lane]:
        """Which lane each node lies in; an inner lane wins over the one around it."""
        placed: dict[str, Lane] = {}
        for lane_set in children(scope, "laneSet"):
            for node, parent in _lanes(lane_set):
                properties = properties_of(node)
                lane = Lane(
                    id=attribute(node, "id"),
                    name=attribute(node, "name").strip(),
                    process_id=process_id,
                    file=self.facts.file,
                    line=line_of(node),
                    parent=parent,
                    candidate_group=properties.get("candidateGroup", "").strip() or None,
                    nodes=tuple(text_of(ref) for ref in children(node, "flowNodeRef")),
                )
                self.facts.lanes.append(lane)
                placed.update(dict.fromkeys(lane.nodes, lane))
        return placed

    def _read_flow(self, node: Node, scope: Node, process_id: str) -> None:
        condition = child(node, "conditionExpression")
        self.facts.flows.append(
            Flow(
                id=attribute(node, "id"),
                source=attribute(node, "sourceRef"),
                target=attribute(node, "targetRef"),
                process_id=process_id,
                scope=attribute(scope, "id"),
                file=self.facts.file,
                line=line_of(node),
                name=attribute(node, "name"),
                condition=None if condition is None else text_of(condition),
            )
        )

    def _read_node(self, node: Node, scope: Node, process_id: str, lane: Lane | None) -> None:
        properties = properties_of(node)
        local, identifier = local_name(node), attribute(node, "id")
        definition = _event_definition(node)
        message_ref = attribute(definition if definition is not None else node, "messageRef")
        own_group = properties.get("candidateGroup", "").strip() or None
        self.facts.elements.append(
            Element(
                id=identifier,
                type=local,
                process_id=process_id,
                scope=attribute(scope, "id"),
                file=self.facts.file,
                line=line_of(node),
                names=_names(node, properties, identifier if local in ACTIVITIES else ""),
                documentation=text_of(child(node, "documentation")),
                event=_event_kind(definition),
                lane=lane.name if lane else None,
                candidate_group=own_group or (lane.candidate_group if lane else None),
                properties=properties,
                timer=_timer(definition),
                message=self.facts.messages.get(message_ref) if message_ref else None,
                correlation=MappingProxyType(self.facts.correlations.get(message_ref, {})),
                signal=self._signal(definition),
                code=self._code(definition),
                attached_to=attribute(node, "attachedToRef") or None,
                interrupting=attribute(node, "cancelActivity") != "false",
                called_element=attribute(node, "calledElement") or None,
                decision=_decision(node),
                default=attribute(node, "default") or None,
                loop=_loop(node),
            )
        )

    def _signal(self, definition: Node | None) -> str | None:
        reference = "" if definition is None else attribute(definition, "signalRef")
        return self.signals.get(reference) if reference else None

    def _code(self, definition: Node | None) -> str | None:
        if definition is None or _event_kind(definition) not in ("error", "escalation"):
            return None
        reference = attribute(definition, f"{_event_kind(definition)}Ref")
        return self.codes.get(reference, "") if reference else None


def _lanes(lane_set: Node, parent: str = "") -> Iterator[tuple[Node, str]]:
    """The lanes of a set with the id of the lane around, outer lanes first."""
    for lane in children(lane_set, "lane"):
        yield lane, parent
        for inner in children(lane, "childLaneSet"):
            yield from _lanes(inner, attribute(lane, "id"))


def _names(node: Node, properties: Mapping[str, str], fallback: str) -> Mapping[str, str]:
    french = attribute(node, "name").strip() or fallback
    return MappingProxyType(
        {
            locale: french if locale == "fr" else properties.get(f"name.{locale}", "") or french
            for locale in LOCALES
        }
    )


def _event_definition(node: Node) -> Node | None:
    """The first event definition of an event, or None."""
    return next(
        (each for each in node if is_bpmn(each) and local_name(each).endswith(_SUFFIX)), None
    )


def _event_kind(definition: Node | None) -> str | None:
    return None if definition is None else local_name(definition).removesuffix(_SUFFIX)


def _timer(definition: Node | None) -> tuple[str, str] | None:
    if definition is None or _event_kind(definition) != "timer":
        return None
    for local, kind in _TIMER_KINDS.items():
        expression = child(definition, local)
        if expression is not None:
            return kind, text_of(expression)
    return None


def _decision(node: Node) -> str | None:
    found = node.find(f"{bpmn('extensionElements')}/{spiff('calledDecisionId')}")
    return text_of(found) or None


def _loop(node: Node) -> Loop | None:
    standard = child(node, "standardLoopCharacteristics")
    if standard is not None:
        return Loop(
            kind="standard",
            line=line_of(standard),
            condition=text_of(child(standard, "loopCondition")),
            maximum=attribute(standard, "loopMaximum"),
            test_before=attribute(standard, "testBefore") == "true",
        )
    many = child(node, "multiInstanceLoopCharacteristics")
    if many is None:
        return None
    item, output_item = child(many, "inputDataItem"), child(many, "outputDataItem")
    return Loop(
        kind="sequential" if attribute(many, "isSequential") == "true" else "parallel",
        line=line_of(many),
        collection=text_of(child(many, "loopDataInputRef")),
        item="" if item is None else attribute(item, "id"),
        output=text_of(child(many, "loopDataOutputRef")),
        output_item="" if output_item is None else attribute(output_item, "id"),
        cardinality=text_of(child(many, "loopCardinality")),
        condition=text_of(child(many, "completionCondition")),
    )
