"""A difficulty from its report to its end, and who sees nothing of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from engine import SYSTEM
from engine.definitions import Bundle
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.values import InboxQuery, InstanceQuery
from tests.builders_domain import HOME, ROOT
from tests.builders_duties import DutiesHouse
from workflows.difficulty.models import Difficulty
from workflows.difficulty.services import difficulty_of_case, may_report, report
from workflows.people.services import create_person

REPORT = {
    "kind": "workload",
    "description": "Trop de cours en même temps.",
    "no_health": "true",
}
CONTACT = {
    "contacted_on": "2026-03-02",
    "summary": "Nous avons parlé des cours.",
    "measure": "advice",
}
BLIND = ("ri", "other_ri", "admin", "auditor", "other_coordinator", "other_student", "legal")
SEEING = ("student", "coordinator", "care")


@pytest.fixture
def house(once):
    return once(DutiesHouse.built)


def reported(house, who="student", **changes):
    """A difficulty of the incoming student's: its case."""
    mobility = house.mobility(incoming=True)
    with house.engine.unit(getattr(house, who)) as unit:
        data = {**REPORT, **changes}
        return report(house.engine, unit, mobility, data, home_hei_id=HOME).instance_id


def stored(house, case):
    with house.engine.reading() as session:
        found = difficulty_of_case(session, case)
        session.expunge_all()
        return found


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "difficulty")) == []


def test_advice_is_enough(house):
    case = reported(house)
    house.does(case, house.coordinator, "take_up", follower="coordinator")
    house.does(case, house.coordinator, **CONTACT)
    assert house.at(case) == ["close"]
    house.does(case, house.coordinator, conclusion="Un cours abandonné, tout va bien.")
    found = stored(house, case)
    assert (found.state, found.follower, found.measure) == ("closed", "coordinator:lea", "advice")
    assert house.at(case) == ["completed"]
    assert house.told("student") == [
        f"Votre demande n° {found.id}",
        f"Votre demande n° {found.id} est prise en charge",
        f"Le suivi de votre demande n° {found.id} est terminé",
    ]
    assert house.engine.verify(case).intact


@pytest.mark.parametrize(
    ("measure", "step", "days"),
    [
        ("adjusted_calendar", "adjust", {"arranged_from": "2026-05-12"}),
        ("contract_change", "change", {}),
    ],
)
def test_a_measure_is_arranged_by_whoever_follows(house, measure, step, days):
    case = reported(house, "coordinator", kind="exam_clash")
    house.does(case, house.coordinator, "take_up", follower="ri_care")
    (item,) = house.engine.instance(case, actor=house.care).open_items
    assert item.candidate == "ri-care"
    house.does(case, house.care, **{**CONTACT, "measure": measure})
    assert house.at(case) == [step]
    with pytest.raises(InvalidInput):
        house.does(case, house.care, arrangement=" ")
    house.does(case, house.care, arrangement="Oral le 12 mai au lieu du 10.", **days)
    house.does(case, house.care, conclusion="Réglé.")
    assert stored(house, case).arrangement == "Oral le 12 mai au lieu du 10."


def test_an_adjusted_calendar_is_told_to_the_registrar_by_its_days_alone(house):
    with house.engine.unit(SYSTEM) as unit:
        create_person(
            unit.session,
            login="remi",
            given_names="Rémi",
            family_name="Castel",
            email="remi@example.org",
            groups=("registrar",),
        )
    case = reported(house)
    house.does(case, house.coordinator, "take_up", follower="coordinator")
    house.does(case, house.coordinator, **{**CONTACT, "measure": "adjusted_calendar"})
    for days, errors in (
        ({}, {"arranged_from": ["required"]}),
        (
            {"arranged_from": "2026-05-12", "arranged_until": "2026-05-11"},
            {"arranged_until": ["before_start"]},
        ),
    ):
        with pytest.raises(InvalidInput) as refusal:
            house.does(case, house.coordinator, arrangement="Oral.", **days)
        assert refusal.value.errors == errors
    days = {"arranged_from": "2026-05-12", "arranged_until": "2026-05-13"}
    house.does(case, house.coordinator, arrangement="Oral au lieu de l’écrit.", **days)
    found = stored(house, case)
    assert (found.arranged_from.day, found.arranged_until.day) == (12, 13)
    mails = house.mails()
    (registrar,) = [mail for mail in mails if mail.to == "remi@example.org"]
    assert "2026-05-12" in registrar.body
    assert "Martin" in registrar.body
    for secret in ("Trop de cours", "Oral", "/cases/"):
        assert secret not in registrar.body
    arranged = f"Demande n° {found.id} : un aménagement est convenu"
    assert house.told("student")[-1] == arranged
    assert arranged in house.told("care")
    assert arranged not in house.told("coordinator"), "who arranged it knows"


def test_it_may_be_set_aside_with_a_reason_that_the_student_reads(house):
    case = reported(house)
    with pytest.raises(InvalidInput):
        house.does(case, house.coordinator, "set_aside", " ")
    house.does(case, house.coordinator, "set_aside", "Le cours a déjà changé de créneau.")
    found = stored(house, case)
    assert (found.state, found.set_aside_because) == (
        "set_aside",
        "Le cours a déjà changé de créneau.",
    )
    assert house.told("student")[-1] == f"Réponse à votre demande n° {found.id}"


def test_lateness_is_told_to_those_in_charge_and_to_nobody_else(house):
    case = reported(house)
    house.wait(days=12)
    assert house.at(case) == ["triage"]
    assert any(s.startswith("Rappel : Trier") for s in house.told("coordinator"))
    assert any(s.startswith("En retard : Trier") for s in house.told("care"))
    for name in BLIND:
        assert house.told(name) == [], name
    others = [mail for mail in house.mails() if mail.to != "lea.martin@example.org"]
    assert others
    assert not [mail for mail in others if "Martin" in mail.subject + mail.body]


def test_only_those_in_charge_see_the_case(house):
    case = reported(house)
    (item,) = house.engine.instance(case, actor=SYSTEM).open_items
    engine = house.engine
    for name in SEEING:
        actor = getattr(house, name)
        assert engine.instance(case, actor=actor).restricted
        assert engine.work_item(item.id, actor=actor).id == item.id
        assert [i.id for i in engine.instances(actor=actor, query=InstanceQuery()).items] == [case]
    for name in BLIND:
        actor = getattr(house, name)
        for look in (
            lambda actor: engine.instance(case, actor=actor),
            lambda actor: engine.history(case, actor=actor),
            lambda actor: engine.comments(case, actor=actor),
            lambda actor: engine.work_item(item.id, actor=actor),
            lambda actor: engine.seats(item.id, actor=actor),
            lambda actor: engine.terminate(case, actor=actor, reason="x"),
            lambda actor: engine.comment(case, actor=actor, text="x"),
            lambda actor: engine.claim(item.id, actor=actor),
            lambda actor: engine.assign(item.id, actor=actor, to="person:1"),
            lambda actor: engine.save_draft(item.id, actor=actor, data={}),
            lambda actor: engine.complete(
                item.id, actor=actor, outcome="take_up", idempotency_key="x"
            ),
        ):
            with pytest.raises(NotFound):
                look(actor)
        for query in (
            InstanceQuery(),
            InstanceQuery(text="Martin"),
            InstanceQuery(process="difficulty"),
            InstanceQuery(business_key=item.business_key),
        ):
            assert engine.instances(actor=actor, query=query).items == [], name
        for view in ("mine", "groups", "all"):
            found = engine.inbox(actor=actor, query=InboxQuery(view=view, text="Martin"))
            assert list(found.items) == [], name
        counts = engine.inbox_counts(actor=actor)
        assert (counts.mine, counts.groups) == (0, 0)


def test_an_overseer_who_takes_part_sees_it_among_all_others(house):
    case = reported(house)
    other = house.grant(house.mobility())
    seen = {
        name: {i.id for i in house.engine.instances(actor=actor, query=InstanceQuery()).items}
        for name, actor in (("care", house.care), ("ri", house.ri), ("admin", house.admin))
    }
    assert seen == {"care": {case, other}, "ri": {other}, "admin": {other}}
    views = {
        name: {
            i.instance_id for i in house.engine.inbox(actor=actor, query=InboxQuery("all")).items
        }
        for name, actor in (("care", house.care), ("auditor", house.auditor))
    }
    assert views == {"care": {case, other}, "auditor": {other}}


def test_whoever_is_given_a_task_sees_the_case(house):
    case = reported(house)
    (item,) = house.engine.instance(case, actor=SYSTEM).open_items
    house.engine.assign(item.id, actor=house.coordinator, to=house.other_ri.id)
    assert house.engine.instance(case, actor=house.other_ri).id == case
    listed = house.engine.instances(actor=house.other_ri, query=InstanceQuery()).items
    assert [each.id for each in listed] == [case]


def test_an_incident_is_shown_to_overseers_in_charge_alone(house):
    case = reported(house)
    house.wait()
    from engine.errors import ExecutionError
    from engine.runtime.incidents import raise_incident
    from engine.runtime.locked import LockedInstance

    with house.engine.unit(SYSTEM) as unit:
        job = unit.enqueue("office.task", {"items": []}, instance_id=case)
        locked = LockedInstance.load(unit, case)
        raise_incident(unit, locked, job, ExecutionError("triage", "service_failed", "Martin"))
        locked.save(unit)
    (incident,) = house.engine.incidents(actor=house.care).items
    for name in ("ri", "admin", "auditor"):
        actor = getattr(house, name)
        assert house.engine.incidents(actor=actor).items == []
        with pytest.raises(NotFound):
            house.engine.retry(incident.id, actor=actor)
    with pytest.raises(Forbidden):
        house.engine.incidents(actor=house.student)
    house.engine.retry(incident.id, actor=house.care)
    assert house.engine.incidents(actor=house.care).items == []


def test_the_operator_and_the_system_still_see_it(house):
    case = reported(house)
    assert house.engine.instance(case, actor=SYSTEM).id == case
    plain = replace(SYSTEM, sees_restricted=False)
    with pytest.raises(NotFound):
        house.engine.instance(case, actor=plain)


def test_who_may_report_for_whom(house):
    incoming, outgoing = house.mobility(incoming=True), house.mobility()
    with house.engine.reading() as session:
        into = house.stored_mobility(session, incoming)
        out = house.stored_mobility(session, outgoing)
        allowed = {n for n in (*SEEING, *BLIND) if may_report(getattr(house, n), into, HOME)}
        assert allowed == set(SEEING)
        assert not [n for n in (*SEEING, *BLIND) if may_report(getattr(house, n), out, HOME)]
    for name, mobility in (("ri", incoming), ("student", outgoing), ("care", 999_999)):
        with pytest.raises(NotFound), house.engine.unit(getattr(house, name)) as unit:
            report(house.engine, unit, mobility, REPORT, home_hei_id=HOME)


def test_without_a_department_ri_s_persons_in_charge_follow(house):
    mobility = house.mobility(incoming=True)
    with house.engine.unit(SYSTEM) as unit:
        house.stored_mobility(unit.session, mobility).department = "unassigned"
    with house.engine.unit(house.student) as unit:
        case = report(house.engine, unit, mobility, REPORT, home_hei_id=HOME).instance_id
    house.does(case, house.care, "take_up", follower="coordinator")
    assert stored(house, case).follower == "ri-care"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"kind": "illness"}, {"kind": ["not_an_option"]}),
        ({"description": ""}, {"description": ["required"]}),
        ({"description": "x" * 4001}, {"description": ["too_long:4000"]}),
        ({"no_health": ""}, {"no_health": ["no_health_required"]}),
        ({"no_health": ["true"]}, {"no_health": ["not_a_boolean", "no_health_required"]}),
        ({"follower": "ri"}, {"follower": ["unknown_field"]}),
    ],
)
def test_bad_reports_are_named_and_start_nothing(house, changes, errors):
    with pytest.raises(InvalidInput) as refusal:
        reported(house, **changes)
    assert refusal.value.errors == errors
    with house.engine.reading() as session:
        assert session.scalars(select(Difficulty)).all() == []


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({}, {"contacted_on": ["required"], "summary": ["required"], "measure": ["required"]}),
        ({**CONTACT, "contacted_on": "2026-03-03"}, {"contacted_on": ["in_the_future"]}),
        ({**CONTACT, "measure": "punish"}, {"measure": ["not_an_option"]}),
        ({**CONTACT, "follower": "ri"}, {"follower": ["unknown_field"]}),
    ],
)
def test_bad_contacts_are_named(house, data, errors):
    case = reported(house)
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, "take_up", follower="legal")
    assert refusal.value.errors == {"follower": ["not_an_option"]}
    house.does(case, house.coordinator, "take_up", follower="coordinator")
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, **data)
    assert refusal.value.errors == errors
