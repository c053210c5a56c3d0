"""The database: one connection pool, one write transaction a command.

SQLite has one writer. Commands queue for it on a file lock, which is fair,
instead of SQLite's own busy handler, which sleeps: with four writers the worst
wait falls from a second to some hundredths. The lock dies with its process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, CursorResult, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import Executable

_WRITES = "passerelle_writes"

STATEMENTS = 2_000
"""How many compiled statements are kept: more than the product has, so that none is lost."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "foreign_keys=ON",
    "cache_size=-32768",
)
"""How each connection to SQLite is set: what is committed survives a loss of power."""


class Database:
    """A SQLAlchemy engine with the product's pragmas, locks and transactions."""

    def __init__(self, url: str, *, pool_size: int = 16) -> None:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine = _sqlite(parsed, pool_size) if self.is_sqlite else _server(parsed, pool_size)
        self.dialect = self.engine.dialect
        self._writer = _WriterLock(parsed.database) if self.is_sqlite else contextlib.nullcontext()
        self._snapshot = _Snapshot()

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """One write transaction: commits when the block ends, rolls back when it raises."""
        with self._writer, self.engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """One read transaction; what it sees does not change under it on SQLite.

        Inside ``snapshot`` it is the snapshot's own.
        """
        if self._snapshot.kept is None:
            with self.engine.connect() as connection:
                yield connection
            return
        connection = self._snapshot.connection or self._look()
        try:
            yield connection
        except DBAPIError:
            connection.rollback()
            connection.begin()
            raise

    @contextlib.contextmanager
    def moment(self) -> Iterator[Connection]:
        """One read transaction of its own that sees one moment, on either database."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that this thread reads in the block is of one moment, that of its first read.

        What it writes meanwhile commits as ever and is not seen in the block.
        """
        with contextlib.ExitStack() as kept:
            self._snapshot.kept = kept
            try:
                yield
            finally:
                self._snapshot.kept = self._snapshot.connection = None

    def _look(self) -> Connection:
        assert self._snapshot.kept is not None
        connection = self._snapshot.kept.enter_context(self.engine.connect())
        if not self.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        # Begun here, so that no session that reads through it ends it with its own close.
        connection.begin()
        self._snapshot.connection = connection
        return connection

    def dispose(self) -> None:
        """Close every pooled connection (before a fork, at the end of a test)."""
        self.engine.dispose()


class _Snapshot(threading.local):
    """What a thread reads from while it looks at one moment; opened at its first read."""

    kept: contextlib.ExitStack | None = None
    connection: Connection | None = None


class _WriterLock:
    """A fair lock over threads and processes, held through one command."""

    def __init__(self, database: str | None) -> None:
        self._path = Path(f"{database}.lock") if database and database != ":memory:" else None
        self._threads = threading.Lock()
        self._file: int | None = None
        self._pid = 0

    def __enter__(self) -> None:
        self._threads.acquire()
        if self._path is None:
            return
        try:
            if self._file is None or self._pid != os.getpid():
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                self._pid = os.getpid()
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._threads.release()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            if self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
        finally:
            self._threads.release()


def _sqlite(url: Any, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=pool_size,
        query_cache_size=STATEMENTS,
    )

    @event.listens_for(engine, "connect")
    def _configure(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _server(url: Any, pool_size: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_pre_ping=False,
        query_cache_size=STATEMENTS,
    )


class Statement:
    """A Core statement compiled once a dialect, for the hot path.

    Executing it costs neither a cache key nor type processing, so parameters
    and rows are what the driver takes and gives: integers, text and bytes.
    ``lock`` locks the rows read until the commit, waiting for other holders or
    skipping what they hold (SQLite's one writer needs neither).
    """

    def __init__(self, statement: Executable, *, lock: Literal["", "wait", "skip"] = "") -> None:
        self._statement = statement
        self._lock = lock
        self._compiled: dict[str, _Compiled] = {}

    def __call__(
        self, connection: Connection, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> CursorResult[Any]:
        """Execute with one mapping of parameters, or a list of them (executemany)."""
        name = connection.dialect.name
        compiled = self._compiled.get(name)
        if compiled is None:
            compiled = self._compiled[name] = _Compiled(self._statement, connection, self._lock)
        return compiled(connection, parameters)


class _Compiled:
    def __init__(self, statement: Executable, connection: Connection, lock: str) -> None:
        if lock and connection.dialect.name != "sqlite":
            statement = statement.with_for_update(skip_locked=lock == "skip")  # type: ignore[attr-defined]
        compiled = statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)
        self._sql = str(compiled)
        self._order = tuple(compiled.positiontup or ()) if compiled.positional else None
        values = compiled.construct_params(_check=False)
        self._literals = {
            name: values[name] for bind, name in compiled.bind_names.items() if not bind.required
        }

    def __call__(
        self, connection: Connection, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> CursorResult[Any]:
        many = not isinstance(parameters, Mapping)
        rows = [self._arguments(row) for row in (parameters if many else [parameters])]
        return connection.exec_driver_sql(self._sql, rows if many else rows[0])

    def _arguments(self, row: Any) -> Any:
        named = {**self._literals, **row}
        return named if self._order is None else tuple([named[name] for name in self._order])
