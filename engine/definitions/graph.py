"""The graph of a process, level by level, with reachability for the checks.

Reachability is kept as one integer of bits a node, so that even a thick
diagram is closed over in a few passes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from engine.definitions.model import DefinitionModel, Element, Flow


@dataclass
class Level:
    """One process or embedded subprocess: the nodes directly in it.

    ``owner`` is the subprocess element, None for a process itself. Only flows
    with both ends on this level are kept here.
    """

    id: str
    process_id: str
    owner: Element | None
    nodes: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    outgoing: dict[str, list[Flow]] = field(default_factory=dict)
    incoming: dict[str, list[Flow]] = field(default_factory=dict)
    boundary: dict[str, list[Element]] = field(default_factory=dict)

    def out(self, node: str) -> list[Flow]:
        """The flows that leave a node, in file order."""
        return self.outgoing.get(node, [])

    def into(self, node: str) -> list[Flow]:
        """The flows that enter a node."""
        return self.incoming.get(node, [])

    def next_of(self, node: str) -> Iterator[str]:
        """Where a token can go from a node, by its flows or its boundary events."""
        for flow in self.out(node):
            yield flow.target
        for event in self.boundary.get(node, []):
            yield event.id

    def of_type(self, *types: str) -> list[Element]:
        """The nodes of these types, in file order."""
        return [node for node in self.nodes.values() if node.type in types]

    @cached_property
    def bits(self) -> Mapping[str, int]:
        """The bit that stands for each node."""
        return {node: 1 << index for index, node in enumerate(self.nodes)}

    @cached_property
    def reach(self) -> Mapping[str, int]:
        """The nodes that can be reached from each node, itself included, as bits."""
        reached = dict(self.bits)
        order = self._depth_first()
        changed = True
        while changed:
            changed = False
            for node in order:
                total = reached[node]
                for after in self.next_of(node):
                    total |= reached[after]
                if total != reached[node]:
                    reached[node] = total
                    changed = True
        return reached

    def reached_from(self, nodes: Iterable[str]) -> int:
        """The nodes that can be reached from any of these, as bits."""
        total = 0
        for node in nodes:
            total |= self.reach[node]
        return total

    def in_bits(self, bits: int) -> list[Element]:
        """The nodes whose bits are set, in file order."""
        found: list[Element] = []
        while bits:
            lowest = bits & -bits
            found.append(self._in_order[lowest.bit_length() - 1])
            bits ^= lowest
        return found

    @cached_property
    def _in_order(self) -> list[Element]:
        return list(self.nodes.values())

    def _depth_first(self) -> list[str]:
        """The nodes in postorder, so that successors mostly come first."""
        return postorder(self.nodes, self.next_of)


def postorder(roots: Iterable[str], after: Callable[[str], Iterable[str]]) -> list[str]:
    """All that ``roots`` lead to by ``after``, each behind what it leads to, loops apart."""
    done: set[str] = set()
    order: list[str] = []
    for root in roots:
        stack = [(root, False)]
        while stack:
            node, left = stack.pop()
            if left:
                order.append(node)
            elif node not in done:
                done.add(node)
                stack.append((node, True))
                stack.extend((following, False) for following in after(node))
    return order


def levels_of(model: DefinitionModel) -> dict[str, Level]:
    """Every level of every executed process, by the id of its process or subprocess."""
    levels = {
        process.id: Level(process.id, process.id, None) for process in model.processes.values()
    }
    for element in model.elements.values():
        if element.type == "subProcess":
            levels[element.id] = Level(element.id, element.process_id, element)
    for element in model.elements.values():
        if element.scope in levels:
            levels[element.scope].nodes[element.id] = element
    for level in levels.values():
        for node in level.nodes.values():
            if node.attached_to in level.nodes:
                level.boundary.setdefault(str(node.attached_to), []).append(node)
    for flow in model.flows.values():
        owner = levels.get(flow.scope)
        if owner and flow.source in owner.nodes and flow.target in owner.nodes:
            owner.flows.append(flow)
            owner.outgoing.setdefault(flow.source, []).append(flow)
            owner.incoming.setdefault(flow.target, []).append(flow)
    return levels
