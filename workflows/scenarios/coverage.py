"""Coverage: which elements and sequence flows of a lifecycle its scenarios have passed.

Nothing of it is guessed: the kernel notes where each token went, and the history of every
case keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.values import InstanceQuery
from workflows.scenarios.stage import MAX_CASES, OBSERVER

if TYPE_CHECKING:
    from engine import Engine
    from engine.definitions import DefinitionModel
    from engine.values import HistoryEvent

_PAGE = 200


@dataclass(frozen=True, slots=True)
class Passed:
    """The ids of elements that a token has come to, and of sequence flows it has taken."""

    elements: frozenset[str] = frozenset()
    flows: frozenset[str] = frozenset()

    def __or__(self, other: Passed) -> Passed:
        """What either has passed."""
        return Passed(self.elements | other.elements, self.flows | other.flows)


NOTHING = Passed()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What there is to pass in a bundle, in the order of its files, and what was passed."""

    elements: tuple[str, ...]
    flows: tuple[str, ...]
    passed: Passed

    @property
    def missed_elements(self) -> tuple[str, ...]:
        """The elements that no token has come to."""
        return tuple(each for each in self.elements if each not in self.passed.elements)

    @property
    def missed_flows(self) -> tuple[str, ...]:
        """The sequence flows that no token has taken."""
        return tuple(each for each in self.flows if each not in self.passed.flows)

    @property
    def per_cent(self) -> int:
        """How much of all was passed, rounded down: 100 is all of it."""
        total = len(self.elements) + len(self.flows)
        missed = len(self.missed_elements) + len(self.missed_flows)
        return 100 if total == 0 else 100 * (total - missed) // total


def covered(model: DefinitionModel, passed: Iterable[Passed]) -> Coverage:
    """The coverage of what a bundle's diagrams hold by what was passed altogether."""
    together = NOTHING
    for each in passed:
        together |= each
    return Coverage(tuple(model.elements), tuple(model.flows), together)


def passed_in(engine: Engine, key: str) -> Passed:
    """What all cases of a process have passed so far."""
    found = engine.instances(actor=OBSERVER, query=InstanceQuery(process=key, limit=MAX_CASES))
    elements: set[str] = set()
    flows: set[str] = set()
    for case in found.items:
        for event in _events(engine, case.id):
            payload: Mapping[str, Any] = event.payload or {}
            elements |= {element for element, _ in payload.get("path", ())}
            flows |= set(payload.get("flows", ()))
    return Passed(frozenset(elements), frozenset(flows))


def _events(engine: Engine, instance_id: int) -> Iterator[HistoryEvent]:
    after = 0
    while some := engine.history(instance_id, actor=OBSERVER, after=after, limit=_PAGE):
        yield from some
        after = some[-1].seq
