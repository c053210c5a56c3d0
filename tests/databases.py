"""How the tests open SQLite and empty PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Table, text

from engine import database


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
