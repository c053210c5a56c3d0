"""What each token must have passed to get somewhere: dominators of a level's nodes and flows.

Kept as one integer of bits each, like reachability, so that a thick diagram takes a few passes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.definitions.graph import Level, postorder


class Dominance:
    """The dominators of all that the start events of a level lead to, by ids of nodes and flows."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._targets = {flow.id: flow.target for flow in level.flows}
        starts = [node.id for node in level.of_type("startEvent")]
        # Reversed, so that predecessors mostly come first.
        self._order = postorder(starts, self._after)[::-1]
        self.bits: Mapping[str, int] = {each: 1 << i for i, each in enumerate(self._order)}
        self._passed = self._settle()

    def reaches(self, place: str) -> bool:
        """Whether a start event leads to a node or flow."""
        return place in self.bits

    def passed(self, place: str) -> int:
        """What lies on every way to a node or flow, itself included, as bits."""
        return self._passed[place]

    def in_bits(self, bits: int) -> Iterator[str]:
        """The ids whose bits are set."""
        while bits:
            lowest = bits & -bits
            yield self._order[lowest.bit_length() - 1]
            bits ^= lowest

    def _after(self, place: str) -> list[str]:
        level = self._level
        if place not in level.nodes:
            return [self._targets[place]]
        attached = level.boundary.get(place, [])
        return [*(flow.id for flow in level.out(place)), *(each.id for each in attached)]

    def _settle(self) -> Mapping[str, int]:
        before: dict[str, list[str]] = {place: [] for place in self._order}
        for place in self._order:
            for after in self._after(place):
                before[after].append(place)
        everything = (1 << len(self._order)) - 1
        passed = dict.fromkeys(self._order, everything)
        changed = True
        while changed:
            changed = False
            for place in self._order:
                common = everything if before[place] else 0
                for earlier in before[place]:
                    common &= passed[earlier]
                common |= self.bits[place]
                if common != passed[place]:
                    passed[place] = common
                    changed = True
        return passed
