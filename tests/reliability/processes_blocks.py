"""Blocks of which random processes are built, and the dice that build them.

Every block has one way in and one way out, so what a process must do is plain
from its shape. Variables are named after the element that writes them, so
parallel branches never write the same one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

CONSTANT = "x"


@dataclass(frozen=True)
class Work:
    """A user or service task; ``writes`` names the variable its completion sets."""

    id: str
    kind: str
    writes: str | None
    constant: bool = False


@dataclass(frozen=True)
class Auto:
    """A task or none event that the engine passes through."""

    id: str


@dataclass(frozen=True)
class Catch:
    """A timer, a message or a receive task in the flow."""

    id: str
    kind: str
    receive: bool = False


@dataclass(frozen=True)
class Seq:
    """One after the other."""

    parts: tuple[Block, ...]


@dataclass(frozen=True)
class Par:
    """A parallel split and its join."""

    id: str
    branches: tuple[Seq, ...]


@dataclass(frozen=True)
class Choice:
    """An exclusive (``inclusive`` false) or inclusive split and its join; the last is the default.

    ``conditions`` has one less than ``branches``; each is ``<variable> odd``.
    """

    id: str
    inclusive: bool
    branches: tuple[Seq, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Loop:
    """A way back around ``body``, taken while ``again`` holds."""

    id: str
    body: Seq
    again: str


@dataclass(frozen=True)
class Sub:
    """An embedded subprocess, or a called process."""

    id: str
    body: Seq
    called: bool


@dataclass(frozen=True)
class Multi:
    """A multi-instance of work or of a subprocess, over ``items`` or ``n`` times."""

    id: str
    inner: Work | Sub
    sequential: bool
    over_items: bool
    enough: int | None


@dataclass(frozen=True)
class Rounds:
    """Work with a standard loop marker."""

    id: str
    inner: Work
    maximum: int


@dataclass(frozen=True)
class Event:
    """A boundary event with the way it leads; ``kind`` timer, cycle, message, error, escalation."""

    id: str
    kind: str
    interrupting: bool
    path: Seq


@dataclass(frozen=True)
class Guarded:
    """An activity with boundary events."""

    id: str
    host: Work | Sub | Multi
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Race:
    """An event-based gateway."""

    id: str
    branches: tuple[tuple[Catch, Seq], ...]


@dataclass(frozen=True)
class Leave:
    """Work after which the scope may end: by an error or a terminate end event."""

    id: str
    work: Work
    condition: str
    by_error: bool


@dataclass(frozen=True)
class Escalate:
    """An escalation thrown on the way."""

    id: str


Block = (
    Work
    | Auto
    | Catch
    | Seq
    | Par
    | Choice
    | Loop
    | Sub
    | Multi
    | Rounds
    | Guarded
    | Race
    | Leave
    | Escalate
)


@dataclass(frozen=True)
class Place:
    """Where the dice stand: which variable work may write, what the scope around catches."""

    depth: int
    result: str | None = None
    in_multi: bool = False
    may_fail: bool = False
    may_escalate: bool = False
    in_sub: bool = False

    def deeper(self, **changes: object) -> Place:
        """One level further in."""
        values = {**self.__dict__, "depth": self.depth + 1, **changes}
        return Place(**values)  # type: ignore[arg-type]


class Dice:
    """Builds one random process from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0
        self.written = ["v0", "v1", "v2"]

    def process(self) -> Seq:
        """A whole process."""
        return self.seq(Place(0), longest=4)

    def name(self, prefix: str) -> str:
        """A fresh id."""
        self.count += 1
        return f"{prefix}{self.count}"

    def condition(self) -> str:
        """A condition over a variable that exists from the start."""
        return f"{self.random.choice(self.written)} odd"

    def seq(self, place: Place, longest: int = 3) -> Seq:
        """Some blocks one after the other."""
        return Seq(tuple(self.block(place) for _ in range(self.random.randint(1, longest))))

    def work(self, place: Place, *, constant: bool = False) -> Work:
        """A user or service task."""
        name = self.name("w")
        writes: str | None = f"v_{name}"
        if place.in_multi:
            writes = place.result
        return Work(name, self.random.choice(("user", "user", "service")), writes, constant)

    def block(self, place: Place) -> Block:
        """Any block that fits."""
        leaves = [self.work, self._auto, self._catch]
        if place.depth >= 3:
            return self.random.choice(leaves)(place)
        makers = [
            self.work, self._auto, self._catch, self._par, self._par, self._choice, self._choice,
            self._sub, self._guarded, self._guarded, self._race, self._rounds,
        ]  # fmt: skip
        if not place.in_multi:
            makers += [self._loop, self._multi, self._multi]
        if place.may_fail or (place.in_sub and not place.in_multi):
            makers += [self._leave]
        if place.may_escalate:
            makers += [self._escalate]
        return self.random.choice(makers)(place)

    def _auto(self, _place: Place) -> Auto:
        return Auto(self.name("a"))

    def _catch(self, _place: Place) -> Catch:
        kind = self.random.choice(("timer", "message"))
        return Catch(self.name("c"), kind, kind == "message" and self.random.random() < 0.4)

    def _par(self, place: Place) -> Par:
        inner = place.deeper(result=None)
        return Par(self.name("p"), tuple(self.seq(inner) for _ in range(self.dice(2, 3))))

    def _choice(self, place: Place) -> Choice:
        inclusive = self.random.random() < 0.5
        inner = place.deeper(result=None)
        count = self.dice(2, 3)
        branches = tuple(self.seq(inner) for _ in range(count))
        conditions = tuple(self.condition() for _ in range(count - 1))
        return Choice(self.name("g"), inclusive, branches, conditions)

    def _loop(self, place: Place) -> Loop:
        body = self.seq(place.deeper())
        last = self.work(place)
        return Loop(self.name("l"), Seq((*body.parts, last)), f"{last.writes} third")

    def _sub(self, place: Place) -> Sub:
        inner = place.deeper(in_sub=True)
        return Sub(self.name("s"), self.seq(inner), self.random.random() < 0.4)

    def _multi(self, place: Place) -> Multi:
        name = self.name("m")
        inner: Work | Sub
        inside = place.deeper(in_multi=True, result=f"res_{name}", in_sub=True)
        if self.random.random() < 0.5:
            inner = self.work(inside)
        else:
            quiet = self.seq(inside.deeper(result=None), longest=2)
            body = Seq((*quiet.parts, self._last_of(inside)))
            inner = Sub(name, body, self.random.random() < 0.4)
        enough = self.dice(1, 2) if self.random.random() < 0.25 else None
        chance = self.random.random
        return Multi(name, inner, chance() < 0.5, chance() < 0.7, enough)

    def _last_of(self, inside: Place) -> Block:
        return self._leave(inside) if inside.may_fail else self.work(inside)

    def _rounds(self, place: Place) -> Rounds:
        name = self.name("r")
        return Rounds(name, self.work(place), self.dice(1, 3))

    def _guarded(self, place: Place) -> Guarded:
        kinds = ["timer", "timer", "cycle", "message"]
        shape = self.random.choice(("work", "sub", "sub", "multi"))
        if shape == "work" or (shape == "multi" and place.in_multi):
            host: Work | Sub | Multi = self.work(place)
        else:
            inside = place.deeper(may_fail=True, may_escalate=True)
            host = self._sub(inside) if shape == "sub" else self._multi(inside)
            kinds = ["error", "escalation", *kinds]
            if shape == "multi":
                kinds.remove("cycle")
        chosen = dict.fromkeys(self.random.choices(kinds, k=self.dice(1, 2)))
        if shape != "work" and isinstance(host, Sub | Multi):
            chosen = dict.fromkeys(["error", *chosen])
        return Guarded(self.name("b"), host, tuple(self._event(kind, place) for kind in chosen))

    def _event(self, kind: str, place: Place) -> Event:
        interrupting = kind != "cycle" and (kind == "error" or self.random.random() < 0.6)
        if interrupting:
            path = self.seq(place.deeper(result=None), longest=2)
        else:
            # It may run several times at once: all of them write the same.
            path = Seq((self.work(place.deeper(result=None), constant=True),))
        return Event(self.name("e"), kind, interrupting, path)

    def _race(self, place: Place) -> Race:
        inner = place.deeper(result=None)
        branches = tuple((self._catch(place), self.seq(inner)) for _ in range(self.dice(2, 3)))
        return Race(self.name("r"), branches)

    def _leave(self, place: Place) -> Leave:
        work = self.work(place)
        by_error = place.may_fail and (not place.in_sub or self.random.random() < 0.6)
        name = self.name("x")
        condition = f"{work.writes} third" if work.writes else "v0 odd"
        return Leave(name, work, condition, by_error)

    def _escalate(self, place: Place) -> Block:
        # After work of its own, so that it is thrown when nothing else moves.
        return Seq((self.work(place), Escalate(self.name("y"))))

    def dice(self, low: int, high: int) -> int:
        """A number."""
        return self.random.randint(low, high)
