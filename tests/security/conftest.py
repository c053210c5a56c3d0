"""The application that the tests of bad input share.

SQLite serves everything, PostgreSQL too where the two kinds of database differ in what
they keep.
"""

import os

import pytest
from sqlalchemy import create_engine

from tests.security.bad_input_house import House, fresh_number


@pytest.fixture(scope="session")
def sqlite_house(_sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bad input")
    path = folder / "passerelle.sqlite3"
    path.write_bytes(_sqlite_template.read_bytes())
    made = House(f"sqlite:///{path}", folder)
    yield made
    made.close()


@pytest.fixture(scope="session")
def postgresql_house(postgresql, tmp_path_factory):
    name = f"bad_input_{os.getpid()}_{fresh_number()}"
    server = create_engine(postgresql.url(), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE passerelle_template")
    server.dispose()
    made = House(postgresql.url(name), tmp_path_factory.mktemp("bad input"))
    yield made
    made.close()


@pytest.fixture
def house(sqlite_house):
    """The application over SQLite; its people and earlier cases are those of the session."""
    return sqlite_house


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def any_house(request):
    """The application over each kind of database."""
    return request.getfixturevalue(f"{request.param}_house")
