"""A publication set for a time to come: done once, checked again then, or told why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine import SYSTEM, Actor, Conflict, DeploymentRejected, InvalidInput, Registry
from tests.builders import approvals, at_once

ANNE = Actor("person:1", "Anne", frozenset({"admin"}))
ONE, TWO, THREE = (approvals("approval", steps=number).bundle() for number in (1, 2, 3))


@pytest.fixture
def engine(engine, plugged):
    """An engine that tells what could not be published to the job kind ``told``."""
    registry = replace(engine.registry, job_kinds={"told": plugged}, refused="told")
    engine.registry = registry
    engine.deploy(ONE, actor=SYSTEM, note="first")
    engine.draft = engine.save_definition_draft(TWO, actor=ANNE, revision=None, based_on=1)
    return engine


def plan(engine, clock, revision=None, replacing=1, **time):
    return engine.plan_publication(
        "approval",
        actor=ANNE,
        note="From Monday",
        revision=revision or engine.draft,
        replacing=replacing,
        at=clock.now() + timedelta(**(time or {"days": 3})),
    )


def in_force(engine):
    (definition,) = engine.definitions()
    return definition


def test_it_waits_for_its_time_and_happens_in_its_author_s_name(engine, clock, office):
    number = plan(engine, clock)
    planned = engine.planned_publication("approval")
    assert (planned.id, planned.asked) == (number, False)
    assert (planned.at, planned.set_by) == (clock.now() + timedelta(days=3), ANNE.id)
    office.wait(days=2)
    assert in_force(engine).version == 1
    office.wait(days=1)
    definition = in_force(engine)
    assert (definition.version, definition.bundle) == (2, TWO)
    assert (definition.note, definition.deployed_by) == ("From Monday", ANNE.id)
    assert engine.definition_draft("approval") is None
    assert engine.planned_publication("approval") is None
    assert office.wait(days=9) == 0


def test_cancelled_it_never_happens_and_the_draft_stays(engine, clock, office):
    planned = plan(engine, clock)
    engine.cancel_publication("approval", actor=ANNE, planned=planned)
    assert office.wait(days=9) == 0
    assert in_force(engine).version == 1
    assert engine.definition_draft("approval").bundle == TWO
    with pytest.raises(Conflict):
        engine.cancel_publication("approval", actor=ANNE, planned=planned)


def another_version(engine):
    engine.deploy(THREE, actor=SYSTEM)


def another_draft(engine):
    engine.save_definition_draft(THREE, actor=ANNE, revision=engine.draft, based_on=1)


def an_approval_taken_out(engine):
    engine.registry = replace(engine.registry, approval_steps={})


@pytest.mark.parametrize(
    ("meanwhile", "reason"),
    [
        (another_version, "replaced"),
        (another_draft, "draft_changed"),
        (an_approval_taken_out, "errors"),
    ],
)
def test_what_cannot_be_published_any_more_is_told_and_kept(
    engine, clock, office, plugged, meanwhile, reason
):
    plan(engine, clock)
    planned = engine.planned_publication("approval")
    meanwhile(engine)
    before = in_force(engine).version
    office.wait(days=3)
    assert in_force(engine).version == before
    assert engine.definition_draft("approval") is not None
    assert engine.planned_publication("approval") == replace(planned, refused=reason)
    (told,) = plugged.performed
    assert told.payload == {
        "key": "approval",
        "author": ANNE.id,
        "reason": reason,
        "at": planned.at.isoformat(),
    }


def test_after_a_refusal_a_time_can_be_set_anew(engine, clock, office):
    plan(engine, clock)
    another_draft(engine)
    office.wait(days=3)
    plan(engine, clock, engine.definition_draft("approval").revision)
    office.wait(days=3)
    assert in_force(engine).bundle == THREE


def test_who_publishes_at_once_or_discards_takes_the_plan_away(engine, clock, office, plugged):
    plan(engine, clock)
    engine.publish("approval", actor=ANNE, note="now", revision=engine.draft, replacing=1)
    assert engine.planned_publication("approval") is None
    engine.draft = engine.save_definition_draft(THREE, actor=ANNE, revision=None, based_on=2)
    plan(engine, clock, replacing=2)
    engine.discard_definition_draft("approval", actor=ANNE, revision=engine.draft)
    assert engine.planned_publication("approval") is None
    office.wait(days=3)
    assert in_force(engine).version == 2
    assert plugged.performed == []


def test_what_cannot_be_published_is_not_planned(engine, clock):
    with pytest.raises(InvalidInput, match="acceptable"):
        plan(engine, clock, days=-1)
    for stale in ({"revision": 1}, {"replacing": 7}):
        with pytest.raises(Conflict):
            plan(engine, clock, **stale)
    plan(engine, clock)
    with pytest.raises(Conflict):
        plan(engine, clock)
    engine.registry = Registry(approval_steps={})
    with pytest.raises(DeploymentRejected):
        plan(engine, clock)


def test_several_workers_publish_it_once(engine, clock, office):
    plan(engine, clock)
    clock.advance(timedelta(days=3))
    at_once(*[lambda name=name: engine.run_due_jobs(worker=name) for name in ("a", "b", "c")])
    office.work()
    assert [each.number for each in engine.versions("approval")] == [2, 1]


def test_a_worker_that_dies_leaves_it_to_the_next(engine, clock, office, monkeypatch):
    plan(engine, clock)
    clock.advance(timedelta(days=3))
    with monkeypatch.context() as patch:
        patch.setattr(type(engine), "_run", lambda *_: None)
        assert engine.run_due_jobs(worker="dying") == 1
    assert in_force(engine).version == 1
    office.wait(minutes=5)
    assert in_force(engine).version == 2
