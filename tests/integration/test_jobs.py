"""Automatic work: services, timers, mails; retries, incidents, leases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import SYSTEM, Forbidden
from engine.tables import job
from tests.builders import Diagram, timer


def notified() -> Diagram:
    """A case that only notifies."""
    diagram = Diagram().start().service("tell", "notify", param_kind='"reminder"')
    return diagram.end().flow("begin", "tell", "finish")


def with_reminder(cycle: str = "R3/P1D", *, interrupting: bool = False) -> Diagram:
    """A task with a boundary timer that notifies."""
    kind = "timeCycle" if cycle.startswith("R") else "timeDuration"
    return (
        Diagram()
        .start()
        .user("ask")
        .end()
        .boundary("late", "ask", timer(kind, cycle), interrupting=interrupting)
        .service("tell", "notify", param_kind='"reminder"')
        .end("told")
        .flow("begin", "ask", "finish")
        .flow("late", "tell", "told")
    )


def jobs(office):
    with office.engine.database.read() as connection:
        return connection.execute(select(job).order_by(job.c.due_at)).all()


def test_a_service_gets_its_parameters_and_moves_the_case_on(office, plugged):
    office.deploy(notified())
    started = office.start()
    assert office.work() == 1
    assert plugged.performed[0].payload == {"kind": "reminder"}
    assert plugged.performed[0].variables["department"] == "lea"
    assert plugged.applied == ["performed"]
    assert office.engine.instance(started.instance_id, actor=office.chief).ended_at
    assert jobs(office) == []


def test_a_failing_service_is_tried_again_with_growing_pauses(office, plugged):
    plugged.failures = 2
    office.deploy(notified())
    started = office.start()
    assert office.work() == 1
    assert office.wait(seconds=29) == 0
    assert office.wait(seconds=2) == 1
    assert office.wait(seconds=59) == 0
    assert office.wait(seconds=2) == 1
    assert [performed.attempt for performed in plugged.performed] == [1, 2, 3]
    assert len({performed.id for performed in plugged.performed}) == 1
    assert office.engine.instance(started.instance_id, actor=office.chief).ended_at


def test_out_of_attempts_is_an_incident_that_an_operator_can_retry(office, plugged):
    plugged.failures = 5
    office.deploy(notified())
    started = office.start()
    for _ in range(6):
        office.wait(days=1)
    (incident,) = office.incidents()
    assert (incident.element, incident.reason) == ("tell", "job_failed")
    assert "nobody answers" in incident.detail
    with pytest.raises(Forbidden):
        office.engine.retry(incident.id, actor=office.ana)
    office.engine.retry(incident.id, actor=office.chief)
    office.work()
    assert office.incidents() == []
    assert office.engine.instance(started.instance_id, actor=office.chief).ended_at


def test_a_lease_that_ran_out_lets_another_worker_take_the_job(office, plugged):
    office.deploy(notified())
    office.start()
    from engine.runtime.jobs import LEASE_SECONDS, claim_due

    with office.engine.unit(SYSTEM) as unit:
        assert len(claim_due(unit, "a worker that dies", 10)) == 1
    assert office.work() == 0
    assert office.wait(seconds=LEASE_SECONDS + 1) == 1
    assert len(plugged.performed) == 1


def test_a_worker_whose_lease_was_taken_over_has_no_effect(office, plugged):
    office.deploy(notified())
    started = office.start()
    from engine.runtime.jobs import LEASE_SECONDS, claim_due

    with office.engine.unit(SYSTEM) as unit:
        (job_id,) = claim_due(unit, "slow", 10)
    slow = office.engine._runner.prepare(job_id, "slow", office.clock.now())
    result = slow.perform()
    office.wait(seconds=LEASE_SECONDS + 1)
    with office.engine.unit(SYSTEM) as unit:
        office.engine._runner.finish(unit, slow, result)
    assert plugged.applied == ["performed"]
    assert office.kinds(started).count("service_completed") == 1


def test_reminders_repeat_as_often_as_the_cycle_says_and_leave_the_task_open(office, plugged):
    office.deploy(with_reminder("R3/P1D"))
    started = office.start()
    assert office.wait(hours=23) == 0
    for day in range(1, 6):
        office.wait(days=1)
        assert len(plugged.performed) == min(day, 3)
    assert office.open_elements(started) == ["ask"]


def test_completing_the_task_disarms_its_reminders(office, plugged):
    office.deploy(with_reminder("R3/P1D"))
    started = office.start()
    office.wait(days=1)
    office.engine.complete(started.work_items[0], actor=_clerk(), idempotency_key="done")
    office.wait(days=10)
    assert len(plugged.performed) == 1
    assert jobs(office) == []


def test_an_interrupting_timer_takes_the_task_away(office):
    office.deploy(with_reminder("P2D", interrupting=True))
    started = office.start()
    office.wait(days=2)
    item = office.engine.work_item(started.work_items[0], actor=office.chief)
    assert item.status.name == "CANCELLED"
    assert "task_cancelled" in office.kinds(started)


def test_an_intermediate_timer_waits_for_its_date(office):
    diagram = Diagram().start().catch("pause", timer("timeDate", "2026-04-01T08:00:00+02:00"))
    office.deploy(diagram.user("ask").end().flow("begin", "pause", "ask", "finish"))
    started = office.start()
    assert office.open_elements(started) == []
    office.wait(days=29, hours=20)
    assert office.open_elements(started) == []
    office.wait(hours=2)
    assert office.open_elements(started) == ["ask"]


def test_a_job_of_no_element_runs_after_the_commit(office, plugged):
    with office.engine.unit(SYSTEM) as unit:
        unit.enqueue("mail", {"to": "ana@example.org"})
        assert plugged.performed == []
    office.work()
    assert plugged.performed[0].payload == {"to": "ana@example.org"}
    assert jobs(office) == []


def test_a_job_can_wait_for_its_time(office, plugged):
    with office.engine.unit(SYSTEM) as unit:
        unit.enqueue("mail", {}, due_at=office.clock.now() + timedelta(hours=1))
    assert office.work() == 0
    assert office.wait(hours=1) == 1


def test_a_rolled_back_command_leaves_no_job(office):
    with pytest.raises(RuntimeError), office.engine.unit(SYSTEM) as unit:
        unit.enqueue("mail", {})
        raise RuntimeError("the command fails")
    assert jobs(office) == []


def _clerk():
    from engine import Actor

    return Actor("person:5", "Clerk", frozenset({"office"}))
