"""A process may die at any SQL statement of any command: nothing is lost, doubled or
half-done, and the same command issued again ends where it would have ended."""

from __future__ import annotations

import os
import traceback
from datetime import timedelta

import pytest
from sqlalchemy import event

from engine import SYSTEM, Database, EngineError, FixedClock
from engine.tables import metadata
from tests.reliability.commands import COMMANDS, MONDAY, Command, build, diagrams, facts, work

DIED = 9
FAILED = 1


def in_child(act) -> int:
    """Run ``act`` in a forked process and return its exit status."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        act()
        os._exit(0)
    except BaseException:  # noqa: BLE001 - the child must not return into pytest
        traceback.print_exc()
        os._exit(FAILED)


def die() -> None:
    os._exit(DIED)


def crash_at(engine, point: int) -> None:
    """Die at the ``point``-th moment: before a statement, before a commit, after one."""
    passed = 0

    def moment(*_) -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            die()

    sqlalchemy_engine = engine.database.engine
    event.listen(sqlalchemy_engine, "before_cursor_execute", moment)
    event.listen(sqlalchemy_engine, "commit", moment)
    event.listen(sqlalchemy_engine, "checkin", moment)


class Scene:
    """One command on one database, prepared afresh for each crash."""

    def __init__(self, url: str, command: Command, wipe) -> None:
        self.url, self.command, self.wipe = url, command, wipe
        self.rows = self._first()

    def _first(self) -> dict:
        def act() -> None:
            engine = build(self.url, FixedClock(MONDAY))
            for diagram in diagrams():
                engine.deploy(diagram.bundle(), actor=SYSTEM)
            self.command.prepare(engine)

        assert in_child(act) == 0
        database = Database(self.url)
        with database.read() as connection:
            rows = {
                table: [dict(row._mapping) for row in connection.execute(table.select())]
                for table in metadata.sorted_tables
            }
        database.dispose()
        return {table: found for table, found in rows.items() if found}

    def prepare(self) -> None:
        """Bring the database back to where the command begins."""
        self.wipe()
        database = Database(self.url)
        with database.write() as connection:
            for table, rows in self.rows.items():
                connection.execute(table.insert(), rows)
        database.dispose()

    def run(self, point: int = 0) -> int:
        def act() -> None:
            engine = build(self.url, FixedClock(MONDAY), wake=lambda: None)
            if point:
                crash_at(engine, point)
            self.command.run(engine)

        return in_child(act)

    def recover(self) -> None:
        """What happens after a crash: the client repeats, the sweep runs after the lease."""

        def act() -> None:
            clock = FixedClock(MONDAY)
            engine = build(self.url, clock)
            if self.command.name.endswith("_job"):
                clock.advance(timedelta(days=1, minutes=5))
                work(engine)
                return
            try:
                self.command.run(engine)
            except EngineError:
                # Done before the crash: a command without a key says so instead of repeating.
                traceback.print_exc()

        assert in_child(act) == 0

    def facts(self) -> dict:
        database = Database(self.url)
        try:
            return facts(database)
        finally:
            database.dispose()

    def intact(self) -> bool:
        def act() -> None:
            engine = build(self.url, FixedClock(MONDAY))
            with engine.database.read() as connection:
                ids = connection.exec_driver_sql("SELECT id FROM instance").scalars().all()
            assert all(engine.verify(id_).intact for id_ in ids)

        return in_child(act) == 0


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_crash_point_of_every_command_recovers(database_url, wipe, command):
    scene = Scene(database_url, command, wipe)
    before = scene.facts()
    assert scene.run() == 0
    after = scene.facts()
    point, points = 1, 0
    while True:
        scene.prepare()
        status = scene.run(point)
        if status == 0:
            break
        assert status == DIED
        points += 1
        left = scene.facts()
        if not command.name.endswith("_job"):
            assert left in (before, after), f"half-done at point {point}"
        scene.recover()
        assert scene.facts() == after, f"not recovered from point {point}"
        assert scene.intact()
        point += 1
    assert points >= 3
