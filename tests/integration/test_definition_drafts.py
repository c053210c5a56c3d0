"""Drafts of process definitions: kept apart, published whole or not at all, gone back from."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import event, func, select

from engine import SYSTEM, Actor, Conflict, DeploymentRejected, NotFound
from engine.definitions import Bundle
from engine.tables import definition_draft, definition_draft_file
from tests.builders import Diagram, approvals, at_once

ANNE = Actor("person:1", "Anne", frozenset({"admin"}))
SAM = Actor("person:2", "Sam", frozenset({"admin"}))
CHIEF = Actor("person:9", "Chief", frozenset({"ri"}), oversees=True)
ONE, TWO, THREE = (approvals("approval", steps=number).bundle() for number in (1, 2, 3))


@pytest.fixture
def deployed(engine):
    """An engine with one version in force."""
    engine.deploy(ONE, actor=SYSTEM, note="first")
    return engine


def save(engine, bundle, revision=None, actor=ANNE):
    return engine.save_definition_draft(bundle, actor=actor, revision=revision, based_on=1)


def publish(engine, revision, replacing=1, actor=ANNE, note="because"):
    return engine.publish(
        "approval", actor=actor, note=note, revision=revision, replacing=replacing
    )


def rows(engine):
    with engine.database.read() as connection:
        return [
            connection.scalar(select(func.count()).select_from(table))
            for table in (definition_draft, definition_draft_file)
        ]


def test_a_draft_changes_nothing_that_runs(deployed, clock):
    revision = save(deployed, TWO)
    draft = deployed.definition_draft("approval")
    assert (draft.bundle, draft.revision, draft.based_on) == (TWO, revision, 1)
    assert (draft.saved_by, draft.saved_at) == (ANNE.id, clock.now())
    assert deployed.definition_drafts() == {"approval": ANNE.id}
    (definition,) = deployed.definitions()
    assert (definition.version, definition.bundle) == (1, ONE)


def test_a_draft_may_hold_what_cannot_be_deployed(deployed):
    half = Bundle("approval", {"approval.bpmn": TWO.files["approval.bpmn"][:300]})
    save(deployed, half)
    assert deployed.definition_draft("approval").bundle == half


def test_each_save_replaces_all_files_and_names_another_state(deployed):
    first = save(deployed, Bundle("approval", {**TWO.files, "forms/a.json": b"{}"}))
    second = save(deployed, THREE, first, SAM)
    assert second != first
    assert deployed.definition_draft("approval").bundle == THREE
    assert deployed.definition_drafts() == {"approval": SAM.id}


@pytest.mark.parametrize("seen", [None, 1])
def test_a_stale_save_is_refused_and_loses_nothing(deployed, seen):
    kept = save(deployed, TWO)
    with pytest.raises(Conflict):
        save(deployed, THREE, seen, SAM)
    draft = deployed.definition_draft("approval")
    assert (draft.bundle, draft.revision, draft.saved_by) == (TWO, kept, ANNE.id)


def test_a_revision_of_a_discarded_draft_never_fits_the_next_one(deployed):
    old = save(deployed, TWO)
    deployed.discard_definition_draft("approval", actor=ANNE, revision=old)
    save(deployed, TWO)
    with pytest.raises(Conflict):
        save(deployed, THREE, old)
    with pytest.raises(Conflict):
        deployed.discard_definition_draft("approval", actor=ANNE, revision=old)


def test_discarding_leaves_nothing_behind(deployed):
    deployed.discard_definition_draft("approval", actor=ANNE, revision=save(deployed, TWO))
    assert deployed.definition_draft("approval") is None
    assert rows(deployed) == [0, 0]
    with pytest.raises(Conflict):
        publish(deployed, 1)


def test_publishing_makes_the_draft_the_version_in_force(deployed, clock):
    definition = publish(deployed, save(deployed, TWO))
    assert (definition.version, definition.note, definition.deployed_by) == (2, "because", ANNE.id)
    assert definition.deployed_at == clock.now()
    assert [each.bundle for each in deployed.definitions()] == [TWO]
    assert rows(deployed) == [0, 0]


def test_running_cases_stay_on_their_version(deployed):
    def start():
        variables = {"department": "lea"}
        return deployed.start(
            "approval", actor=CHIEF, business_key="M-1", variables=variables
        ).instance_id

    earlier = start()
    publish(deployed, save(deployed, TWO))
    later = start()
    versions = [
        deployed.definition(deployed.instance(each, actor=CHIEF).definition_id).version
        for each in (earlier, later)
    ]
    assert versions == [1, 2]
    assert [(each.number, each.running) for each in deployed.versions("approval")] == [
        (2, 1),
        (1, 1),
    ]
    deployed.terminate(earlier, actor=CHIEF, reason="over")
    assert [each.running for each in deployed.versions("approval")] == [1, 0]


def test_a_draft_with_errors_is_not_published(deployed):
    sly = Diagram("approval").start().node("scriptTask", "sly").end()
    bad = sly.flow("begin", "sly", "finish").bundle()
    revision = save(deployed, bad)
    with pytest.raises(DeploymentRejected):
        publish(deployed, revision)
    assert deployed.definition_draft("approval").revision == revision
    assert len(deployed.versions("approval")) == 1


def test_a_state_that_nobody_looked_at_is_not_published(deployed):
    seen = save(deployed, TWO)
    kept = save(deployed, THREE, seen, SAM)
    with pytest.raises(Conflict):
        publish(deployed, seen)
    assert deployed.definition_draft("approval").revision == kept
    assert len(deployed.versions("approval")) == 1


def test_a_version_that_came_in_between_is_not_overridden_unseen(deployed):
    revision = save(deployed, TWO)
    deployed.deploy(THREE, actor=SYSTEM)
    with pytest.raises(Conflict):
        publish(deployed, revision, replacing=1)
    assert deployed.definition_draft("approval").bundle == TWO
    assert publish(deployed, revision, replacing=2).version == 3


def test_the_content_in_force_published_again_changes_nothing(deployed):
    definition = publish(deployed, save(deployed, ONE))
    assert (definition.version, definition.note) == (1, "first")
    assert len(deployed.versions("approval")) == 1
    assert deployed.definition_draft("approval") is None


def test_a_publication_that_fails_midway_leaves_the_draft(deployed, monkeypatch):
    revision = save(deployed, TWO)

    def fails(*_arguments):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(deployed._definitions, "store", fails)
    with pytest.raises(RuntimeError):
        publish(deployed, revision)
    assert deployed.definition_draft("approval").revision == revision


def test_a_draft_that_goes_while_it_is_read_is_whole_or_none(deployed):
    """Publishing it unread files would refuse it as an empty process instead of as a Conflict."""
    revision = save(deployed, TWO)
    discarded = []

    def discard_first(_connection, _cursor, statement, *_):
        if "definition_draft_file" in statement and not discarded:
            discarded.append(True)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(
                    deployed.discard_definition_draft, "approval", actor=SAM, revision=revision
                ).result()

    event.listen(deployed.database.engine, "before_cursor_execute", discard_first)
    draft = deployed.definition_draft("approval")
    event.remove(deployed.database.engine, "before_cursor_execute", discard_first)
    assert draft is None or draft.bundle == TWO


def test_of_two_publications_at_once_one_wins(deployed):
    revision = save(deployed, TWO)
    outcomes = at_once(
        lambda: publish(deployed, revision), lambda: publish(deployed, revision, actor=SAM)
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
    assert [each.number for each in deployed.versions("approval")] == [2, 1]


def test_of_two_first_drafts_at_once_one_is_kept(deployed):
    outcomes = at_once(lambda: save(deployed, TWO), lambda: save(deployed, THREE, actor=SAM))
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
    draft = deployed.definition_draft("approval")
    assert draft.bundle == (TWO if draft.saved_by == ANNE.id else THREE)


def test_going_back_publishes_the_earlier_version_as_a_new_one(deployed):
    publish(deployed, save(deployed, TWO))
    definition = deployed.go_back("approval", 1, actor=SAM, note="too slow", replacing=2)
    assert (definition.version, definition.note, definition.bundle) == (3, "too slow", ONE)
    assert [each.number for each in deployed.versions("approval")] == [3, 2, 1]


def test_going_back_needs_to_know_what_is_in_force(deployed):
    publish(deployed, save(deployed, TWO))
    with pytest.raises(Conflict):
        deployed.go_back("approval", 1, actor=SAM, note="x", replacing=1)
    with pytest.raises(NotFound):
        deployed.go_back("approval", 9, actor=SAM, note="x", replacing=2)
    assert deployed.go_back("approval", 2, actor=SAM, note="x", replacing=2).version == 2


@pytest.mark.parametrize("number", [0, 9, 2**31, 2**63 - 1])
def test_a_number_that_no_version_has_is_not_found(deployed, number):
    with pytest.raises(NotFound):
        deployed.version("approval", number)


def test_what_the_installation_no_longer_offers_is_not_gone_back_to(deployed):
    offered = dict(deployed.registry.services)
    diagram = Diagram("approval").start().service("tell", "notify").end()
    deployed.deploy(diagram.flow("begin", "tell", "finish").bundle(), actor=SYSTEM)
    deployed.deploy(THREE, actor=SYSTEM)
    deployed.registry = replace(deployed.registry, services={})
    with pytest.raises(DeploymentRejected):
        deployed.go_back("approval", 2, actor=SAM, note="x", replacing=3)
    deployed.registry = replace(deployed.registry, services=offered)
    assert deployed.go_back("approval", 2, actor=SAM, note="x", replacing=3).version == 4


def test_of_two_who_go_back_at_once_one_wins(deployed):
    publish(deployed, save(deployed, TWO))
    publish(deployed, save(deployed, THREE), replacing=2)
    outcomes = at_once(
        *[
            lambda number=number: deployed.go_back(
                "approval", number, actor=SAM, note="x", replacing=3
            )
            for number in (1, 2)
        ]
    )
    assert sorted(type(each).__name__ for each in outcomes) == ["Conflict", "NoneType"]
    assert [each.number for each in deployed.versions("approval")] == [4, 3, 2, 1]


def test_versions_are_counted_in_one_statement(deployed, count_statements):
    deployed.deploy(approvals("other", steps=1).bundle(), actor=SYSTEM)
    for number in range(3):
        deployed.start(
            "approval", actor=CHIEF, business_key=f"M-{number}", variables={"department": "lea"}
        )
    with count_statements(deployed.database) as sent:
        found = deployed.versions()
    assert [(each.key, each.running) for each in found] == [("approval", 3), ("other", 0)]
    assert len(sent) == 1


def test_confidential_cases_are_not_counted(engine):
    hidden = approvals("hidden", steps=1)
    hidden.process_properties["restricted"] = "true"
    engine.deploy(hidden.bundle(), actor=SYSTEM)
    engine.start("hidden", actor=CHIEF, business_key="M-1", variables={"department": "lea"})
    assert [each.running for each in engine.versions("hidden")] == [0]


def test_who_has_a_draft_open_is_known_to_every_process_until_they_fall_silent(deployed, clock):
    assert deployed.open_definition_draft("approval", actor=ANNE) == []
    assert deployed.open_definition_draft("approval", actor=SAM) == [ANNE.id]
    assert deployed.open_definition_draft("other", actor=SAM) == []
    clock.advance(timedelta(seconds=20))
    assert deployed.open_definition_draft("approval", actor=ANNE) == [SAM.id]
    clock.advance(timedelta(seconds=20))
    assert deployed.open_definition_draft("approval", actor=ANNE) == []


def test_many_tabs_of_one_person_are_one_person(deployed):
    tab = partial(deployed.open_definition_draft, "approval", actor=ANNE)
    assert at_once(*[tab] * 4) == [None] * 4
    assert deployed.open_definition_draft("approval", actor=SAM) == [ANNE.id]
