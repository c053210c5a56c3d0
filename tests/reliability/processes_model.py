"""What a process of blocks must do: a token model that shares nothing with the kernel.

It walks the blocks, not a graph: each block is started with variables and a
continuation, and what waits is a list. No joins to fire, no reachability, no
pruning, no state to load; that is its point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.reliability.processes_blocks import (
    Auto,
    Block,
    Catch,
    Choice,
    Escalate,
    Event,
    Guarded,
    Leave,
    Loop,
    Multi,
    Par,
    Race,
    Rounds,
    Seq,
    Sub,
    Work,
)
from tests.reliability.processes_scopes import (
    Around,
    Catcher,
    Data,
    Region,
    Scope,
    Then,
    Waiting,
    delta,
    holds,
)


@dataclass
class Model:
    """A running process."""

    waits: list[Waiting] = field(default_factory=list)
    result: Data | None = None

    def begin(self, process: Block, data: Data) -> None:
        region = Region(None)
        scope = Scope(region, self._finish)
        self.start(process, data, Around(region, scope), scope.main_done)
        self.tidy()

    def go(self, waiting: Waiting, written: Data) -> None:
        """What the waiting thing waited for has come."""
        if not waiting.stays:
            self.waits.remove(waiting)
        waiting.go({**waiting.data, **written})
        self.tidy()

    def tidy(self) -> None:
        self.waits = [each for each in self.waits if each.around.region.alive]

    def _finish(self, data: Data) -> None:
        self.result = data
        self.waits.clear()

    def start(self, block: Block, data: Data, around: Around, then: Then) -> None:
        """Start a block; ``then`` is called with its variables at its end."""
        getattr(self, f"_{type(block).__name__.lower()}")(block, data, around, then)

    def _work(self, block: Work, data: Data, around: Around, then: Then) -> None:
        self.waits.append(
            Waiting(
                block.id,
                block.kind,
                data,
                around,
                then,
                writes=block.writes,
                constant=block.constant,
            )
        )

    def _auto(self, _block: Auto, data: Data, _around: Around, then: Then) -> None:
        then(data)

    def _catch(self, block: Catch, data: Data, around: Around, then: Then) -> None:
        self.waits.append(Waiting(block.id, block.kind, data, around, then))

    def _seq(self, block: Seq, data: Data, around: Around, then: Then) -> None:
        if not block.parts:
            then(data)
            return
        rest = Seq(block.parts[1:])
        self.start(block.parts[0], data, around, lambda found: self._seq(rest, found, around, then))

    def _together(self, branches: list[Seq], data: Data, around: Around, then: Then) -> None:
        changes: list[Data] = []

        def one_done(found: Data) -> None:
            changes.append(delta(data, found))
            if len(changes) == len(branches):
                merged = dict(data)
                for each in changes:
                    merged.update(each)
                then(merged)

        for branch in branches:
            self.start(branch, data, around, one_done)

    def _par(self, block: Par, data: Data, around: Around, then: Then) -> None:
        self._together(list(block.branches), data, around, then)

    def _choice(self, block: Choice, data: Data, around: Around, then: Then) -> None:
        *ways, default = block.branches
        true = [
            way
            for way, condition in zip(ways, block.conditions, strict=True)
            if holds(condition, data)
        ]
        chosen = true if block.inclusive else true[:1]
        self._together(chosen or [default], data, around, then)

    def _loop(self, block: Loop, data: Data, around: Around, then: Then) -> None:
        def round_done(found: Data) -> None:
            if holds(block.again, found):
                self._loop(block, found, around, then)
            else:
                then(found)

        self.start(block.body, data, around, round_done)

    def _sub(self, block: Sub, data: Data, around: Around, then: Then) -> None:
        region = Region(around.region)
        scope = Scope(region, then)
        inside = replace(around, region=region, scope=scope)
        self.start(block.body, data, inside, scope.main_done)

    def _multi(self, block: Multi, data: Data, around: Around, then: Then) -> None:
        item, result, out = f"item_{block.id}", f"res_{block.id}", f"out_{block.id}"
        items = data["items"] if block.over_items else list(range(data["n"]))
        region = Region(around.region)
        results: list[Any] = [None] * len(items)
        done: list[int] = []
        changes: Data = {}

        def one(number: int) -> None:
            inside = Around(
                Region(region),
                around.scope,
                number,
                Catcher(around.catcher, local=(item, result)),
            )
            seen = changes if block.sequential else {}
            own = {**data, **seen, item: items[number], result: None}
            self.start(block.inner, own, inside, lambda found: ended(number, found))

        def ended(number: int, found: Data) -> None:
            results[number] = found[result]
            done.append(number)
            other = {name: value for name, value in found.items() if name not in (item, result)}
            changes.update(delta(data, other))
            if len(done) == len(items) or (block.enough and len(done) >= block.enough):
                region.end()
                then({**data, **changes, out: results})
            elif block.sequential:
                one(number + 1)

        if not items:
            then({**data, out: []})
        for number in range(1 if block.sequential and items else len(items)):
            if region.alive:
                one(number)

    def _rounds(self, block: Rounds, data: Data, around: Around, then: Then) -> None:
        def one(number: int, now: Data) -> None:
            if number == block.maximum:
                then(now)
            else:
                inside = replace(around, item=number)
                self.start(block.inner, now, inside, lambda found: one(number + 1, found))

        one(0, data)

    def _race(self, block: Race, data: Data, around: Around, then: Then) -> None:
        region = Region(around.region)

        def rival(catch: Catch, body: Seq) -> None:
            def won(found: Data) -> None:
                region.end()
                self.start(body, found, around, then)

            self._catch(catch, data, replace(around, region=region), won)

        for catch, body in block.branches:
            rival(catch, body)

    def _leave(self, block: Leave, data: Data, around: Around, then: Then) -> None:
        def worked(found: Data) -> None:
            if not holds(block.condition, found):
                then(found)
            elif block.by_error:
                assert self._throw("error", found, around)
            else:
                around.scope.terminate(found)

        self.start(block.work, data, around, worked)

    def _escalate(self, _block: Escalate, data: Data, around: Around, then: Then) -> None:
        self._throw("escalation", data, around)
        if around.region.alive:
            then(data)

    def _throw(self, kind: str, data: Data, around: Around) -> bool:
        catcher, carried = around.catcher, dict(data)
        while catcher is not None:
            if catcher.catch(kind, carried):
                return True
            for name in catcher.local:
                carried.pop(name)
            catcher = catcher.outer
        return False

    def _guarded(self, block: Guarded, data: Data, around: Around, then: Then) -> None:
        inside, armed = Region(around.region), Region(around.region)
        element = block.host.inner.id if isinstance(block.host, Multi) else block.host.id

        def come(event: Event, found: Data) -> None:
            if event.interrupting:
                inside.end()
                armed.end()
                self.start(event.path, found, around, then)
            else:
                around.scope.open += 1
                self.start(event.path, found, around, lambda end: around.scope.side_done(data, end))

        def caught(kind: str, carried: Data) -> bool:
            for event in block.events:
                if event.kind == kind:
                    come(event, carried if event.interrupting else data)
                    return True
            return False

        def host_done(found: Data) -> None:
            armed.end()
            then(found)

        for event in block.events:
            self._arm(event, data, replace(around, region=armed), element, come)
        catcher = Catcher(around.catcher, caught)
        self.start(block.host, data, replace(around, region=inside, catcher=catcher), host_done)

    def _arm(
        self,
        event: Event,
        data: Data,
        around: Around,
        element: str,
        come: Callable[[Event, Data], None],
    ) -> None:
        if event.kind not in ("timer", "cycle", "message"):
            return
        kind = "timer" if event.kind == "cycle" else event.kind
        self.waits.append(
            Waiting(
                event.id,
                kind,
                data,
                around,
                lambda found: come(event, found),
                host=element,
                stays=not event.interrupting and event.kind != "timer",
            )
        )
