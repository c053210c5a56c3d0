"""R11: whatever a superuser alters in the record with SQL of their own is found and named."""

from __future__ import annotations

import json
from itertools import product

import pytest
from sqlalchemy import delete, insert, text

from engine import Wrong
from engine.tables import history_payload, instance
from tests.builders_record import CASES, LENGTH, Record

BEFORE, CASE, AFTER = CASES
CHANGES = {
    "at": 1,
    "kind": "work_item_claimed",
    "element": None,
    "work_item_id": 7,
    "actor": "person:666",
    "on_behalf_of": "person:666",
    "payload_digest": b"x" * 32,
    "hash": b"x" * 32,
    "seq": 99,
}
"""A column of an event, and what is written into it."""


def test_an_untouched_record_is_intact(record):
    found = record.found()
    assert (found.intact, found.instances, found.events) == (True, 3, 3 * LENGTH)


def test_each_changed_column_is_named(record):
    for column, seq in product(CHANGES, (1, 4, LENGTH)):
        with record.attempt():
            record.change(CASE, seq, **{column: CHANGES[column]})
            assert record.named()[0] == (CASE, seq, Wrong.CHANGED_EVENT, column)


def test_an_event_is_named_where_its_former_value_is_found_nowhere_else(record):
    record.change(CASE, 4, work_item_id=7, actor="person:666")
    assert record.named() == [(CASE, 4, Wrong.CHANGED_EVENT, "")]


def test_an_event_moved_to_another_case_is_missed_and_found_there(record):
    record.change(CASE, 4, instance_id=AFTER, seq=LENGTH + 1)
    assert record.named() == [
        (CASE, 4, Wrong.MISSING_EVENT, ""),
        (AFTER, LENGTH + 1, Wrong.INSERTED_EVENT, ""),
    ]


def test_a_changed_payload_is_named_and_so_is_its_changed_key(record):
    for column in ("payload", "salt"):
        with record.attempt():
            record.change_payload(CASE, 4, **{column: b'{"grade":20}'})
            assert record.named() == [(CASE, 4, Wrong.CHANGED_PAYLOAD, "")]


def test_a_payload_that_nobody_wrote_is_named(record):
    for seq, wrong in ((3, Wrong.CHANGED_PAYLOAD), (99, Wrong.PAYLOAD_WITHOUT_EVENT)):
        with record.attempt():
            row = {"instance_id": CASE, "seq": seq, "salt": b"x" * 16, "payload": b"{}"}
            record.connection.execute(insert(history_payload), row)
            assert record.named() == [(CASE, seq, wrong, "")]


def test_an_erased_payload_is_counted_and_no_fault(record):
    record.connection.execute(delete(history_payload).where(history_payload.c.seq == 4))
    found = record.found()
    assert (found.intact, found.erased) == (True, 3)


def test_deleted_events_are_named(record):
    for deleted in ((1,), (4,), (3, 4, 5), (LENGTH - 1,)):
        with record.attempt():
            record.delete(CASE, *deleted)
            assert record.named() == [(CASE, deleted[0], Wrong.MISSING_EVENT, "")]


def test_a_deleted_event_is_named_though_those_after_it_moved_up(record):
    for seq in (1, 4, LENGTH - 1):
        with record.attempt():
            record.delete(CASE, seq)
            record.renumber(CASE, seq, -1)
            assert record.named() == [(CASE, seq, Wrong.MISSING_EVENT, "")]


def test_a_cut_tail_is_named(record):
    for first in (1, 5, LENGTH):
        with record.attempt():
            record.delete(CASE, *range(first, LENGTH + 1))
            assert record.named() == [(CASE, first, Wrong.CUT_TAIL, "")]


def test_an_event_inserted_beside_the_chain_is_named(record):
    for seq in (-5, 0, LENGTH + 1):
        with record.attempt():
            record.insert(CASE, seq)
            assert record.named() == [(CASE, seq, Wrong.INSERTED_EVENT, "")]


def test_an_event_inserted_into_the_chain_is_named(record):
    for seq in (2, 4, LENGTH):
        with record.attempt():
            record.renumber(CASE, seq - 1, 1)
            record.insert(CASE, seq, at=5)
            assert record.named()[0] == (CASE, seq, Wrong.INSERTED_EVENT, "")


def test_swapped_events_are_named(record):
    for other, hashes in product((4, 6, LENGTH), (True, False)):
        with record.attempt():
            record.swap(CASE, 3, other, hashes=hashes)
            assert record.named() == [(CASE, 3, Wrong.SWAPPED_EVENTS, "")]


def test_a_deleted_instance_that_leaves_its_events_is_named(record):
    record.connection.execute(delete(instance).where(instance.c.id == CASE))
    assert record.named() == [(CASE, 1, Wrong.MISSING_INSTANCE, "")]


def test_a_changed_head_is_named(record):
    for seq in (LENGTH, 5):
        with record.attempt():
            record.set_head(CASE, seq, b"x" * 32)
            assert record.named() == [(CASE, LENGTH, Wrong.HEAD_DIFFERS, "")]


def test_a_head_set_back_names_the_first_event_after_it(record):
    record.set_head(CASE, 5, record.event(CASE, 5)["hash"])
    assert record.named() == [(CASE, 6, Wrong.INSERTED_EVENT, "")]


def test_each_broken_case_is_named_and_the_others_are_verified(record):
    record.change(BEFORE, 2, actor="person:666")
    record.delete(AFTER, 4)
    assert [(case, seq) for case, seq, _, _ in record.named()] == [(BEFORE, 2), (AFTER, 4)]
    assert record.found().instances == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_values_of_a_foreign_type_are_faults_and_no_accidents(record):
    """SQLite keeps any value in any column."""
    columns = ("at", "kind", "work_item_id", "payload_digest", "hash")
    for column, value in product(columns, ("'soon'", "1.5", "x'ff'")):
        with record.attempt():
            record.connection.execute(
                text(
                    f"UPDATE history_event SET {column} = {value} "
                    f"WHERE instance_id = {CASE} AND seq = 4"
                )
            )
            assert record.named()[0][:3] == (CASE, 4, Wrong.CHANGED_EVENT)


def test_history_verify_tells_and_exits_with_1_when_something_is_wrong(cli, database):
    with database.engine.begin() as connection:
        Record.written(connection)
    well = cli("history", "verify")
    assert well.code == 0
    assert "intact: 24 events of 3 instances" in well.out
    with database.engine.begin() as connection:
        record = Record(connection)
        record.connection.execute(delete(instance).where(instance.c.id == CASE))
    broken = cli("history", "verify")
    assert broken.code == 1
    assert f"Instance {CASE}, event 1: the instance is missing." in broken.out
    answer = json.loads(cli("history", "verify", "--json").out)
    assert answer["faults"] == [
        {"instance_id": str(CASE), "seq": 1, "wrong": "missing_instance", "column": None}
    ]
