"""Anchors at a set interval, and verification in the background."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from engine import SYSTEM, Engine, Wrong
from engine.history import checking
from engine.history.anchor_files import AnchorFile
from engine.history.jobs import history_jobs, keep_anchoring
from engine.history.keys import KeyRing
from engine.registry import Registry
from engine.tables import instance
from tests.builders import at_once
from tests.builders_record import CASES, LENGTH, Record

DAY = timedelta(days=1)


@pytest.fixture
def keys(tmp_path):
    return KeyRing(tmp_path / "keys")


@pytest.fixture
def engine(database, clock, keys, tmp_path):
    """An engine with a record of three cases, that makes an anchor a day."""
    with database.engine.begin() as connection:
        Record.written(connection)
    jobs = history_jobs(keys, "univ-tlse2.fr", tmp_path / "anchors", DAY)
    return Engine(database, Registry(job_kinds=jobs), clock=clock)


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def keep(engine, every=DAY):
    with engine.unit(SYSTEM) as unit:
        keep_anchoring(unit, every)


def test_an_anchor_is_made_each_day_and_written_to_a_file(engine, clock, keys, tmp_path):
    keep(engine)
    keep(engine)
    work(engine)
    assert engine.anchors(limit=9) == []
    for _ in range(3):
        clock.advance(DAY)
        work(engine)
    assert [anchor.number for anchor in engine.anchors(limit=9)] == [3, 2, 1]
    assert [anchor.number for anchor in engine.anchors(limit=1, before=3)] == [2]
    files = sorted((tmp_path / "anchors").iterdir())
    assert len(files) == 3
    assert engine.verify_history(keys, AnchorFile(files[0])).intact
    assert b"".join(engine.anchor_lines(engine.anchor(1))) == files[0].read_bytes()


def test_no_anchor_is_made_without_an_interval(engine, clock):
    keep(engine, timedelta())
    clock.advance(30 * DAY)
    work(engine)
    assert engine.anchors(limit=9) == []


def test_a_check_goes_part_by_part_and_tells_how_far_it_is(engine, keys, monkeypatch):
    monkeypatch.setattr(checking, "PART", LENGTH)
    engine.make_anchor(keys, issuer="univ-tlse2.fr")
    engine.start_check(actor=SYSTEM)
    engine.start_check(actor=SYSTEM)
    done = []
    for _ in range(3):
        engine.run_due_jobs(worker="tests", limit=1)
        (check,) = engine.history_checks(limit=9)
        done.append((check.instances, check.running, check.intact))
    assert done == [(1, True, False), (2, True, False), (3, True, False)]
    work(engine)
    (check,) = engine.history_checks(limit=9)
    assert (check.intact, check.running, check.anchor) == (True, False, 1)
    assert (check.total, check.instances, check.events) == (3, 3, 3 * LENGTH)


def test_of_many_who_ask_at_once_one_starts_a_check_and_each_gets_an_anchor(engine, keys):
    asked = [lambda: engine.start_check(actor=SYSTEM)] * 6
    asked += [lambda: engine.make_anchor(keys, issuer="univ-tlse2.fr")] * 6
    assert at_once(*asked) == [None] * 12
    assert len(engine.history_checks(limit=9)) == 1
    assert [anchor.number for anchor in engine.anchors(limit=9)] == [6, 5, 4, 3, 2, 1]


def test_a_check_names_what_is_wrong_in_every_part(engine, keys, monkeypatch):
    monkeypatch.setattr(checking, "PART", LENGTH)
    engine.make_anchor(keys, issuer="univ-tlse2.fr")
    with engine.database.engine.begin() as connection:
        connection.execute(delete(instance).where(instance.c.id.in_([CASES[0], CASES[2]])))
    engine.start_check(actor=SYSTEM)
    work(engine)
    (check,) = engine.history_checks(limit=9)
    assert (check.intact, check.running, check.broken) == (False, False, 2)
    assert [(f.instance_id, f.wrong) for f in check.faults] == [
        (CASES[0], Wrong.MISSING_INSTANCE),
        (CASES[2], Wrong.MISSING_INSTANCE),
    ]


def test_a_check_whose_job_gave_up_no_longer_runs_and_another_may_begin(engine, keys, monkeypatch):
    engine.make_anchor(keys, issuer="univ-tlse2.fr")
    monkeypatch.setattr(checking, "verify", None)
    engine.start_check(actor=SYSTEM)
    for _ in range(12):
        engine.clock.advance(DAY)
        work(engine)
    (check,) = engine.history_checks(limit=9)
    assert (check.running, check.ended_at) == (False, None)
    monkeypatch.undo()
    engine.start_check(actor=SYSTEM)
    work(engine)
    assert [check.intact for check in engine.history_checks(limit=9)] == [True, False]
