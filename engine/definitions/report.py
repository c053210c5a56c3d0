"""Where the findings of one lint run are gathered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from engine.definitions.codes import problem
from engine.definitions.problems import Problem, Severity
from engine.definitions.xmlns import Node, line_of, nearest_id

MAX_PROBLEMS = 500

_Key = tuple[str, int, str, str, str]


class Placed(Protocol):
    """Anything that lies on a line of a file and has an id."""

    @property
    def file(self) -> str:
        """The file's name in the bundle."""
        ...

    @property
    def line(self) -> int:
        """Its line, from 1."""
        ...

    @property
    def id(self) -> str:
        """Its id, or that of the closest element around it."""
        ...


class Place(NamedTuple):
    """A spot in a file."""

    file: str
    line: int
    id: str


def place(file: str, node: Node) -> Place:
    """Where an XML element lies."""
    return Place(file, line_of(node), nearest_id(node))


class Report:
    """Findings in the order they were made; the first 500 are kept."""

    def __init__(self) -> None:
        self._problems: dict[_Key, Problem] = {}
        self._dropped = 0
        self._dropped_errors = 0

    def add(
        self,
        code: str,
        at: Placed,
        message: str,
        *,
        severity: Severity | None = None,
        **params: str,
    ) -> None:
        """Note a problem; the same one on the same spot is noted once."""
        self.extend(
            [
                problem(
                    code,
                    message,
                    file=at.file,
                    line=at.line,
                    element_id=at.id,
                    severity=severity,
                    **params,
                )
            ]
        )

    def extend(self, problems: Iterable[Problem]) -> None:
        """Note problems found elsewhere."""
        for each in problems:
            key = (each.file, each.line, each.element_id, each.code, each.message)
            if len(self._problems) < MAX_PROBLEMS:
                self._problems.setdefault(key, each)
            elif key not in self._problems:
                self._dropped += 1
                self._dropped_errors += each.severity is Severity.ERROR

    def has_errors(self) -> bool:
        """Whether anything so far stops a deployment."""
        return self._dropped_errors > 0 or any(
            each.severity is Severity.ERROR for each in self._problems.values()
        )

    def lines_with_errors(self, file: str) -> frozenset[int]:
        """The lines of a file on which an error has been found."""
        return frozenset(
            each.line
            for each in self._problems.values()
            if each.file == file and each.severity is Severity.ERROR
        )

    def problems(self) -> list[Problem]:
        """All findings by file and line, errors before warnings on the same line."""
        ordered = sorted(
            self._problems.values(),
            key=lambda each: (each.file, each.line, each.severity is Severity.WARNING, each.code),
        )
        if self._dropped:
            message = f"There are {self._dropped} more problems; mend these first."
            # Warnings must never crowd out the error that stops the deployment.
            severity = Severity.ERROR if self._dropped_errors else Severity.WARNING
            ordered.append(problem("too_many_problems", message, line=0, severity=severity))
        return ordered
