"""A version of a process as ground that tokens move over: what joins, what leads where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from engine.definitions import DefinitionModel

_JOINS = frozenset({"parallelGateway", "inclusiveGateway"})
_HOLDING = frozenset({"subProcess", "callActivity"})


class Terrain:
    """All processes of one version. ``joined`` are the flows into each join, by its id."""

    def __init__(self, model: DefinitionModel) -> None:
        self._elements = model.elements
        self._flow_of = model.flows
        into: dict[str, list[str]] = defaultdict(list)
        self._after: dict[str, list[str]] = defaultdict(list)
        for flow in model.flows.values():
            into[flow.target].append(flow.id)
            self._after[flow.source].append(flow.target)
        self.joined: Mapping[str, tuple[str, ...]] = {
            each: tuple(flows)
            for each, flows in into.items()
            if len(flows) > 1 and model.elements[each].type in _JOINS
        }
        starts: dict[str, list[str]] = defaultdict(list)
        for element in model.elements.values():
            if element.attached_to is not None:
                self._after[element.attached_to].append(element.id)
            if element.type == "startEvent":
                starts[element.scope].append(element.id)
        for element in model.elements.values():
            self._after[element.id] += starts[element.called_element or element.id]
        self._holding = frozenset(
            each.id for each in model.elements.values() if each.type in _HOLDING
        )
        self._out_of_reach: dict[frozenset[str], frozenset[str]] = {}

    def target(self, flow: str) -> str:
        """The element that a flow leads to; empty for a flow this version has not."""
        return self._flow_of[flow].target if flow in self._flow_of else ""

    def same_flow(self, other: Terrain, flow: str, names: Mapping[str, str]) -> str:
        """The flow between the places that ``flow`` of another version joins; empty if none.

        ``names`` gives the elements that are called otherwise here.
        """
        there = other._flow_of.get(flow)
        if there is None:
            return ""
        ends = [names.get(each, each) for each in (there.source, there.target)]
        found = (each.id for each in self._flow_of.values() if [each.source, each.target] == ends)
        return next(found, "")

    def given_up_with(self, element: str, flows: Iterable[str]) -> list[str]:
        """Those of ``flows`` on which nobody waits any more once a token has left an element.

        They lie inside a subprocess or called process that ends, or in the scope of a
        terminate end event.
        """
        left = self._elements.get(element)
        if left is None or (left.event != "terminate" and left.id not in self._holding):
            return []
        ended = left.scope if left.event == "terminate" else left.called_element or left.id
        return [each for each in flows if self._lies_in(each, ended)]

    def _lies_in(self, flow: str, scope: str) -> bool:
        around = self._flow_of[flow].scope if flow in self._flow_of else ""
        while around and around != scope:
            outer = self._elements.get(around)
            around = outer.scope if outer else ""
        return around == scope

    def skipped(
        self, standing: frozenset[str], done: Mapping[str, int], flows: Mapping[str, int]
    ) -> frozenset[str]:
        """The elements and flows never passed that tokens ``standing`` there cannot reach."""
        unreached = self._out_of_reach.get(standing)
        if unreached is None:
            reached = self._reached(standing)
            unreached = self._out_of_reach[standing] = frozenset(
                [each for each in self._elements if each not in reached]
                + [each.id for each in self._flow_of.values() if each.source not in reached]
            )
        return frozenset(each for each in unreached if not done.get(each) and not flows.get(each))

    def _reached(self, standing: Iterable[str]) -> set[str]:
        reached: set[str] = set()
        ahead = list(standing)
        while ahead:
            each = ahead.pop()
            if each not in reached:
                reached.add(each)
                ahead += self._after[each]
        return reached
