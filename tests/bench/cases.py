"""What the benchmarks run on: an engine with the five-task approval deployed."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from engine import SYSTEM, Actor, Database, Engine, Registry
from engine.tables import metadata, triggers
from tests.builders import Diagram, approvals

CLERK = Actor("person:1", "Ana", frozenset({"coordinator:lea"}))
VARIABLES: dict[str, Any] = {
    "mobility": 123,
    "student": "12",
    "department": "lea",
    "level": "M1",
    "partner": 77,
    "programme": "erasmus",
    "period": "S1",
    "academic_year": "2026/2027",
    "amount": 1250,
    "language": "fr",
    "virtual": False,
    "ects_total": 30,
}
_numbers = itertools.count()


def prepared(url: str, diagram: Diagram | None = None) -> Engine:
    """An engine on a fresh schema at ``url``, with ``diagram`` deployed."""
    database = Database(url)
    with database.write() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        for statement in triggers(connection.dialect.name):
            connection.exec_driver_sql(statement)
    engine = Engine(database, Registry())
    engine.deploy((diagram or approvals()).bundle(), actor=SYSTEM)
    return engine


def start(engine: Engine, key: str = "approval") -> int:
    """Start a case; returns its first work item."""
    started = engine.start(
        key, actor=CLERK, business_key=f"M-{next(_numbers)}", variables=VARIABLES
    )
    return started.work_items[0]


def complete(engine: Engine, item: int, outcome: str = "approve") -> int | None:
    """Complete a work item; returns the next one, None at the end of the case."""
    done = engine.complete(
        item,
        actor=CLERK,
        outcome=outcome,
        reason=None if outcome == "approve" else "Once more",
        idempotency_key=f"key {next(_numbers)}",
    )
    return done.next_items[0] if done.next_items else None


class Sent:
    """The statements a database was sent, and the bytes of their parameters."""

    def __init__(self) -> None:
        self.statements = 0
        self.commits = 0
        self.bytes = 0

    def note(self, statement: str, parameters: Any, many: bool) -> None:
        """Count one statement."""
        if statement.startswith("BEGIN"):
            return
        self.statements += 1
        if not statement.startswith("SELECT"):
            rows = parameters if many else [parameters]
            self.bytes += sum(_size(value) for row in rows for value in _values(row))


@contextmanager
def counted(engine: Engine) -> Iterator[Sent]:
    """Counts what is sent while the block runs."""
    sent = Sent()
    sqlalchemy_engine = engine.database.engine

    def execute(connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]
        sent.note(statement, parameters, many)

    def commit(connection):  # type: ignore[no-untyped-def]
        sent.commits += 1

    event.listen(sqlalchemy_engine, "before_cursor_execute", execute)
    event.listen(sqlalchemy_engine, "commit", commit)
    try:
        yield sent
    finally:
        event.remove(sqlalchemy_engine, "before_cursor_execute", execute)
        event.remove(sqlalchemy_engine, "commit", commit)


def _values(row: Any) -> Any:
    return row.values() if isinstance(row, dict) else row


def _size(value: Any) -> int:
    if isinstance(value, bytes | str):
        return len(value)
    return 0 if value is None else 8
