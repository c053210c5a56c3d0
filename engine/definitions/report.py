"""Where the findings of one lint run are gathered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from engine.definitions.codes import problem
from engine.definitions.problems import Problem, Severity
from engine.definitions.xmlns import Node, drawn_id, line_of

MAX_PROBLEMS = 500
"""How many errors, and how many warnings, one lint run reports."""

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
    return Place(file, line_of(node), drawn_id(node))


class ReportFull(Exception):
    """So many errors are noted that looking for more would help nobody."""


class Report:
    """Findings in the order they were made; the first 500 errors and 500 warnings are kept.

    One error more raises `ReportFull`, so that a file costs no more than its
    first errors do, whatever its size.
    """

    def __init__(self) -> None:
        self._problems: dict[_Key, Problem] = {}
        self._count = {Severity.ERROR: 0, Severity.WARNING: 0}
        self._left_out: Severity | None = None

    @property
    def errors(self) -> int:
        """How many errors stop the deployment so far."""
        return self._count[Severity.ERROR]

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
            if key in self._problems:
                continue
            if self._count[each.severity] < MAX_PROBLEMS:
                self._problems[key] = each
                self._count[each.severity] += 1
            elif each.severity is Severity.ERROR:
                self._left_out = Severity.ERROR
                raise ReportFull
            else:
                self._left_out = self._left_out or Severity.WARNING

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
        if self._left_out:
            message = "There are more problems; mend these first."
            ordered.append(problem("too_many_problems", message, line=0, severity=self._left_out))
        return ordered
