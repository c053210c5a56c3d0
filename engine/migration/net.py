"""At which steps the cases of a process can stand together.

A case may move to a version only where a case of that version can stand too: else its tokens
could wait for ever at a join whose other branch they never entered, or pass a step twice. All
combinations ("markings") are found by playing the main process with every answer its gateways
could give. Conditions and variables are not looked at; what is left out only ever keeps cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import combinations

from engine.definitions import DefinitionModel, Element

Place = tuple[str, str]
"""An element and, at a join, the node the token came from."""

Marking = tuple[Place, ...]

MOST_MARKINGS = 2_000
_MOST_TOKENS = 2
"""Tokens at one place that are looked at; a reminder may come again and again."""
_MOST_WAYS = 6

_WAITING = frozenset(
    {
        "userTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "intermediateCatchEvent",
        "subProcess",
        "callActivity",
    }
)
_JOINS = frozenset({"parallelGateway", "inclusiveGateway"})


class TooMany(Exception):
    """There are more combinations than are looked at."""


class Net:
    """The main process of a definition as elements and flows."""

    def __init__(self, model: DefinitionModel) -> None:
        self.elements: Mapping[str, Element] = {
            each.id: each for each in model.elements.values() if each.scope == model.process_id
        }
        self._out: dict[str, list[Place]] = {each: [] for each in self.elements}
        self._into: dict[str, list[str]] = {each: [] for each in self.elements}
        self._events: dict[str, list[Element]] = {each: [] for each in self.elements}
        self._behind: dict[Place, frozenset[str]] = {}
        for flow in model.flows.values():
            if flow.scope == model.process_id:
                second = any(target == flow.target for target, _ in self._out[flow.source])
                via = f"{flow.id} flow" if second else flow.source
                self._out[flow.source].append((flow.target, via))
                self._into[flow.target].append(via)
        for each in self.elements.values():
            if each.attached_to is not None:
                self._events[each.attached_to].append(each)

    @cached_property
    def shape(self) -> object:
        """Equal for two processes whose tokens can go the same ways."""
        said = {
            each.id: (each.type, each.event, each.attached_to, each.interrupting, each.loop is None)
            for each in self.elements.values()
        }
        return said, {name: sorted(targets) for name, targets in self._out.items()}

    def events_of(self, element: str) -> Sequence[Element]:
        """The boundary events attached to an activity."""
        return self._events[element]

    def waits_at(self, name: str) -> bool:
        """Whether a token waits at an element for something that has to come."""
        element = self.elements[name]
        return element.type in _WAITING or element.loop is not None

    def joins_at(self, name: str) -> bool:
        """Whether tokens wait for each other at an element."""
        return self.elements[name].type in _JOINS and len(self._into[name]) > 1

    def marking(self, places: Iterator[Place]) -> Marking:
        """The combination of these places; what stands apart from the others is left out."""
        kept = (
            (name, via if self.joins_at(name) else "")
            for name, via in places
            if name not in self.aside
        )
        return tuple(sorted(kept))

    @cached_property
    def markings(self) -> frozenset[Marking] | None:
        """Every combination at which a case can wait; None where there are too many."""
        try:
            return self._played()
        except TooMany:
            return None

    def _played(self) -> frozenset[Marking]:
        starts = [each.id for each in self.elements.values() if each.type == "startEvent"]
        found: set[Marking] = set()
        open_ends = [marking for start in starts for marking in self._settled(((start, ""),))]
        while open_ends:
            marking = open_ends.pop()
            if marking in found:
                continue
            found.add(marking)
            if len(found) > MOST_MARKINGS:
                raise TooMany
            for moved in self._moves(marking):
                open_ends += self._settled(moved) - found
        return frozenset(found)

    @cached_property
    def aside(self) -> frozenset[str]:
        """What only a reminder or the like leads to, and meets no other branch again.

        Any number of tokens may stand there, whatever the others do.
        """
        starts = [each.id for each in self.elements.values() if each.type == "startEvent"]
        main = self._reached(starts, beside=False)
        found: set[str] = set()
        for event in self.elements.values():
            if event.attached_to is None or event.interrupting:
                continue
            branch = self._reached([event.id], beside=True)
            if not branch & main and not any(self.joins_at(each) for each in branch):
                found |= branch
        return frozenset(found)

    def _reached(self, begin: Sequence[str], *, beside: bool) -> set[str]:
        seen, open_ends = set(begin), list(begin)
        while open_ends:
            name = open_ends.pop()
            following = [target for target, _ in self._out[name]]
            following += [each.id for each in self._events[name] if beside or each.interrupting]
            for each in following:
                if each not in seen:
                    seen.add(each)
                    open_ends.append(each)
        return seen

    def _moves(self, marking: Marking) -> Iterator[Marking]:
        """What can come next from outside: a step done, or a boundary event."""
        for place in dict.fromkeys(marking):
            if not self.waits_at(place[0]):
                continue
            others = _without(marking, place)
            yield (*self._without_rivals(others, place[0]), *self._out[place[0]])
            for event in self._events[place[0]]:
                if event.interrupting:
                    yield (*others, *self._out[event.id])
                elif event.id not in self.aside:
                    yield (*marking, *self._out[event.id])

    def _without_rivals(self, marking: Marking, name: str) -> Marking:
        sources = [each for each in self._into[name] if each in self.elements]
        if not any(self.elements[each].type == "eventBasedGateway" for each in sources):
            return marking
        rivals = {target for source in sources for target, _ in self._out[source]}
        return tuple(place for place in marking if place[0] not in rivals)

    def _settled(self, marking: Marking) -> set[Marking]:
        """Where it all comes to rest once everything has gone on that goes on by itself."""
        settled: set[Marking] = set()
        seen: set[Marking] = set()
        open_ends = [marking]
        while open_ends:
            now = self.marking(iter(open_ends.pop()))
            if now in seen or any(now.count(place) > _MOST_TOKENS for place in now):
                continue
            seen.add(now)
            if len(seen) > MOST_MARKINGS:
                raise TooMany
            following = self._automatic(now)
            if following is None:
                settled.add(now)
            else:
                open_ends += following
        return settled

    def _automatic(self, marking: Marking) -> list[Marking] | None:
        """The next automatic step, with every answer it could give; None where all wait."""
        for place in marking:
            if self.waits_at(place[0]) or self.joins_at(place[0]):
                continue
            return self._left(_without(marking, place), self.elements[place[0]])
        for name in dict.fromkeys(name for name, _ in marking if self.joins_at(name)):
            arrived = self._may_fire(marking, name)
            if arrived:
                others = marking
                for place in arrived:
                    others = _without(others, place)
                return self._left(others, self.elements[name])
        return None

    def _left(self, others: Marking, element: Element) -> list[Marking]:
        flows = self._out[element.id]
        if element.type == "endEvent" and element.event in ("terminate", "error"):
            return [()]
        if element.type == "exclusiveGateway":
            return [(*others, flow) for flow in flows]
        if element.type == "inclusiveGateway":
            if len(flows) > _MOST_WAYS:
                raise TooMany
            sizes = range(1, len(flows) + 1)
            return [(*others, *some) for size in sizes for some in combinations(flows, size)]
        return [(*others, *flows)]

    def _may_fire(self, marking: Marking, name: str) -> list[Place]:
        """The tokens with which a join goes on; none while it waits."""
        arrived = list(dict.fromkeys(place for place in marking if place[0] == name))
        missing = [via for via in self._into[name] if (name, via) not in arrived]
        if not missing:
            return arrived
        if self.elements[name].type == "parallelGateway":
            return []
        ready = [via for _, via in arrived]
        for other, _ in marking:
            if other == name:
                continue
            comes = any(other in self._sources(name, via) for via in missing)
            if comes and not any(other in self._sources(name, via) for via in ready):
                return []
        return arrived

    def _sources(self, join: str, via: str) -> frozenset[str]:
        """Whence a flow into a join can be reached without passing the join."""
        if (join, via) in self._behind:
            return self._behind[join, via]
        first = self._source(join, via)
        seen, open_ends = {first}, [first]
        while open_ends:
            name = open_ends.pop()
            host = self.elements[name].attached_to
            before = [self._source(name, each) for each in self._into[name]]
            for each in before if host is None else [*before, host]:
                if each not in seen and each != join:
                    seen.add(each)
                    open_ends.append(each)
        return self._behind.setdefault((join, via), frozenset(seen))

    def _source(self, target: str, via: str) -> str:
        """The element a flow comes from; the later ones of two between the same have no name."""
        if via in self.elements:
            return via
        return next(name for name, out in self._out.items() if (target, via) in out)


def _without(marking: Marking, place: Place) -> Marking:
    number = marking.index(place)
    return marking[:number] + marking[number + 1 :]
