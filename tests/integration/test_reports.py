"""Reports are computed once for all who ask, and never hang."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import SYSTEM, Engine
from engine.history import reports
from engine.history.durations import DurationQuestion
from engine.history.filters import HistoryFilter
from engine.history.reports import NOT_ASKED, REPORT, Reporting, ask, report_of
from engine.registry import Registry
from engine.runtime.jobs import LEASE_SECONDS, claim_due
from engine.tables import history_report, job
from tests.builders import at_once
from tests.builders_durations import Task, write

QUESTION = DurationQuestion(HistoryFilter(processes=("contract",)))
OTHER = DurationQuestion(HistoryFilter(processes=("contract",)), "version")


@pytest.fixture
def engine(database, clock):
    """An engine with two completed tasks."""
    with database.engine.begin() as connection:
        write(connection, [Task(completed=2), Task(case=2, completed=5)])
    return Engine(database, Registry(job_kinds={REPORT: Reporting()}), clock=clock)


def asked(engine, question=QUESTION):
    with engine.unit(SYSTEM) as unit:
        ask(unit, question)


def known(engine, question=QUESTION):
    with engine.reading() as session:
        return report_of(session.connection(), question)


def jobs(engine):
    with engine.reading() as session:
        return session.scalar(select(func.count()).select_from(job))


def test_a_report_is_computed_in_the_background_and_says_as_of_when(engine, clock):
    assert known(engine) == NOT_ASKED
    asked(engine)
    assert (known(engine).running, known(engine).answer) == (True, None)
    engine.run_due_jobs(worker="tests")
    report = known(engine)
    assert (report.running, report.failed, report.computed_at) == (False, False, clock.now())
    assert [(line.key, line.done) for line in report.answer.lines] == [("check", 2)]
    assert known(engine, OTHER) == NOT_ASKED


def test_all_who_ask_at_once_get_one_computation(engine):
    assert at_once(*(lambda: asked(engine) for _ in range(12))) == [None] * 12
    assert jobs(engine) == 1
    engine.run_due_jobs(worker="tests")
    asked(engine)
    assert jobs(engine) == 0, "what was computed within the last minute answers"


def test_the_answer_stays_while_the_next_is_computed(engine, clock):
    asked(engine)
    engine.run_due_jobs(worker="tests")
    first = known(engine)
    clock.advance(reports.FRESH + timedelta(seconds=1))
    asked(engine)
    second = known(engine)
    assert (second.running, second.answer, second.computed_at) == (
        True,
        first.answer,
        first.computed_at,
    )
    engine.run_due_jobs(worker="tests")
    assert known(engine).computed_at == clock.now()


def test_a_worker_that_dies_over_a_report_leaves_it_to_the_next(engine, clock):
    asked(engine)
    with engine.unit(SYSTEM) as unit:
        claim_due(unit, "killed", 1)
    assert engine.run_due_jobs(worker="tests") == 0
    clock.advance(timedelta(seconds=LEASE_SECONDS + 1))
    engine.run_due_jobs(worker="tests")
    assert not known(engine).running
    assert known(engine).answer is not None


def test_a_report_that_cannot_be_computed_says_so_and_can_be_asked_for_again(
    engine, clock, monkeypatch
):
    monkeypatch.setattr(reports, "durations", lambda *_: 1 / 0)
    asked(engine)
    for _ in range(3):
        engine.run_due_jobs(worker="tests")
        clock.advance(timedelta(hours=1))
    assert (known(engine).running, known(engine).failed) == (False, True)
    monkeypatch.undo()
    asked(engine)
    engine.run_due_jobs(worker="tests")
    assert (known(engine).failed, len(known(engine).answer.lines)) == (False, 1)


def test_what_nobody_asks_for_any_more_is_not_kept(engine, clock):
    asked(engine)
    engine.run_due_jobs(worker="tests")
    clock.advance(reports.KEPT + timedelta(days=1))
    asked(engine, OTHER)
    with engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(history_report)) == 1
    assert known(engine) == NOT_ASKED
