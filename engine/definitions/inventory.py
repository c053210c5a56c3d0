"""What a file of a bundle consists of, thing by thing, each with all that is said of it.

Nothing is left out because no modeler shows it: attributes, extension properties and the
drawing count like names do.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from engine.definitions.bundle import ORIGINALS
from engine.definitions.guard import check_bytes, read_xml
from engine.definitions.normalize import repair_message_paths
from engine.definitions.xmlns import Node, attribute, local_name, spiff, split, text_of


class Subject(StrEnum):
    """What kind of thing a change is about."""

    FILE = "file"  #: a file of the bundle as a whole
    ELEMENT = "element"  #: an element of a diagram: node, flow, lane, message, process
    DECISION = "decision"  #: a decision, or a column of its table
    RULE = "rule"  #: a line of a decision table
    FORM = "form"  #: a form as a whole
    FIELD = "field"  #: a field, or a text, of a form
    DRAWING = "drawing"  #: where things are drawn; nothing of it is executed


@dataclass
class Thing:
    """One thing of a file: ``said`` holds its values by name, ``order`` the ids in it."""

    subject: Subject
    type: str
    id: str
    name: str = ""
    said: dict[str, list[str]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)

    def say(self, name: str, value: str) -> None:
        """Note a value; a name may have several."""
        self.said.setdefault(name, []).append(value)

    def value(self, name: str) -> str | None:
        """What is said under a name, None where nothing is."""
        found = self.said.get(name)
        return None if found is None else "\n".join(found)


Things = dict[tuple[Subject, str], Thing]
"""By subject and id."""

_CONTAINERS = frozenset(
    {"definitions", "process", "subProcess", "collaboration", "laneSet", "childLaneSet"}
    | {"adHocSubProcess", "transaction", "decisionTable"}
)
_PARTS = ("EventDefinition", "Expression", "Characteristics")
"""What belongs to the element around it, though it has an id of its own."""

_DERIVED = frozenset({"incoming", "outgoing"})
"""Sequence flows say the same themselves."""

_CELLS = frozenset({"inputEntry", "outputEntry"})
_UNNAMED = frozenset({"extensionElements", "properties", "text"})
_ELSEWHERE = _DERIVED | {"BPMNDiagram", "DMNDI", "rule"}
"""What is read where it belongs, or said by others."""

_UNSAID = {
    "cancelActivity": "true",
    "completionQuantity": "1",
    "gatewayDirection": "Unspecified",
    "instantiate": "false",
    "isClosed": "false",
    "isForCompensation": "false",
    "isInterrupting": "true",
    "isSequential": "false",
    "parallelMultiple": "false",
    "startQuantity": "1",
    "testBefore": "false",
    "triggeredByEvent": "false",
}
"""What BPMN 2.0 means where an attribute is left out: some modelers write it, others do not."""

_EXPRESSION = "tFormalExpression"
"""The only type that an expression has here; half of the modelers leave it out."""

_COORDINATES = frozenset({"x", "y", "width", "height", "isExpanded", "isHorizontal"})


def things_in(file: str, data: bytes) -> Things | None:
    """The things of a file by their identity; None where it cannot be read or has none."""
    if file.startswith(ORIGINALS):
        return None  # nothing of it is executed
    if file.endswith((".bpmn", ".dmn")):
        root, _ = read_xml(file, data)
        if root is None:
            return None
        repair_message_paths(root)
        return _Reading(root).things
    if file.endswith(".json") and check_bytes(file, data) is None:
        try:
            form = json.loads(data)
            return _form(form) if isinstance(form, dict) else None
        except (ValueError, RecursionError):
            return None  # lint names the place; here it is only a file that differs
    return None


def drawn_in(file: str, data: bytes) -> frozenset[str]:
    """The ids of the elements that a diagram's file draws; none where it cannot be read."""
    drawing = (things_in(file, data) or {}).get((Subject.DRAWING, ""))
    return frozenset(drawing.said) if drawing else frozenset()


class _Reading:
    """Reads the things of a diagram, or of a file of decision tables."""

    def __init__(self, root: Node) -> None:
        self.things: Things = {}
        in_tables = "/DMN/" in split(str(root.tag))[0]
        self._subject = Subject.DECISION if in_tables else Subject.ELEMENT
        self._lanes: list[tuple[str, str]] = []
        # The root's own id is a label that each modeler makes anew.
        self._read(root, self._thing(self._subject, root, ""), ())
        for element, lane in self._lanes:
            if (self._subject, element) in self.things:
                self.things[self._subject, element].say("lane", lane)
        drawing = _drawing(root)
        if drawing.said:
            self.things[drawing.subject, drawing.id] = drawing

    def _thing(self, subject: Subject, node: Node, identifier: str) -> Thing:
        name = attribute(node, "name") or attribute(node, "label")
        thing = Thing(subject, local_name(node), identifier, name)
        return self.things.setdefault((subject, identifier), thing)

    def _read(self, node: Node, thing: Thing, path: tuple[str, ...]) -> None:
        for name, value in node.attrib.items():
            if not _says_nothing(node, path, str(name), str(value)):
                thing.say("/".join((*path, split(str(name))[1])), str(value))
        if node.text and node.text.strip():
            thing.say("/".join(path) or "text", node.text.strip())
        if local_name(node) == "decisionTable":
            self._read_rules(node, thing)
        for child in node.iterchildren("{*}*"):
            self._read_child(node, child, thing, path)

    def _read_child(self, node: Node, child: Node, thing: Thing, path: tuple[str, ...]) -> None:
        local = local_name(child)
        if local in _ELSEWHERE:
            return
        if local == "flowNodeRef":
            # Said of the element, so that a lane is the same whoever comes and goes.
            self._lanes.append((text_of(child), thing.id))
        elif child.tag == spiff("property"):
            thing.say("/".join((*path, attribute(child, "name"))), attribute(child, "value"))
        elif _stands_alone(node, child):
            inner = self._thing(self._subject, child, attribute(child, "id"))
            if self._subject is Subject.ELEMENT and local_name(node) != "definitions":
                inner.say("parent", attribute(node, "id"))
            self._read(child, inner, ())
        else:
            self._read(child, thing, path if local in _UNNAMED else (*path, local))

    def _read_rules(self, table: Node, thing: Thing) -> None:
        columns = _columns(table)
        for number, rule in enumerate(table.iterchildren("{*}rule"), start=1):
            # A rule without an id is known by its place.
            inner = self._thing(Subject.RULE, rule, attribute(rule, "id") or str(number))
            thing.order.append(inner.id)
            cells = iter(columns)
            for child in rule.iterchildren("{*}*"):
                local = local_name(child)
                inner.say(next(cells, local) if local in _CELLS else local, text_of(child))


def _says_nothing(node: Node, path: tuple[str, ...], name: str, value: str) -> bool:
    """Whether an attribute means what would be meant without it."""
    if name == "id":
        # Nothing refers to the id of such a part; each modeler makes its own.
        return not path or local_name(node).endswith(_PARTS)
    written = split(name)[1] == "type" and value.endswith(_EXPRESSION)
    return written or _UNSAID.get(name) == value


def _stands_alone(parent: Node, child: Node) -> bool:
    """Whether a child is a thing of its own rather than a part of what it lies in."""
    return (
        local_name(parent) in _CONTAINERS
        and bool(attribute(child, "id"))
        and not local_name(child).endswith(_PARTS)
    )


def _columns(table: Node) -> list[str]:
    """The names of a table's cells in the order in which each rule has them."""
    names = [
        attribute(each, "label") or text_of(next(iter(each), None)) or attribute(each, "name")
        for local in ("input", "output")
        for each in table.iterchildren(f"{{*}}{local}")
    ]
    many = Counter(names)
    return [
        name if name and many[name] == 1 else f"{name} ({number})".strip()
        for number, name in enumerate(names, start=1)
    ]


def _drawing(root: Node) -> Thing:
    """Where the file draws its elements: for each, all coordinates in a row."""
    drawing = Thing(Subject.DRAWING, "drawing", "")
    for holder in root.iterchildren("{*}BPMNDiagram", "{*}DMNDI"):
        for node in holder.iter("{*}*"):
            shown = attribute(node, "bpmnElement") or attribute(node, "dmnElementRef")
            if shown and local_name(node).endswith(("Shape", "Edge")):
                drawing.say(shown, " ".join(v for each in node.iter("{*}*") for v in _places(each)))
    return drawing


def _places(node: Node) -> Iterator[str]:
    return (_rounded(str(value)) for name, value in node.attrib.items() if name in _COORDINATES)


def _rounded(value: str) -> str:
    """A coordinate without the decimals that say nothing: 705.0 is 705."""
    whole, _point, decimals = value.partition(".")
    return whole if decimals.strip("0") == "" else value


def _form(form: dict[str, Any]) -> Things:
    whole = Thing(Subject.FORM, "form", str(form.get("id", "")))
    things: Things = {(whole.subject, ""): whole}
    _say_all(whole, {name: value for name, value in form.items() if name != "components"}, ())
    _read_components(form, whole, things)
    return things


def _read_components(holder: dict[str, Any], whole: Thing, things: Things) -> None:
    for number, component in enumerate(_listed(holder.get("components")), start=1):
        if not isinstance(component, dict):
            whole.say("components", json.dumps(component))
            continue
        identifier = str(component.get("key") or component.get("id") or number)
        label = str(component.get("label") or component.get("text") or "")
        found = Thing(Subject.FIELD, str(component.get("type", "")), identifier, label)
        known = things.setdefault((Subject.FIELD, identifier), found)
        whole.order.append(identifier)
        inner = {name: value for name, value in component.items() if name != "components"}
        _say_all(known, inner, ())
        _read_components(component, whole, things)


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _say_all(thing: Thing, value: object, path: tuple[str, ...]) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _say_all(thing, inner, (*path, str(name)))
    elif isinstance(value, list):
        for number, inner in enumerate(value, start=1):
            _say_all(thing, inner, (*path, str(number)))
    else:
        thing.say(".".join(path), value if isinstance(value, str) else json.dumps(value))
