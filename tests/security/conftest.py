"""The application that the tests of bad input share.

SQLite serves everything, PostgreSQL too where the two kinds of database differ in what
they keep.
"""

import os

import pytest
from sqlalchemy import create_engine

from tests.security.bad_input_house import House, fresh_number
from tests.security.bad_input_office import Office


@pytest.fixture(scope="session")
def sqlite_house(_sqlite_template, tmp_path_factory):
    made = on_sqlite(House, _sqlite_template, tmp_path_factory)
    yield made
    made.close()


@pytest.fixture(scope="session")
def office(_sqlite_template, tmp_path_factory):
    """The application with every lifecycle at work, over SQLite."""
    made = on_sqlite(Office, _sqlite_template, tmp_path_factory)
    yield made
    made.close()


def on_sqlite(kind, template, folders):
    folder = folders.mktemp("bad input")
    path = folder / "passerelle.sqlite3"
    path.write_bytes(template.read_bytes())
    return kind(f"sqlite:///{path}", folder)


@pytest.fixture(scope="session")
def postgresql_house(postgresql, tmp_path_factory):
    made = on_postgresql(House, postgresql, tmp_path_factory)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgresql_office(postgresql, tmp_path_factory):
    """The application with every lifecycle at work, over PostgreSQL."""
    made = on_postgresql(Office, postgresql, tmp_path_factory)
    yield made
    made.close()


def on_postgresql(kind, postgresql, folders):
    name = f"bad_input_{os.getpid()}_{fresh_number()}"
    server = create_engine(postgresql.url(), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE passerelle_template")
    server.dispose()
    return kind(postgresql.url(name), folders.mktemp("bad input"))


@pytest.fixture
def house(sqlite_house):
    """The application over SQLite; its people and earlier cases are those of the session."""
    return sqlite_house


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def any_house(request):
    """The application over each kind of database."""
    return request.getfixturevalue(f"{request.param}_house")
