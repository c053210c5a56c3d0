"""The feed: whoever goes on from where they were misses nothing, however it was committed."""

import threading

import pytest
from sqlalchemy import update

from engine import Actor, Engine, InvalidInput
from engine.history.access_log import LOG
from engine.history.export.model import Order
from engine.history.filters import HistoryFilter
from engine.registry import Registry
from engine.tables import instance
from tests.builders import at_once
from tests.builders_record import CASES, LENGTH, Record

AUDITOR = Actor("person:5", groups=frozenset({"auditor"}), oversees=True)


@pytest.fixture
def engine(database, clock):
    """An engine with a record of three cases of eight events."""
    with database.engine.begin() as connection:
        Record.written(connection)
    return Engine(database, Registry(), clock=clock)


def taken(feed):
    return [(event.instance_id, event.seq) for _, event in feed.events]


def follow(engine, after=0, limit=5):
    """All there is after a position, part by part, and the position behind it."""
    found = []
    while True:
        part = engine.feed(actor=AUDITOR, after=after, limit=limit)
        assert len(part.events) <= limit
        found += taken(part)
        after = part.after
        if not part.more:
            return found, after


def go_on(record, connection, case, more=1):
    record.connection = connection
    record.go_on(case, more)


def known(database):
    """The record as it stands, to be gone on with."""
    record = Record(None)
    with database.read() as connection:
        for row in connection.execute(instance.select()):
            record.heads[row.id] = (row.seq, row.head)
    return record


def test_every_event_comes_once_and_those_of_a_case_in_their_order(engine):
    found, after = follow(engine)
    assert sorted(found) == [(case, seq) for case in CASES for seq in range(1, LENGTH + 1)]
    for case in CASES:
        assert [seq for of, seq in found if of == case] == list(range(1, LENGTH + 1))
    assert follow(engine, after) == ([], after)


def test_what_is_new_comes_next(engine, database):
    _, after = follow(engine)
    record = known(database)
    with database.write() as connection:
        go_on(record, connection, 102, 2)
    found, after = follow(engine, after)
    assert found == [(102, LENGTH + 1), (102, LENGTH + 2)]
    engine.export(Order("csv", HistoryFilter()), actor=AUDITOR)
    assert follow(engine, after)[0] == [(LOG, 1)]


def test_an_event_that_a_slow_command_commits_late_is_not_skipped(engine, database):
    """Its number and its instant are earlier than those of events that were given already."""
    _, after = follow(engine)
    record = known(database)
    if database.is_sqlite:
        # One writer at a time: there the quick command waits for the slow one.
        with database.write() as connection:
            go_on(record, connection, 101)
        with database.write() as connection:
            go_on(record, connection, 102)
        assert follow(engine, after)[0] == [(101, LENGTH + 1), (102, LENGTH + 1)]
        return
    with database.write() as slow:
        go_on(record, slow, 101)
        with database.write() as quick:
            go_on(record, quick, 102)
        found, after = follow(engine, after)
        assert found == [(102, LENGTH + 1)]
    assert follow(engine, after)[0] == [(101, LENGTH + 1)]


def test_readers_and_writers_at_once_lose_and_double_nothing(engine, database):
    """Writers commit in any order while several readers go on, each from where it was."""
    readers, rounds = 3, 12
    ended = threading.Event()
    found = [[] for _ in range(readers)]

    def write(case):
        record = known(database)
        for _ in range(rounds):
            with database.write() as connection:
                go_on(record, connection, case)

    def read(number):
        after = 0
        while True:
            last = ended.is_set()
            more, after = follow(engine, after)
            found[number] += more
            if last:
                return

    def writers():
        try:
            assert at_once(*(lambda case=case: write(case) for case in CASES)) == [None] * 3
        finally:
            ended.set()

    came_to = at_once(writers, *(lambda number=number: read(number) for number in range(readers)))
    assert came_to == [None] * (readers + 1)
    everything = [(case, seq) for case in CASES for seq in range(1, LENGTH + rounds + 1)]
    assert found[0] == found[1] == found[2]
    assert sorted(found[0]) == everything


def test_restricted_cases_do_not_come(engine, database):
    with database.write() as connection:
        connection.execute(update(instance).where(instance.c.id == 102).values(restricted=True))
    found, after = follow(engine)
    assert {case for case, _ in found} == {101, 103}
    assert after == len(CASES) * LENGTH


def test_a_position_that_nobody_was_given_is_refused(engine):
    """As after a restore: whoever is ahead of the database would wait for nothing."""
    _, after = follow(engine)
    with pytest.raises(InvalidInput):
        engine.feed(actor=AUDITOR, after=after + 1, limit=5)
