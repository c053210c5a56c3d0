"""What tests of the record share."""

import pytest

from tests.builders_record import Record


@pytest.fixture
def record(database):
    """A record without its guards; whatever is done to it is rolled back."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        record = Record.written(connection)
        record.drop_triggers()
        yield record
        transaction.rollback()
