"""What is read together is of one moment, whatever is committed meanwhile."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from workflows.partners.models import Department


@pytest.fixture
def found(database):
    """Adds a department in a transaction of its own."""

    def add(code):
        with database.write() as connection, Session(bind=connection) as session:
            session.add(Department(code=code, name_fr=code, name_en=code, name_es=code))
            session.flush()

    return add


def count(database):
    with database.read() as connection, Session(bind=connection) as session:
        return session.scalar(select(func.count()).select_from(Department))


def test_reads_of_a_snapshot_see_the_moment_of_the_first(database, found):
    found("before")
    with database.snapshot():
        found("not looked yet")
        assert count(database) == 2
        found("meanwhile")
        assert count(database) == 2
    assert count(database) == 3


def test_reads_without_a_snapshot_each_see_their_own_moment(database, found):
    assert count(database) == 0
    found("one")
    assert count(database) == 1


def test_a_read_that_fails_leaves_the_snapshot_usable(database, found):
    with database.snapshot():
        assert count(database) == 0
        with pytest.raises(DBAPIError), database.read() as connection:
            connection.execute(text("select nonsense from nowhere"))
        found("afterwards")
        assert count(database) == 1


def test_a_snapshot_ends_with_its_block_also_after_an_error(database, found):
    with pytest.raises(LookupError), database.snapshot():
        assert count(database) == 0
        raise LookupError
    found("one")
    assert count(database) == 1
    assert database.engine.pool.checkedout() == 0
