"""The demonstration: made by running the process, complete, and loaded once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select

from engine import SYSTEM, Engine
from engine.definitions import Bundle
from engine.tables import metadata
from engine.values import InboxQuery, InstanceQuery
from tests.builders_domain import ROOT
from workflows.contract.reading import contract_view
from workflows.contract.signing import verify_signatures
from workflows.demo import PASSWORD, SMALL, load
from workflows.demo.heroes import HEROES
from workflows.demo.people import STAFF, STUDENTS
from workflows.mobility.models import Mobility
from workflows.people.services import actor_for, authenticate, find_person
from workflows.registry import registry
from workflows.scenarios.house import bundle_folders


@pytest.fixture
def demo(database, settings, clock):
    """A loaded demonstration; gives the engine and its settings."""
    settings = replace(settings, demo=True)
    engine = Engine(database, registry(settings), clock=clock)
    for folder in bundle_folders(ROOT / "bpmn"):
        engine.deploy(Bundle.from_folder(folder), actor=SYSTEM)
    load(engine, settings, size=SMALL)
    return engine, settings


def actor(engine, login):
    with engine.reading() as session:
        return actor_for(session, find_person(session, login))


def everything(engine):
    with engine.reading() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in metadata.sorted_tables
        }


def the_demonstration_shows_every_step_and_loads_once(demo):
    engine, settings = demo
    ri = actor(engine, "claire.vidal")
    cases = engine.instances(actor=ri, query=InstanceQuery(process="contract")).items
    assert len(cases) == len(HEROES) == 12
    open_items = [engine.instance(case.id, actor=ri).open_items for case in cases]
    steps = Counter(item.element for items in open_items for item in items)
    assert steps == {
        "draft": 3,
        "check_coherence": 3,
        "sign_student": 1,
        "sign_sending": 1,
        "check_admin": 1,
        "partner_answer": 2,
    }
    before = everything(engine)
    load(engine, settings)
    assert everything(engine) == before


def its_contracts_tell_what_can_happen(demo):
    engine, _ = demo
    with engine.reading() as session:
        views = {
            mobility.student_family_name: contract_view(session, mobility.id)
            for mobility in session.scalars(select(Mobility))
        }
        assert all(
            intact
            for view in views.values()
            for intact in verify_signatures(session, view.mobility_id).values()
        )
    assert [version.status for version in views["Garnier"].versions] == ["rejected", "draft"]
    assert [version.status for version in views["Belkacem"].versions] == ["rejected", "submitted"]
    assert [version.status for version in views["Fernández Ruiz"].versions] == ["returned", "draft"]
    assert views["Nguyễn"].current.status == "signed"
    marks = Counter(row.change for row in views["Belkacem"].current.part("studied").rows)
    assert marks == {"kept": 3, "added": 1, "removed": 1}
    assert not views["Benali"].current.warnings


def somebody_is_late_and_has_a_name_of_ninety_characters(demo):
    engine, _ = demo
    delmas = actor(engine, "marie.delmas")
    page = engine.inbox(actor=delmas, query=InboxQuery(view="groups", overdue=True))
    assert [len(item.labels.subject) for item in page.items] == [90]


def its_history_is_intact_and_in_the_past(demo):
    engine, _ = demo
    ri = actor(engine, "claire.vidal")
    for case in engine.instances(actor=ri, query=InstanceQuery()).items:
        assert engine.verify(case.id).intact
        moments = [event.at for event in engine.history(case.id, actor=ri)]
        assert moments == sorted(moments)
        assert moments[-1] <= engine.clock.now()


def everybody_shown_can_sign_in(demo):
    engine, _ = demo
    with engine.unit(SYSTEM) as unit:
        for person in (*STUDENTS, *STAFF):
            account = find_person(unit.session, person.login)
            assert account.demo == person.shown == (account.password_hash is not None)
            assert person.email.endswith("@example.org")
        assert authenticate(unit.session, "lea.martin", PASSWORD) is not None


def its_jobs_run_without_incidents(demo):
    engine, _ = demo
    while engine.run_due_jobs(worker="tests"):
        pass
    assert list(engine.incidents(actor=actor(engine, "claire.vidal")).items) == []


def test_what_the_demonstration_holds(demo, subtests):
    for claim in (
        the_demonstration_shows_every_step_and_loads_once,
        its_contracts_tell_what_can_happen,
        somebody_is_late_and_has_a_name_of_ninety_characters,
        its_history_is_intact_and_in_the_past,
        everybody_shown_can_sign_in,
        its_jobs_run_without_incidents,
    ):
        with subtests.test(claim.__name__):
            claim(demo)
