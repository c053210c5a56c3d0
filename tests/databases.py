"""How the tests open SQLite, empty PostgreSQL, and bring either back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Connection, Table, func, select, text

from engine import Database, database


def wait_for_no_disk() -> None:
    """Let no connection to SQLite in this process wait for the disk: no test cuts the power."""
    database.PRAGMAS = (*database.PRAGMAS, "synchronous=OFF")


def empty(connection: Connection, tables: Iterable[Table]) -> None:
    """Take every row out of tables of PostgreSQL and let their numbers begin anew.

    Truncating would make a new file of each table; deleting asks no trigger and no key for the
    rest of the transaction.
    """
    known = {f'"{table.name}"': table for table in tables}
    probes = [f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in known]
    used = connection.execute(text(" UNION ALL ".join(probes))).scalars().all()
    statements = [
        "SET LOCAL session_replication_role = replica",
        *(f"DELETE FROM {name}" for name in used),
        *(
            f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), 1, false)"
            for name in used
            if known[name].autoincrement_column is not None
        ),
    ]
    connection.execute(text("; ".join(statements)))


def connected(database: Database) -> set[int]:
    """The processes of the server that serve somebody else on this database."""
    if database.is_sqlite:
        return set()
    others = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with database.read() as connection:
        return set(connection.exec_driver_sql(others).scalars())


def wait_until_gone(database: Database, known: set[int], *, seconds: float = 30) -> None:
    """Wait until the server serves nobody on this database who was not ``known`` before.

    PostgreSQL holds the locks of a process that died until it meets the end of its connection:
    who takes only rows that are not locked would pass them by.

    Raises TimeoutError.
    """
    end = time.monotonic() + seconds
    while connected(database) - known:
        if time.monotonic() > end:
            raise TimeoutError("a process that died is still connected to the database")
        time.sleep(0.002)


class Kept:
    """A database that goes back, as often as asked, to what it held at first."""

    def __init__(self, database: Database, tables: Sequence[Table]) -> None:
        self._database = database
        self._tables = tables
        self._file = Path(database.url.database or "") if database.is_sqlite else None
        if self._file is not None:
            # Closed by its last connection, the whole database is in the one file.
            database.dispose()
            with NamedTemporaryFile(suffix=".kept", dir=self._file.parent, delete=False) as copy:
                self._copy = Path(shutil.copyfile(self._file, copy.name))
            return
        with database.read() as connection:
            self._rows = [
                (table, [dict(row._mapping) for row in connection.execute(table.select())])
                for table in tables
            ]

    def rewind(self) -> None:
        """Bring the database back."""
        if self._file is not None:
            self._database.dispose()
            for remains in self._file.parent.glob(f"{self._file.name}-*"):
                remains.unlink()
            shutil.copyfile(self._copy, self._file)
            return
        with self._database.write() as connection:
            empty(connection, self._tables)
            for table, rows in self._rows:
                if not rows:
                    continue
                connection.execute(table.insert(), rows)
                if (number := table.autoincrement_column) is not None:
                    last = max(row[number.name] for row in rows)
                    sequence = func.pg_get_serial_sequence(f'"{table.name}"', number.name)
                    connection.execute(select(func.setval(sequence, last)))
