"""From one version to another: what becomes of a case on the way, decided without writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from engine.definitions import Bundle, Element
from engine.errors import ExecutionError, InvalidInput
from engine.kernel import Run, Standing, Wait, position_of, renamed
from engine.migration.net import Net, Place
from engine.migration.steps import asked, deciding, require_same
from engine.migration.verdicts import Reason, Stays, Verdict, Way
from engine.registry import Registry
from engine.runtime.deployed import Definition, content_of
from engine.runtime.opening import Decider, candidate_of

_NETS = 16


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a running case: its state and the rows that hang on its tokens.

    One whose very start has failed has no state.
    ``open_seats`` are (seat, candidate) by token, ``voices`` the tokens at which somebody has
    spoken; ``failed`` and ``leased`` the elements of jobs out of attempts or being done,
    ``moving`` says that a step of it is being tried again.
    """

    id: int
    state: bytes | None
    open_seats: Mapping[int, frozenset[tuple[int, str]]] = field(default_factory=dict)
    voices: frozenset[int] = frozenset()
    failed: tuple[str, ...] = ()
    leased: tuple[str, ...] = ()
    moving: bool = False


@lru_cache(_NETS)
def _net_of(bundle: Bundle) -> Net:
    return Net(content_of(bundle).model)


class Route:
    """The way from ``source`` to ``target``, versions of one process.

    ``mapping`` gives the elements of the target that take the place of those of the source;
    an element that is not in it keeps its id. Raises InvalidInput for a mapping of what is
    not there, or of unequal elements.
    """

    def __init__(
        self,
        registry: Registry,
        source: Definition,
        target: Definition,
        mapping: Mapping[str, str],
    ) -> None:
        if source.key != target.key or source.id == target.id:
            raise InvalidInput({"to": ["not_an_option"]})
        self.source = source
        self.target = target
        self.mapping = {old: new for old, new in mapping.items() if old != new}
        self._registry = registry
        self._before = _net_of(source.bundle)
        self._after = _net_of(target.bundle)
        self._check_mapping()

    def _check_mapping(self) -> None:
        before, after = self._before.elements, self._after.elements
        wrong = [
            f"unmappable:{old}={new}"
            for old, new in self.mapping.items()
            if old not in before or new not in after or before[old].type != after[new].type
        ]
        # Two elements on one would make two tokens of a case stand in for each other.
        kept = [self.mapping.get(old, old) for old in before]
        twice = {new for new in self.mapping.values() if kept.count(new) > 1}
        wrong += [f"mapped_twice:{new}" for new in sorted(twice)]
        if wrong:
            raise InvalidInput({"mapping": wrong})

    def mappable(self) -> list[tuple[Element, list[Element]]]:
        """The elements at which cases wait and that the target lacks, with what could be meant.

        That is, the elements of the same type which the source has not.
        """
        before, after = self._before.elements, self._after.elements
        news = [each for each in after.values() if each.id not in before]
        return [
            (old, [new for new in news if (new.type, new.event) == (old.type, old.event)])
            for old in before.values()
            if old.id not in after and self._stands_at(old)
        ]

    def _stands_at(self, old: Element) -> bool:
        net = self._before
        return net.waits_at(old.id) or net.joins_at(old.id) or old.attached_to is not None

    def verdict(self, case: Case) -> Verdict:
        """What becomes of a case; nothing is written."""
        try:
            return self._moving(case)
        except Stays as answer:
            return Verdict(Way.STAYS, answer.reason, answer.element)

    def state(self, case: Case, verdict: Verdict) -> bytes:
        """The state of a case that moves, as the target keeps it.

        Raises Stays where it does not wait there for exactly what it waited for.
        """
        assert case.state is not None, "a case that moves has a state"
        moved = renamed(case.state, verdict.names, self.target.executable)
        before = Run.load(self.source.executable, case.state, self.source).waits
        after = Run.load(self.target.executable, moved, self.target).waits
        expected = {
            number: _named(wait, verdict.names.get(wait.element, wait.element))
            for number, wait in before.items()
        }
        if expected != {number: _named(wait, wait.element) for number, wait in after.items()}:
            raise Stays(Reason.UNPROVEN)
        return moved

    def _moving(self, case: Case) -> Verdict:
        if case.failed or case.moving or case.state is None:
            raise Stays(Reason.INCIDENT, case.failed[0] if case.failed else "")
        if case.leased:
            raise Stays(Reason.BUSY, case.leased[0])
        position = position_of(case.state)
        if position.loop:
            raise Stays(Reason.LOOP, position.loop)
        if position.scope:
            raise Stays(Reason.SUBPROCESS, position.scope)
        standing = [token for token in position.tokens if not token.at_end]
        for token in standing:
            self._require_fit(token)
        self._require_reachable(token for token in standing if not token.host)
        more = tuple(self._seats(case, case.state, standing))
        names = self._names(standing)
        moved = {token.element for token in standing} & names.keys()
        return Verdict(Way.MAPPED if moved else Way.UNCHANGED, names=names, more=more)

    def _names(self, standing: Sequence[Standing]) -> dict[str, str]:
        """The renamed elements that the state names: those of live tokens, and where from."""
        named = {token.element for token in standing} | {token.via for token in standing}
        return {old: new for old, new in self.mapping.items() if old in named}

    def _require_fit(self, token: Standing) -> None:
        before = self._before.elements[token.element]
        after = self._after.elements.get(self._there(token.element))
        if after is None:
            raise Stays(Reason.REMOVED, token.element)
        require_same(self.source.model, self.target.model, before, after)
        mine = {self._there(each.id) for each in self._before.events_of(before.id)}
        if mine != {each.id for each in self._after.events_of(after.id)}:
            raise Stays(Reason.EVENTS, before.id)
        if before.attached_to and self._there(before.attached_to) != after.attached_to:
            raise Stays(Reason.EVENTS, before.id)

    def _require_reachable(self, standing: Iterable[Standing]) -> None:
        places: list[Place] = [
            (self._there(token.element), self._there(token.via)) for token in standing
        ]
        if not self.mapping and self._before.shape == self._after.shape:
            return
        if self._after.markings is None:
            raise Stays(Reason.UNPROVEN)
        if self._after.marking(iter(places)) not in self._after.markings:
            raise Stays(Reason.UNREACHABLE, places[0][0] if len(places) == 1 else "")

    def _there(self, element: str) -> str:
        return self.mapping.get(element, element)

    def _seats(
        self, case: Case, state: bytes, standing: Sequence[Standing]
    ) -> Iterable[tuple[int, int, str]]:
        """The seats that the target opens besides; raises Stays where it asks otherwise."""
        changed = [token for token in standing if self._asks_otherwise(token.element)]
        if not changed:
            return
        waits = Run.load(self.source.executable, state, self.source).waits
        for token in changed:
            if token.number in case.voices:
                raise Stays(Reason.HALF_DECIDED, token.element)
            opened = case.open_seats.get(token.number, frozenset())
            there = self._after.elements[self._there(token.element)]
            wanted = self._wanted(there, waits[token.number])
            if not opened or not opened <= wanted:
                raise Stays(Reason.PEOPLE, token.element)
            for seat, candidate in sorted(wanted - opened):
                yield token.number, seat, candidate

    def _asks_otherwise(self, element: str) -> bool:
        """Whether an element is a user task that the target offers or decides otherwise."""
        before = self._before.elements[element]
        if before.type != "userTask":
            return False
        after = self._after.elements[self._there(element)]
        return (asked(before), deciding(before)) != (asked(after), deciding(after))

    def _wanted(self, element: Element, wait: Wait) -> frozenset[tuple[int, str]]:
        """Whom the target asks at a step; nobody where it decides by itself or cannot tell."""
        try:
            candidate = candidate_of(self.target, element, wait.variables)
            if "approval" not in element.properties:
                return frozenset({(0, candidate)})
            decider = Decider(self._registry, self.target, element, wait.variables, candidate)
            if decider.decide(()) is not None:
                return frozenset()
            return frozenset(decider.to_open(set(), set()))
        except ExecutionError:
            # A case that could not open this step there had better stay where it can go on.
            return frozenset()


def _named(wait: Wait, element: str) -> tuple[object, ...]:
    return element, wait.kind, dict(wait.variables), wait.item
