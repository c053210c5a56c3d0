"""Where the tokens of a case stood after each of its events, worked out from its history alone.

An event that moves tokens holds the way they went: ``path`` (elements entered, completed,
cancelled, rounds of repeated ones begun and ended) and the ``flows`` taken. Counted along, they
give every position the case has had. What was erased, or written before ``flows`` were, is made
up for by the columns that every event keeps, and the position is then said to be uncertain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.definitions import DefinitionModel
from engine.history.terrain import Terrain
from engine.values import HistoryEvent, Value

_MOVING = frozenset(
    {
        "instance_started",
        "work_item_completed",
        "timer_fired",
        "service_completed",
        "message_received",
        "step_taken",
        "migrated",
    }
)
_ENDS = frozenset({"instance_completed", "instance_terminated"})


@dataclass(frozen=True, slots=True)
class ElementState:
    """An element at a moment: the tokens at it, and how often it was passed.

    Of an activity with a loop marker that runs, how many of its rounds have ``begun`` and how
    many of those have ``ended``.
    """

    tokens: int = 0
    done: int = 0
    ended: int = 0
    begun: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """The case right after an event.

    ``elements`` and ``flows`` (how often each was taken) hold what this event has changed;
    ``skipped`` are all elements and flows that no token has passed and none can reach any more.
    ``certain`` is False once a position cannot be told from what is left of the history.
    """

    seq: int
    at: datetime
    version: int
    elements: Mapping[str, ElementState]
    flows: Mapping[str, int]
    skipped: frozenset[str]
    certain: bool


def replayed(
    models: Mapping[int, DefinitionModel], events: Iterable[HistoryEvent], version: int
) -> Iterator[Moment]:
    """The moment after each of a case's events, in order.

    ``models`` are the versions that the case has followed, by number; ``version`` is the one it
    follows now.
    """
    told = list(events)
    replay = _Replay({number: Terrain(model) for number, model in models.items()})
    for event, followed in zip(told, versions_after(told, version), strict=True):
        yield replay.after(event, followed)


def versions_after(events: Sequence[HistoryEvent], version: int) -> list[int]:
    """The version that a case followed after each of its events; ``version`` after the last.

    Read from the end: what a migration left stands in it.
    """
    found = []
    for event in reversed(events):
        found.append(version)
        if event.kind == "migrated" and event.payload:
            version = int(str(event.payload["from"]))
    return found[::-1]


class _Replay:
    """The position of a case while its events are counted along."""

    def __init__(self, terrains: Mapping[int, Terrain]) -> None:
        self._terrains = terrains
        self._terrain: Terrain | None = None
        self._tokens: Counter[str] = Counter()
        self._arrived: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._flows: Counter[str] = Counter()
        self._begun: Counter[str] = Counter()
        self._ended: Counter[str] = Counter()
        self._open: dict[int, str] = {}
        self._certain = True
        self._touched: set[str] = set()

    def after(self, event: HistoryEvent, version: int) -> Moment:
        """Count one more event."""
        terrain = self._terrains[version]
        self._touched = set()
        payload = event.payload or {}
        if event.kind == "migrated":
            self._migrate(terrain, payload.get("mapping"))
        self._terrain = terrain
        flows = [str(each) for each in _listed(payload.get("flows"))]
        self._take(terrain, flows)
        for element, what in _pairs(payload.get("path")):
            self._move(terrain, element, what)
        self._follow_items(event)
        if event.kind in _MOVING:
            self._doubt(terrain, event)
        if event.kind in _ENDS:
            self._clear(self._tokens, self._tokens)
            self._clear(self._arrived, self._arrived)
        return Moment(
            event.seq,
            event.at,
            version,
            {each: self._state(terrain, each) for each in self._touched},
            {each: self._flows[each] for each in flows},
            terrain.skipped(self._standing(terrain), self._done, self._flows),
            self._certain,
        )

    def _state(self, terrain: Terrain, element: str) -> ElementState:
        waiting = sum(self._arrived[flow] for flow in terrain.joined.get(element, ()))
        tokens = self._tokens[element] + waiting
        running = self._tokens[element] > 0
        return ElementState(
            tokens,
            self._done[element],
            self._ended[element] if running else 0,
            self._begun[element] if running else 0,
        )

    def _standing(self, terrain: Terrain) -> frozenset[str]:
        waiting = (terrain.target(flow) for flow in +self._arrived)
        return frozenset((*+self._tokens, *waiting))

    def _take(self, terrain: Terrain, flows: Iterable[str]) -> None:
        """Count flows; a token that arrives at a join waits there, which no path tells."""
        for flow in flows:
            self._flows[flow] += 1
            if terrain.target(flow) in terrain.joined:
                self._arrived[flow] += 1
                self._touched.add(terrain.target(flow))

    def _move(self, terrain: Terrain, element: str, what: str) -> None:
        self._touched.add(element)
        if what in ("begun", "ended"):
            (self._begun if what == "begun" else self._ended)[element] += 1
            return
        if what == "entered":
            self._meet(terrain, element)
            if not self._tokens[element]:
                self._begun[element] = self._ended[element] = 0
            self._tokens[element] += 1
            return
        self._leave(element)
        self._done[element] += what == "completed"
        self._clear(self._arrived, terrain.given_up_with(element, self._arrived))

    def _meet(self, terrain: Terrain, element: str) -> None:
        """A join fires: one token of each flow into it that has some goes on as one."""
        for flow in terrain.joined.get(element, ()):
            if self._arrived[flow]:
                self._arrived[flow] -= 1

    def _leave(self, element: str) -> None:
        self._tokens[element] = max(0, self._tokens[element] - 1)

    def _clear(self, counts: Counter[str], keys: Iterable[str]) -> None:
        for each in list(keys):
            counts[each] = 0
            target = self._terrain.target(each) if self._terrain else ""
            self._touched.add(target if counts is self._arrived else each)

    def _follow_items(self, event: HistoryEvent) -> None:
        """Which work items are open is told by columns, which nobody erases."""
        item, element = event.work_item_id, event.element or ""
        if event.kind == "work_item_created" and item is not None:
            self._open[item] = element
            if not self._tokens[element]:
                self._tokens[element] = 1
                self._touched.add(element)
        elif event.kind == "work_item_completed" and item is not None:
            self._open.pop(item, None)
        elif event.kind in {"task_cancelled", "seats_closed"}:
            self._open = {key: at for key, at in self._open.items() if at != element}

    def _doubt(self, terrain: Terrain, event: HistoryEvent) -> None:
        """Go by the columns alone where the way is not told."""
        payload = event.payload or {}
        if not event.erased:
            if "path" in payload and "flows" not in payload and terrain.joined:
                self._certain = False
            return
        self._certain = False
        element = event.element or ""
        if self._tokens[element] and element not in self._open.values():
            self._leave(element)
            self._done[element] += 1
            self._touched.add(element)

    def _migrate(self, target: Terrain, mapping: Value) -> None:
        """What waits goes on under the names that the other version has for its places."""
        names = {str(k): str(v) for k, v in mapping.items()} if isinstance(mapping, dict) else {}
        self._touched |= {*+self._tokens, *names.values()}
        self._tokens = Counter({names.get(k, k): n for k, n in (+self._tokens).items()})
        self._open = {key: names.get(at, at) for key, at in self._open.items()}
        source = self._terrain
        if source is not None:
            arrived, self._arrived = self._arrived, Counter()
            for flow, number in arrived.items():
                self._arrived[target.same_flow(source, flow, names)] += number
            del self._arrived[""]
            self._touched |= {target.target(flow) for flow in self._arrived}


def _listed(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []


def _pairs(value: Value) -> Iterator[tuple[str, str]]:
    for pair in _listed(value):
        first, second = _listed(pair)
        yield str(first), str(second)
