"""Scenarios played by a job: in a process of their own, without a trace in the real store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import SYSTEM
from engine.definitions import Bundle
from engine.engine import Engine
from engine.tables import metadata
from tests.servers import ROOT
from web import playing
from web.root import plugged_in
from workflows.scenarios.models import ScenarioResult
from workflows.scenarios.results import Report, ask, report_of, results_of, scenario_names

MEETING = Bundle.from_folder(ROOT / "bpmn" / "meeting")
HELD = "scenarios/held.yaml"
WRONG = b"title: Wrong\nat: 2026-04-07T09:00\nsteps:\n  - {do: conjure}\n"


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here is said in a way that only one kind of database knows."""
    return sqlite_url


@pytest.fixture
def engine(database, settings, clock):
    """The engine with all that an installation plugs in."""
    return Engine(database, plugged_in(settings), clock=clock)


def with_files(**files):
    return Bundle("meeting", {**MEETING.files, **{f"scenarios/{n}": d for n, d in files.items()}})


def counts(engine):
    """How many rows each table has; what is asked for and its jobs aside."""
    tables = [t for t in metadata.sorted_tables if t.name not in ("scenario_result", "job")]
    with engine.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) for table in tables
        }


def asked(engine, bundle, *names):
    with engine.unit(SYSTEM) as unit:
        ask(unit, bundle, names)


def reports(engine, bundle):
    with engine.reading() as session:
        return {name: report_of(each) for name, each in results_of(session, bundle).items()}


def test_a_scenario_is_played_apart_and_leaves_its_result_alone(engine):
    engine.deploy(MEETING, actor=SYSTEM)
    draft = with_files(**{"wrong.yaml": WRONG})
    engine.save_definition_draft(draft, actor=SYSTEM, revision=None, based_on=1)
    before = counts(engine)
    asked(engine, draft, HELD, "scenarios/wrong.yaml")
    while engine.run_due_jobs(worker="test"):
        pass
    told = reports(engine, draft)
    assert told[HELD].succeeded, told[HELD]
    assert "published" in told[HELD].title.lower()
    assert told[HELD].passed.flows
    wrong = told["scenarios/wrong.yaml"]
    assert (wrong.step, wrong.line) == (1, 4)
    assert "There is no action 'conjure'" in wrong.sentence
    assert counts(engine) == before


def test_whatever_is_wrong_the_job_tells_it(monkeypatch):
    broken = Bundle("meeting", {**MEETING.files, "meeting.bpmn": b"<half"})
    told = playing.play(broken, [], HELD)
    assert told.code == "not_deployable"
    assert "meeting.bpmn:1: error:" in told.trace
    monkeypatch.setattr(playing, "_GRACE", -0.9)
    told = playing.play(MEETING, [], HELD, seconds=1)
    assert (told.code, told.sentence) == ("time", "It took more than 1 seconds.")


def test_a_scenario_that_takes_too_long_fails_at_its_step(cli):
    answer = cli(
        "process", "test", ROOT / "bpmn" / "meeting" / HELD, "--seconds", "0.001", "--json"
    )
    (told,) = answer.json["scenarios"]
    assert (told["failures"][0]["code"], told["failures"][0]["step"]) == ("time", 1)


def test_a_worker_that_dies_while_it_plays_leaves_nothing_half_done(engine, clock, monkeypatch):
    engine.deploy(MEETING, actor=SYSTEM)
    names = scenario_names(MEETING)

    def dies(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(playing, "play", dies)
        asked(engine, MEETING, *names)
        with pytest.raises(SystemExit):
            engine.run_due_jobs(worker="dead")
    assert reports(engine, MEETING) == dict.fromkeys(names)
    clock.at += timedelta(minutes=5)
    monkeypatch.setattr(playing, "play", lambda _bundle, _others, name: Report(name))
    while engine.run_due_jobs(worker="alive"):
        pass
    assert all(report.succeeded for report in reports(engine, MEETING).values())


def test_the_neighbours_in_force_that_a_story_names_take_part(engine, monkeypatch):
    beside = []
    for key in ("meeting", "contract", "grant"):
        engine.deploy(Bundle.from_folder(ROOT / "bpmn" / key), actor=SYSTEM)
    story = WRONG.replace(b"steps:", b"processes: [contract, nowhere]\nsteps:")
    draft = with_files(**{"wrong.yaml": story})
    engine.save_definition_draft(draft, actor=SYSTEM, revision=None, based_on=1)

    def play(_bundle, others, name):
        beside.extend(each.key for each in others)
        return Report(name)

    monkeypatch.setattr(playing, "play", play)
    asked(engine, draft, "scenarios/wrong.yaml")
    engine.run_due_jobs(worker="test")
    assert beside == ["contract"]


def test_a_state_that_nobody_can_see_any_more_is_forgotten(engine, monkeypatch):
    monkeypatch.setattr(playing, "play", lambda _bundle, _others, name: Report(name))
    engine.deploy(MEETING, actor=SYSTEM)
    draft = with_files(**{"wrong.yaml": WRONG})
    revision = engine.save_definition_draft(draft, actor=SYSTEM, revision=None, based_on=1)
    for bundle in (MEETING, draft):
        asked(engine, bundle, HELD)
        engine.run_due_jobs(worker="test")
    later = with_files(**{"wrong.yaml": WRONG + b"  - {wait: P1D}\n"})
    engine.save_definition_draft(later, actor=SYSTEM, revision=revision, based_on=1)
    asked(engine, later, HELD)
    with engine.reading() as session:
        digests = set(session.scalars(select(ScenarioResult.digest)))
    assert digests == {MEETING.digest, later.digest}
