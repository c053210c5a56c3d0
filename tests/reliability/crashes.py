"""Processes that die: what the tests of crashes run outside pytest's own process.

A fork copies the map of the whole memory of its parent. These functions therefore run in a
process that has loaded the engine and nothing else (see the fixture ``apart``).
"""

from __future__ import annotations

import contextlib
import os
import traceback
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event

from engine import SYSTEM, Database, Engine, EngineError, FixedClock
from engine.tables import metadata
from tests.databases import Kept, connected, wait_until_gone
from tests.reliability.commands import (
    COMMANDS,
    MONDAY,
    Command,
    diagrams,
    engine_on,
    facts,
    work,
)

DIED = 9
FAILED = 1


def in_child(database: Database, act: Callable[[], object]) -> int:
    """Run ``act`` in a forked process; gives its exit status once nothing of it is left.

    No connection to ``database`` is shared with the child.
    """
    known = connected(database)
    database.dispose()
    pid = os.fork()
    if pid:
        _, status = os.waitpid(pid, 0)
        wait_until_gone(database, known)
        return os.waitstatus_to_exitcode(status)
    try:
        act()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the child must not return into its parent's work
        traceback.print_exc()
        os._exit(FAILED)


def die() -> None:
    """End like a process that was killed."""
    os._exit(DIED)


def crash_at(database: Database, point: int) -> None:
    """Die at the ``point``-th moment: before a statement, before a commit, after one."""
    passed = 0

    def moment(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            die()

    event.listen(database.engine, "before_cursor_execute", moment)
    event.listen(database.engine, "commit", moment)
    event.listen(database.engine, "checkin", moment)


class Scene:
    """One command on one database, which goes back to its beginning for each crash."""

    def __init__(self, url: str, command: Command) -> None:
        self.command = command
        self.database = Database(url)
        engine = engine_on(self.database, FixedClock(MONDAY))
        for diagram in diagrams():
            engine.deploy(diagram.bundle(), actor=SYSTEM)
        command.prepare(engine)
        self.rewind = Kept(self.database, metadata.sorted_tables).rewind

    def run(self, point: int) -> int:
        """Issue the command in a process that dies at a point; gives how it ended."""

        def act() -> None:
            crash_at(self.database, point)
            self.command.run(engine_on(self.database, FixedClock(MONDAY)))

        return in_child(self.database, act)

    def recover(self) -> None:
        """What happens after a crash: the client repeats, the sweep runs after the lease.

        Then every history must be whole.
        """
        clock = FixedClock(MONDAY)
        engine = engine_on(self.database, clock)
        if self.command.name.endswith("_job"):
            clock.advance(timedelta(days=1, minutes=5))
            work(engine)
        else:
            self._again(engine)
        with self.database.read() as connection:
            ids = connection.exec_driver_sql("SELECT id FROM instance").scalars().all()
        assert all(engine.verify(id_).intact for id_ in ids)

    def _again(self, engine: Engine) -> None:
        # Done before the crash, a command without a key says so instead of repeating.
        with contextlib.suppress(EngineError):
            self.command.run(engine)

    def facts(self) -> dict[str, list[object]]:
        """What the database holds now."""
        return facts(self.database)


def crash_everywhere(url: str, name: str) -> int:
    """Let a command die at each of its moments and recover; gives how many there are.

    Raises AssertionError for the first moment that leaves something half-done.
    """
    (command,) = [each for each in COMMANDS if each.name == name]
    scene = Scene(url, command)
    before = scene.facts()
    command.run(engine_on(scene.database, FixedClock(MONDAY)))
    after = scene.facts()
    point = 0
    while True:
        point += 1
        scene.rewind()
        status = scene.run(point)
        if status == 0:
            return point - 1
        assert status == DIED, f"status {status} at point {point}"
        if not name.endswith("_job"):
            assert scene.facts() in (before, after), f"half-done at point {point}"
        try:
            scene.recover()
        except Exception as error:
            error.add_note(f"no recovery from point {point}")
            raise
        assert scene.facts() == after, f"not recovered from point {point}"
