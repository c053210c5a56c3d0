"""The application that the tests of bad input share.

SQLite serves everything, PostgreSQL too where the two kinds of database differ in what
they keep.
"""

import pytest

from tests.security.bad_input_house import House
from tests.security.bad_input_office import Office


@pytest.fixture(scope="session")
def _built(new_database, tmp_path_factory):
    """Builds a house that is closed at the end: ``_built(House, "sqlite")``."""
    houses = []

    def build(kind, database):
        houses.append(kind(new_database(database), tmp_path_factory.mktemp("bad input")))
        return houses[-1]

    yield build
    for each in houses:
        each.close()


@pytest.fixture(scope="session")
def sqlite_house(_built):
    return _built(House, "sqlite")


@pytest.fixture(scope="session")
def office(_built):
    """The application with every lifecycle at work, over SQLite."""
    return _built(Office, "sqlite")


@pytest.fixture(scope="session")
def postgresql_house(_built):
    return _built(House, "postgresql")


@pytest.fixture(scope="session")
def postgresql_office(_built):
    """The application with every lifecycle at work, over PostgreSQL."""
    return _built(Office, "postgresql")


@pytest.fixture
def house(sqlite_house):
    """The application over SQLite; its people and earlier cases are those of the session."""
    return sqlite_house


@pytest.fixture(params=["sqlite", "postgresql"], scope="session")
def any_house(request):
    """The application over each kind of database."""
    return request.getfixturevalue(f"{request.param}_house")
