"""Where the nodes of one process or subprocess go: a column a step, a band a lane."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from engine.definitions.xmlns import Node, attribute, bpmn, children, is_bpmn, local_name, text_of

_EVENT: Final = (36.0, 36.0)
_GATEWAY: Final = (50.0, 50.0)
_TASK: Final = (100.0, 80.0)
_EMPTY_SUBPROCESS: Final = (160.0, 100.0)
_BESIDE: Final[Mapping[str, tuple[float, float]]] = {
    "dataObjectReference": (36.0, 50.0),
    "dataStoreReference": (50.0, 50.0),
    "textAnnotation": (140.0, 50.0),
}
_SUBPROCESSES: Final = frozenset({"subProcess", "adHocSubProcess", "transaction"})
_MARGIN: Final = 40.0
_APART: Final = 60.0
_LANE_HEADER: Final = 30.0


@dataclass(frozen=True, slots=True)
class Box:
    """A place in the drawing."""

    x: float
    y: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """The centre."""
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, right: float, down: float) -> Box:
        """The same box elsewhere."""
        return Box(self.x + right, self.y + down, self.width, self.height)


@dataclass
class Placed:
    """The boxes of a scope by id, from its upper left corner.

    ``expanded`` are the subprocesses that show what is inside them, ``backward`` the flows
    that lead back in a loop.
    """

    boxes: dict[str, Box] = field(default_factory=dict)
    lanes: dict[str, Box] = field(default_factory=dict)
    expanded: set[str] = field(default_factory=set)
    backward: set[str] = field(default_factory=set)
    width: float = 0
    height: float = 0


def place_scope(scope: Node) -> Placed:
    """Place everything that is drawn inside a process or subprocess."""
    placed = Placed()
    inner: dict[str, Placed] = {}
    nodes = {attribute(each, "id"): each for each in scope if _is_node(each)}
    for identifier, node in nodes.items():
        if local_name(node) in _SUBPROCESSES:
            inner[identifier] = place_scope(node)
    attached = {i: attribute(n, "attachedToRef").rpartition(":")[2] for i, n in nodes.items()}
    hosts = {i: host for i, host in attached.items() if host in nodes}
    sizes = {i: _size(n, inner.get(i)) for i, n in nodes.items() if i not in hosts}
    columns = _columns(scope, _main_way_first(scope, sizes, hosts), hosts, placed)
    header = _place_beside(scope, placed)
    _place_nodes(scope, sizes, columns, placed, header)
    _place_attached(hosts, placed)
    for identifier, own in inner.items():
        _put_inside(placed, identifier, own)
    return placed


def _is_node(node: Node) -> bool:
    local = local_name(node)
    return (
        is_bpmn(node)
        and bool(attribute(node, "id"))
        and (
            local.endswith(("Event", "Task", "Gateway"))
            or local in _SUBPROCESSES | {"task", "callActivity"}
        )
    )


def _size(node: Node, inner: Placed | None) -> tuple[float, float]:
    local = local_name(node)
    if local.endswith("Event"):
        return _EVENT
    if local.endswith("Gateway"):
        return _GATEWAY
    if inner is not None:
        return (inner.width, inner.height) if inner.boxes else _EMPTY_SUBPROCESS
    return _TASK


def _main_way_first(scope: Node, sizes: Iterable[str], hosts: Mapping[str, str]) -> list[str]:
    """The nodes with those last that only a boundary event leads to."""
    ways: defaultdict[str, set[bool]] = defaultdict(set)
    for flow in children(scope, "sequenceFlow"):
        source = attribute(flow, "sourceRef").rpartition(":")[2]
        ways[attribute(flow, "targetRef").rpartition(":")[2]].add(source in hosts)
    return sorted(sizes, key=lambda each: ways[each] == {True})


def _columns(
    scope: Node, sizes: Iterable[str], hosts: Mapping[str, str], placed: Placed
) -> dict[str, int]:
    """The column of each node: the longest way to it, loops cut where they lead back."""
    after: dict[str, list[tuple[str, str]]] = {each: [] for each in sizes}
    for flow in children(scope, "sequenceFlow"):
        source = attribute(flow, "sourceRef").rpartition(":")[2]
        target = attribute(flow, "targetRef").rpartition(":")[2]
        source = hosts.get(source, source)
        if source in after and target in after:
            after[source].append((target, attribute(flow, "id")))
    placed.backward = _backward(after)
    before = dict.fromkeys(after, 0)
    forward = {
        source: [target for target, flow in ways if flow not in placed.backward]
        for source, ways in after.items()
    }
    for targets in forward.values():
        for target in targets:
            before[target] += 1
    columns = dict.fromkeys(after, 0)
    ready = deque(each for each, count in before.items() if count == 0)
    while ready:
        source = ready.popleft()
        for target in forward[source]:
            columns[target] = max(columns[target], columns[source] + 1)
            before[target] -= 1
            if before[target] == 0:
                ready.append(target)
    return columns


def _backward(after: Mapping[str, list[tuple[str, str]]]) -> set[str]:
    """The flows that close a loop, found by going into the depth, starts first."""
    entered = {target for ways in after.values() for target, _ in ways}
    found: set[str] = set()
    done: set[str] = set()
    for first in sorted(after, key=lambda each: each in entered):
        if first in done:
            continue
        # A stack instead of recursion: how long a diagram is, is the uploader's choice.
        path = {first}
        stack = [(first, iter(after[first]))]
        while stack:
            node, ways = stack[-1]
            step = next(ways, None)
            if step is None:
                stack.pop()
                path.discard(node)
                done.add(node)
            elif step[0] in path:
                found.add(step[1])
            elif step[0] not in done:
                path.add(step[0])
                stack.append((step[0], iter(after[step[0]])))
    return found


def _place_beside(scope: Node, placed: Placed) -> float:
    """Data and remarks in a row above the nodes; gives how much room they take."""
    left = _MARGIN + _LANE_HEADER
    for node in scope:
        size = _BESIDE.get(local_name(node))
        if size is not None and is_bpmn(node) and attribute(node, "id"):
            placed.boxes[attribute(node, "id")] = Box(left, _MARGIN / 2, *size)
            left += size[0] + _APART
    placed.width = left if placed.boxes else 0
    return 70.0 if placed.boxes else 0.0


def _place_nodes(
    scope: Node,
    sizes: Mapping[str, tuple[float, float]],
    columns: Mapping[str, int],
    placed: Placed,
    top: float,
) -> None:
    lanes = {attribute(lane, "id"): lane for lane in scope.iter(bpmn("lane")) if _is_leaf(lane)}
    lane_of = {
        text_of(ref).rpartition(":")[2]: identifier
        for identifier, lane in lanes.items()
        for ref in children(lane, "flowNodeRef")
    }
    bands: dict[str, list[str]] = {"": [], **{each: [] for each in lanes}}
    for node in sorted(columns, key=lambda each: columns[each]):
        bands[lane_of.get(node, "")].append(node)
    lefts = _lefts(sizes, columns)
    placed.width = max(placed.width, lefts[-1] + (_LANE_HEADER if lanes else 0))
    indent = _LANE_HEADER if lanes else 0.0
    y = top
    for lane, nodes in bands.items():
        if not nodes and not lane:
            continue
        height = _place_band(nodes, sizes, columns, lefts, indent, y, placed)
        if lane:
            placed.lanes[lane] = Box(0, y, placed.width, height)
        y += height
    placed.height = max(y, 100.0)


def _is_leaf(lane: Node) -> bool:
    return bool(attribute(lane, "id")) and not children(lane, "childLaneSet")


def _lefts(sizes: Mapping[str, tuple[float, float]], columns: Mapping[str, int]) -> list[float]:
    """Where each column begins; the last entry is where all of them end."""
    widths: defaultdict[int, float] = defaultdict(float)
    for node, (width, _) in sizes.items():
        widths[columns[node]] = max(widths[columns[node]], width)
    lefts = [_MARGIN]
    for column in range(max(widths, default=0) + 1):
        lefts.append(lefts[-1] + widths[column] + _APART)
    lefts[-1] += _MARGIN - _APART
    return lefts


def _place_band(
    nodes: list[str],
    sizes: Mapping[str, tuple[float, float]],
    columns: Mapping[str, int],
    lefts: list[float],
    indent: float,
    top: float,
    placed: Placed,
) -> float:
    """Place the nodes of one lane in rows, one a column; gives the height of the band."""
    used: defaultdict[int, int] = defaultdict(int)
    rows: dict[str, int] = {}
    for node in nodes:
        rows[node] = used[columns[node]]
        used[columns[node]] += 1
    heights = [_TASK[1]] * max(used.values(), default=1)
    for node, row in rows.items():
        heights[row] = max(heights[row], sizes[node][1])
    tops = [top + _MARGIN]
    for height in heights:
        tops.append(tops[-1] + height + _MARGIN)
    for node, row in rows.items():
        width, height = sizes[node]
        column = columns[node]
        room = lefts[column + 1] - lefts[column] - _APART
        if column + 2 == len(lefts):
            room = lefts[-1] - lefts[-2] - _MARGIN
        x = indent + lefts[column] + max(0.0, (room - width) / 2)
        placed.boxes[node] = Box(x, tops[row] + (heights[row] - height) / 2, width, height)
    return tops[-1] - top


def _place_attached(hosts: Mapping[str, str], placed: Placed) -> None:
    """Boundary events side by side on the lower edge of their activity."""
    used: defaultdict[str, int] = defaultdict(int)
    for identifier, host in hosts.items():
        box = placed.boxes.get(host)
        if box is None:
            continue
        x = box.x + 8 + 40 * used[host]
        used[host] += 1
        placed.boxes[identifier] = Box(x, box.bottom - _EVENT[1] / 2, *_EVENT)


def _put_inside(placed: Placed, identifier: str, own: Placed) -> None:
    outer = placed.boxes[identifier]
    if own.boxes:
        placed.expanded.add(identifier)
    placed.boxes |= {each: box.moved(outer.x, outer.y) for each, box in own.boxes.items()}
    placed.lanes |= {each: box.moved(outer.x, outer.y) for each, box in own.lanes.items()}
    placed.expanded |= own.expanded
    placed.backward |= own.backward
