"""A scenario as a sheet: its steps in rows that can be changed, written back as YAML.

What a file says is kept word for word as values; comments and the way it was laid out are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from workflows.scenarios.loading import plain_values, read_scenario

WIDTH = 96
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """The plain values of a scenario; every change gives another sheet."""

    title: str
    at: Any
    processes: tuple[str, ...]
    steps: tuple[Row, ...]

    def headed(self, title: str, at: str, processes: tuple[str, ...]) -> Sheet:
        """With another title, beginning and company."""
        return Sheet(title, at, processes, self.steps)

    def with_step(self, place: int, row: Row) -> Sheet:
        """With a step at ``place`` (from 0) instead of the one there."""
        return self._of([*self.steps[:place], row, *self.steps[place + 1 :]])

    def with_new_step(self, place: int, row: Row) -> Sheet:
        """With one step more, at ``place`` (from 0)."""
        return self._of([*self.steps[:place], row, *self.steps[place:]])

    def without_step(self, place: int) -> Sheet:
        """With one step less."""
        return self._of([*self.steps[:place], *self.steps[place + 1 :]])

    def moved(self, place: int, by: int) -> Sheet:
        """With a step further up (-1) or down (1); at the edge it stays."""
        target = min(max(place + by, 0), len(self.steps) - 1)
        rest = [*self.steps[:place], *self.steps[place + 1 :]]
        return self._of([*rest[:target], self.steps[place], *rest[target:]])

    def _of(self, steps: list[Row]) -> Sheet:
        return Sheet(self.title, self.at, self.processes, tuple(steps))

    def dump(self, place: str) -> bytes:
        """As a file called ``place``. Raises ScenarioInvalid for what is no scenario."""
        processes = {"processes": list(self.processes)} if self.processes else {}
        head = {"title": self.title, "at": self.at, **processes}
        steps = "".join(f"  - {_indented(written(step))}\n" for step in self.steps)
        content = f"{_dumped(head, flow=False)}\nsteps:\n{steps}".encode()
        read_scenario(content, place, place)
        return content


def sheet_of(content: bytes, place: str) -> Sheet:
    """The sheet of a file called ``place``. Raises ScenarioInvalid."""
    data = plain_values(content, place)
    return Sheet(data["title"], data["at"], tuple(data.get("processes", ())), tuple(data["steps"]))


def written(value: object) -> str:
    """A value as YAML, lists and mappings that hold no others on one line."""
    return _dumped(value, flow=None)


def written_lines(values: Mapping[str, Any]) -> str:
    """A mapping as YAML, each of its names on a line of its own."""
    return "\n".join(f"{written(name)}:{_beside(value)}" for name, value in values.items())


def _beside(value: object) -> str:
    """What stands behind a colon: on the same line, or indented below it."""
    text = written(value)
    below = isinstance(value, dict | list) and not text.startswith(("[", "{"))
    return ("\n  " if below else " ") + text.replace("\n", "\n  ")


def _dumped(value: object, *, flow: bool | None) -> str:
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=flow,
        width=WIDTH,
    )
    return str(text).removesuffix("\n...\n").rstrip("\n")


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


class _Dumper(yaml.SafeDumper):
    """Without links, which no scenario may have."""

    def ignore_aliases(self, data: object) -> bool:
        """Everything is written out where it stands."""
        return True


def _moment(dumper: yaml.SafeDumper, value: date | datetime) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:timestamp", value.isoformat())


_Dumper.add_representer(datetime, _moment)
_Dumper.add_representer(date, _moment)
