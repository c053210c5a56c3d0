"""What the token model of random processes is made of: variables, regions, scopes, waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Data = dict[str, Any]
Then = Callable[[Data], None]


def holds(condition: str, data: Data) -> bool:
    """The three conditions random processes use, over plain variables."""
    name, what = condition.split()
    value = int(data[name] or 0)
    return value % 2 == 1 if what == "odd" else value % 3 == 0


def delta(base: Data, data: Data) -> Data:
    """What has changed."""
    return {name: value for name, value in data.items() if name not in base or base[name] != value}


class Region:
    """What ends together."""

    def __init__(self, parent: Region | None) -> None:
        self.alive = True
        self.children: list[Region] = []
        if parent is not None:
            parent.children.append(self)

    def end(self) -> None:
        """End this region and all inside."""
        self.alive = False
        for child in self.children:
            child.end()


class Scope:
    """A process or subprocess: ends when its main way and everything beside it has ended."""

    def __init__(self, region: Region, then: Then) -> None:
        self.region, self.then = region, then
        self.open = 1
        self.main: Data | None = None
        self.beside: list[Data] = []

    def main_done(self, data: Data) -> None:
        self.main = data
        self._one_less()

    def side_done(self, base: Data, data: Data) -> None:
        self.beside.append(delta(base, data))
        self._one_less()

    def terminate(self, data: Data) -> None:
        self.region.end()
        self.then(data)

    def _one_less(self) -> None:
        self.open -= 1
        if self.open == 0:
            assert self.main is not None
            result = dict(self.main)
            for changes in self.beside:
                result.update(changes)
            self.then(result)


@dataclass
class Catcher:
    """A link of the chain of activities around: what their boundary events catch."""

    outer: Catcher | None
    catch: Callable[[str, Data], bool] = lambda _kind, _data: False
    local: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """Where a block runs."""

    region: Region
    scope: Scope
    item: int | None = None
    catcher: Catcher | None = None


@dataclass
class Waiting:
    """One wait of the model."""

    element: str
    kind: str
    data: Data
    around: Around
    go: Then
    host: str | None = None
    writes: str | None = None
    constant: bool = False
    stays: bool = False

    @property
    def key(self) -> str:
        """By which it is compared with a wait of the kernel."""
        item = self.around.item
        return json.dumps([self.element, self.kind, item, self.host, self.data], sort_keys=True)
