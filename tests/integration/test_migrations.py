"""The migrations end where the tables of the code begin, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from engine.database import Database
from engine.tables import triggers
from tests.conftest import execute
from web import migrations


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path, worker_id):
    """A database without any table."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
        yield database
        database.dispose()
        return
    server = request.getfixturevalue("postgresql")
    name = f"migrated_{worker_id}"
    execute(server.url(), f"CREATE DATABASE {name}")
    database = Database(server.url(name))
    yield database
    database.dispose()
    execute(server.url(), f"DROP DATABASE {name} WITH (FORCE)")


def test_upgrading_an_empty_database_gives_the_tables_of_the_code(empty):
    assert migrations.upgrade(empty) == (None, migrations.head())
    with empty.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, migrations.target_metadata()) == []


def test_upgrading_again_changes_nothing(empty):
    migrations.upgrade(empty)
    assert migrations.upgrade(empty) == (migrations.head(), migrations.head())
    assert migrations.current(empty) == migrations.head()


def test_the_migrated_schema_is_the_one_the_tests_run_on(empty, request):
    """Including what Alembic does not compare: triggers, checks, the order of columns."""
    migrations.upgrade(empty)
    kind = "sqlite" if empty.is_sqlite else "postgresql"
    direct = Database(request.getfixturevalue(f"{kind}_url"))
    try:
        assert _columns(empty) == _columns(direct)
        assert _triggers(empty) == _triggers(direct)
        assert len(_triggers(empty)) >= len(triggers(kind)) - 1
    finally:
        direct.dispose()


def test_the_history_refuses_changes_after_a_migration(empty):
    migrations.upgrade(empty)
    with empty.write() as connection:
        connection.execute(
            text(
                "INSERT INTO history_event (instance_id, seq, at, kind, actor, hash) "
                "VALUES (1, 1, 0, 'started', 'system', :hash)"
            ),
            {"hash": b"x"},
        )
    for change in ("UPDATE history_event SET at = 1", "DELETE FROM history_event"):
        with pytest.raises(DatabaseError, match="append-only"), empty.write() as connection:
            connection.execute(text(change))


def _columns(database):
    with database.read() as connection:
        found = inspect(connection)
        return {
            name: [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(name)]
            for name in found.get_table_names()
            if name != "alembic_version"
        }


def _triggers(database):
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.read() as connection:
        return sorted(connection.scalars(text(query)))
