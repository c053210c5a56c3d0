"""A drawing for a diagram that has none: layers from left to right, a band for each lane.

Only positions are added. What the file says otherwise stays the same, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import quoteattr

from lxml import etree

from engine.definitions.guard import read_xml
from engine.definitions.placing import Box, Placed, place_scope
from engine.definitions.xmlns import (
    BPMNDI,
    DC,
    DI,
    Node,
    attribute,
    bpmn,
    bpmn_elements,
    child,
    children,
    local_name,
    text_of,
)

_HEADER: Final = 30
_BLACK_BOX: Final = 60
_GAP: Final = 40
_CLOSING = re.compile(rb"</(?:[\w.-]+:)?definitions\s*>\s*$")
_NAMESPACES = f'xmlns:bpmndi="{BPMNDI}" xmlns:dc="{DC}" xmlns:di="{DI}"'

Point = tuple[float, float]


def with_drawing(file: str, data: bytes) -> bytes:
    """The diagram with a drawing made where it has none; as it is where it has, or says nothing."""
    root, _ = read_xml(file, data)
    if root is None or root.tag != bpmn("definitions") or not children(root, "process"):
        return data
    diagrams = root.findall(f"{{{BPMNDI}}}BPMNDiagram")
    if any(each.find(f".//{{{BPMNDI}}}BPMNShape") is not None for each in diagrams):
        return data
    if diagrams:
        for each in diagrams:
            root.remove(each)
        data = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    drawing = _Drawing(root).xml().encode()
    closing = _CLOSING.search(data)
    return data if closing is None else data[: closing.start()] + drawing + data[closing.start() :]


class _Drawing:
    """The boxes of every element by its id, and the lines between them."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._boxes: dict[str, Box] = {}
        self._shapes: list[tuple[str, Box, str]] = []
        self._backward: set[str] = set()
        collaboration = child(root, "collaboration")
        self._plane = attribute(
            children(root, "process")[0] if collaboration is None else collaboration, "id"
        )
        if collaboration is None:
            self._scope(children(root, "process")[0], 0, 0)
        else:
            self._pools(collaboration)

    def _pools(self, collaboration: Node) -> None:
        processes = {attribute(each, "id"): each for each in children(self._root, "process")}
        top, widest = 0.0, 600.0
        bands: dict[str, tuple[float, float]] = {}
        for pool in children(collaboration, "participant"):
            process = processes.get(attribute(pool, "processRef").rpartition(":")[2])
            placed = None if process is None else self._scope(process, _HEADER, top)
            widest = max(widest, placed.width if placed else 0)
            height = placed.height if placed else _BLACK_BOX
            bands[attribute(pool, "id")] = top, height
            top += height + _GAP
        pools = {i: Box(0, y, widest + _HEADER, height) for i, (y, height) in bands.items()}
        self._boxes |= pools
        # What lies in a pool is drawn after it, so that it lies on top.
        self._shapes[:0] = [(each, box, ' isHorizontal="true"') for each, box in pools.items()]

    def _scope(self, scope: Node, left: float, top: float) -> Placed:
        placed = place_scope(scope)
        for identifier, box in placed.lanes.items():
            self._shapes.append((identifier, box.moved(left, top), ' isHorizontal="true"'))
        for identifier, box in placed.boxes.items():
            moved = box.moved(left, top)
            more = ' isExpanded="true"' if identifier in placed.expanded else ""
            self._boxes[identifier] = moved
            self._shapes.append((identifier, moved, more))
        self._backward |= placed.backward
        return placed

    def xml(self) -> str:
        """The drawing as a ``BPMNDiagram`` that declares its own vocabularies."""
        shapes = "".join(_shape(*each) for each in self._shapes if each[0])
        edges = "".join(self._edge(each) for each in bpmn_elements(self._root))
        return (
            f"<bpmndi:BPMNDiagram {_NAMESPACES}>\n"
            f"<bpmndi:BPMNPlane bpmnElement={quoteattr(self._plane)}>\n"
            f"{shapes}{edges}</bpmndi:BPMNPlane>\n</bpmndi:BPMNDiagram>\n"
        )

    def _edge(self, node: Node) -> str:
        ends = _ends(node)
        if ends is None or not attribute(node, "id"):
            return ""
        source, target = (self._boxes.get(each) for each in ends)
        if source is None or target is None:
            return ""
        if local_name(node) == "sequenceFlow":
            points = list(_way(source, target, attribute(node, "id") in self._backward))
        else:
            points = list(_straight(source, target))
        inner = "".join(f'<di:waypoint x="{x:g}" y="{y:g}" />' for x, y in points)
        about = quoteattr(attribute(node, "id"))
        return f"<bpmndi:BPMNEdge bpmnElement={about}>{inner}</bpmndi:BPMNEdge>\n"


def _shape(identifier: str, box: Box, more: str) -> str:
    bounds = (
        f'<dc:Bounds x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" />'
    )
    return (
        f"<bpmndi:BPMNShape bpmnElement={quoteattr(identifier)}{more}>{bounds}</bpmndi:BPMNShape>\n"
    )


def _ends(node: Node) -> tuple[str, str] | None:
    """What a line leads from and to."""
    local = local_name(node)
    if local in {"sequenceFlow", "messageFlow", "association"}:
        pair = attribute(node, "sourceRef"), attribute(node, "targetRef")
    elif local in {"dataInputAssociation", "dataOutputAssociation"}:
        parent = node.getparent()
        owner = "" if parent is None else attribute(parent, "id")
        incoming = local == "dataInputAssociation"
        other = text_of(child(node, "sourceRef" if incoming else "targetRef"))
        pair = (other, owner) if incoming else (owner, other)
    else:
        return None
    return pair[0].rpartition(":")[2].strip(), pair[1].rpartition(":")[2].strip()


def _way(source: Box, target: Box, backward: bool) -> Iterator[Point]:
    """Right angles from the right side to the left one; backwards below both."""
    if backward or target.x < source.x + source.width:
        below = max(source.bottom, target.bottom) + 20
        yield source.middle[0], source.bottom
        yield source.middle[0], below
        yield target.middle[0], below
        yield target.middle[0], target.bottom
        return
    start, end = source.middle[1], target.middle[1]
    turn = (source.x + source.width + target.x) / 2
    yield source.x + source.width, start
    if start != end:
        yield turn, start
        yield turn, end
    yield target.x, end


def _straight(source: Box, target: Box) -> Iterator[Point]:
    down = target.y > source.y
    yield source.middle[0], source.bottom if down else source.y
    yield target.middle[0], target.y if down else target.bottom
