"""What operators see of the automatic work, and how they try many failures again at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from engine import SYSTEM, Engine, Forbidden, NotFound
from engine.operations.workers import SILENT
from engine.tables import incident, instance, job
from tests.integration.test_jobs import notified, with_reminder

REFUSED = "nobody answers at {}"


class Unreachable:
    """A server that answers nobody until it is mended; each refusal names another port."""

    def __init__(self):
        self.mended = False
        self.asked = []

    def perform(self, job):
        self.asked.append(job.id)
        if not self.mended:
            raise ConnectionError(REFUSED.format(len(self.asked)))

    def apply(self, ctx, result):
        return {}


@pytest.fixture
def server(office):
    """Where mails go to, unreachable at first."""
    server = Unreachable()
    known = replace(office.engine.registry, job_kinds={"mail": server})
    office.engine = Engine(office.engine.database, known, clock=office.clock)
    return server


def fail(office, number):
    """Mails that fail at their only attempt."""
    with office.engine.unit(SYSTEM) as unit:
        for each in range(number):
            unit.enqueue("mail", {"mail": each}, max_attempts=1)
    office.work()


def failures(office):
    return office.engine.failures(actor=office.chief)


def test_what_waits_is_counted_by_kind(office, plugged):
    office.deploy(with_reminder("PT2H"))
    office.start()
    with office.engine.unit(SYSTEM) as unit:
        unit.enqueue("mail", {})
        unit.enqueue("mail", {}, due_at=office.clock.now() + timedelta(days=3))
    office.clock.advance(timedelta(minutes=5))
    work = office.engine.workload()
    assert {kind: each.waiting for kind, each in work.due.items()} == {"mail": 1}
    assert office.clock.now() - work.oldest == timedelta(minutes=5)
    assert {kind: each.waiting for kind, each in work.coming.items()} == {"timer": 1}


def test_what_a_worker_has_taken_is_being_done(office, plugged):
    seen = []
    plugged.perform = lambda _: seen.append(office.engine.workload())
    with office.engine.unit(SYSTEM) as unit:
        unit.enqueue("mail", {})
    office.work()
    assert [(work.running, work.waiting) for work in seen] == [(1, 0)]
    assert office.engine.workload().due == {}


def test_what_failed_and_is_tried_again_by_itself_is_told_apart(office, plugged):
    plugged.failures = 1
    with office.engine.unit(SYSTEM) as unit:
        unit.enqueue("mail", {})
    office.work()
    assert office.engine.workload().coming["mail"].failed_before == 1


def test_incidents_that_differ_in_numbers_alone_are_one_failure(office, server):
    fail(office, 3)
    office.deploy(notified())
    (alike,) = failures(office)
    assert (alike.kind, alike.reason, len(alike.failures)) == ("mail", "job_failed", 3)
    assert REFUSED.format(1) in alike.detail


def test_all_that_say_the_same_are_tried_again_at_once(office, server):
    fail(office, 3)
    (alike,) = failures(office)
    server.mended = True
    order = office.engine.retry_alike(alike.key, actor=office.chief, until=alike.newest)
    office.work()
    told = office.engine.retry_order(order)
    assert (told.retried, told.gone, told.running) == (3, 0, False)
    assert failures(office) == []


def test_only_what_was_shown_is_tried_again(office, server):
    fail(office, 2)
    (alike,) = failures(office)
    fail(office, 1)
    order = office.engine.retry_alike(alike.key, actor=office.chief, until=alike.newest)
    assert len(office.engine.retry_order(order).incidents) == 2


def test_what_somebody_else_dealt_with_is_left_alone(office, server):
    fail(office, 3)
    (alike,) = failures(office)
    order = office.engine.retry_alike(alike.key, actor=office.chief, until=alike.newest)
    office.engine.retry(alike.failures[1].id, actor=office.chief)
    office.engine.work_off_retries(order)
    told = office.engine.retry_order(order)
    assert (told.retried, told.gone) == (2, 1)


def test_an_order_goes_on_where_a_worker_died(office, server):
    fail(office, 3)
    (alike,) = failures(office)
    order = office.engine.retry_alike(alike.key, actor=office.chief, until=alike.newest)
    assert office.engine.work_off_retries(order, limit=2)
    assert not office.engine.work_off_retries(order, limit=2)
    assert office.engine.retry_order(order).retried == 3


def test_a_retry_of_many_is_in_the_record_of_each_case(office, plugged):
    plugged.failures = 99
    office.deploy(notified())
    cases = [office.start(), office.start()]
    for _ in range(9):
        office.wait(days=1)
    (alike,) = failures(office)
    office.engine.retry_alike(alike.key, actor=office.chief, until=alike.newest)
    plugged.failures = 0
    office.work()
    for case in cases:
        assert "incident_retried" in office.kinds(case)
        assert office.engine.verify(case.instance_id).intact


def test_whoever_oversees_nothing_sees_no_failures(office, server):
    fail(office, 1)
    (alike,) = failures(office)
    with pytest.raises(Forbidden):
        office.engine.failures(actor=office.ana)
    with pytest.raises(Forbidden):
        office.engine.retry_alike(alike.key, actor=office.ana, until=alike.newest)


def test_of_a_restricted_case_only_who_takes_part_sees_the_failure(office, plugged):
    plugged.failures = 99
    office.deploy(notified())
    started = office.start()
    for _ in range(9):
        office.wait(days=1)
    (alike,) = failures(office)
    with office.engine.unit(SYSTEM) as unit:
        unit.connection.execute(instance.update().values(restricted=True))
    assert failures(office) == []
    with pytest.raises(NotFound):
        office.engine.retry_alike(alike.key, actor=office.chief, until=alike.newest)
    assert started.instance_id == alike.failures[0].instance_id


def test_a_worker_is_seen_until_it_ends(office):
    office.engine.worker_runs("here:1")
    office.clock.advance(SILENT)
    office.engine.worker_runs("here:1")
    office.engine.worker_runs("there:2")
    here, there = sorted(office.engine.workers(), key=lambda each: each.name)
    assert here.seen_at - here.started_at == SILENT
    assert there.seen_at == there.started_at
    office.engine.worker_ends("here:1")
    assert [each.name for each in office.engine.workers()] == ["there:2"]


def test_a_worker_that_died_long_ago_is_forgotten(office):
    office.engine.worker_runs("here:1")
    office.clock.advance(timedelta(days=8))
    office.engine.worker_runs("there:2")
    assert [each.name for each in office.engine.workers()] == ["there:2"]


def test_no_figure_reads_more_than_a_bounded_part(office, plugged, count_statements, monkeypatch):
    monkeypatch.setattr("engine.operations.workload.MOST", 5)
    monkeypatch.setattr("engine.operations.failures.MOST", 5)
    now = 1_000_000
    rows = [
        {
            **dict.fromkeys((c.name for c in job.c), None),
            "kind": "mail",
            "element": "",
            "task_no": 0,
            "payload": b"{}",
            "due_at": now,
            "attempts": 0,
            "max_attempts": 1,
            "backoff_seconds": 1,
            "created_at": now,
            "id": number,
            "status": int(number > 20),
        }
        for number in range(1, 41)
    ]
    opened = [
        {
            "id": 100 + number,
            "instance_id": None,
            "job_id": number,
            "element": "",
            "reason": "job_failed",
            "detail": "",
            "params": b"{}",
            "status": 0,
            "at": now,
            "resolved_at": None,
            "resolved_by": None,
        }
        for number in range(21, 41)
    ]
    with office.engine.unit(SYSTEM) as unit:
        unit.connection.execute(insert(job), rows)
        unit.connection.execute(insert(incident), opened)
    with count_statements(office.engine.database) as sent:
        work, (alike,) = office.engine.workload(), failures(office)
    assert len(sent) == 3
    assert work.more
    assert (work.waiting, len(alike.failures)) == (5, 5)
