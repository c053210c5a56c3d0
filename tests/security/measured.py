"""What one hostile file costs the linter, measured in a small process of its own.

Pytest's process is a hundred times larger than any file: its garbage collections and the pages
a fork shares with it would be counted with the file.
"""

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from engine.definitions import Bundle, Catalogue, Problem, lint
from engine.errors import DeploymentRejected

Measured = tuple[list[Problem], float, float]
"""The problems, seconds of processor time, and MiB by which the process grew at most."""


class AnyFeel:
    """Lets every expression pass: what is refused here is refused for another reason."""

    def check(self, expression: str) -> list[str]:
        return []

    def check_condition(self, expression: str) -> list[str]:
        return []

    def check_unary(self, tests: str) -> list[str]:
        return []


def _check_timer(text: str) -> None:
    if "X" in text or text.endswith("PT0S"):
        raise ValueError("This is not a duration.")


CATALOGUE = Catalogue(feel=AnyFeel(), check_timer=_check_timer)


def linted(data: bytes) -> Measured:
    """Lint a diagram."""
    return _in_a_process(lambda: lint(Bundle("p", {"p.bpmn": data}), CATALOGUE))


def opened(archive: bytes) -> Measured:
    """Open an archive, and lint what is in it."""
    return _in_a_process(lambda: _of_archive(archive))


def _of_archive(data: bytes) -> list[Problem]:
    try:
        bundle = Bundle.from_zip(data, "p")
    except DeploymentRejected as rejected:
        return rejected.problems
    return lint(bundle, CATALOGUE)


_FORK = multiprocessing.get_context("fork")


def _in_a_process(work: Callable[[], list[Problem]]) -> Measured:
    here, there = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_measure, args=(work, there))
    child.start()
    there.close()
    measured: Measured = here.recv()
    child.join()
    return measured


def _measure(work: Callable[[], list[Problem]], answer: Connection) -> None:
    before, started = _memory("VmRSS"), time.process_time()
    problems = work()
    seconds = time.process_time() - started
    answer.send((problems, seconds, max(0, _memory("VmHWM") - before) / 1024))


def _memory(field: str) -> int:
    """A figure of this process in KiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise AssertionError(field)
