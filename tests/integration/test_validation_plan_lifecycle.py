"""A validation plan from its draft to its signatures: teachers, refusals, a new version."""

from __future__ import annotations

import pytest

from engine import SYSTEM
from engine.definitions import Bundle
from engine.errors import Forbidden, InvalidInput
from tests.builders_domain import ROOT
from tests.builders_house import House
from workflows.people.services import actor_for, create_person
from workflows.validation_plan.reading import plan_views
from workflows.validation_plan.services import reopen_plan

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request):
    return request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")


@pytest.fixture
def house(once):
    found = once(House.built)
    found.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "validation_plan"), actor=SYSTEM)
    with found.engine.unit(SYSTEM) as unit:
        for name in ("tess", "tod"):
            person = create_person(
                unit.session,
                login=name,
                given_names=name.title(),
                family_name="Test",
                email=f"{name}@example.org",
                groups=("teacher:lea",),
            )
            found.ids[name] = person.id
            setattr(found, name, actor_for(unit.session, person))
    return found


def written(house, **changes):
    """A plan of two units, each of another teacher's."""
    first = {
        "lineage": "translation",
        "unit_title": "Traduction",
        "credits": "6",
        "term": "semester_1",
        "teacher_id": str(house.ids["tess"]),
        "disposition": "replaced",
        "failure_rule": "host_resit",
        "courses": [{"title": "Traducción", "credits": "6"}],
    }
    second = {
        "lineage": "law",
        "unit_title": "Droit",
        "credits": "3",
        "term": "year",
        "teacher_id": str(house.ids["tod"]),
        "disposition": "kept_distance",
    }
    return {
        "start_date": "2026-09-01",
        "end_date": "2027-01-31",
        "conversion_method": "grid",
        "rows": [{**first, **changes}, second],
    }


@pytest.fixture
def case(house):
    return house.open_plan()


def at(house, case):
    return sorted(
        item.element for item in house.engine.instance(case.instance_id, actor=house.ri).open_items
    )


def do(house, case, actor, outcome=None, reason=None, **data):
    """Complete the one task of the case that is offered to the actor."""
    items = house.engine.instance(case.instance_id, actor=house.ri).open_items
    (item,) = [each for each in items if each.candidate in {*actor.groups, actor.id}]
    return house.engine.complete(
        item.id,
        actor=actor,
        outcome=outcome,
        reason=reason,
        data=data,
        idempotency_key=f"do {item.id}",
    )


def versions(house, case):
    with house.engine.reading() as session:
        return plan_views(session, case.mobility_id)


def sign(house, case):
    for actor in (house.tess, house.tod, house.coordinator, house.student, house.coordinator):
        do(house, case, actor, "approve")


def test_the_bundle_has_no_problems(house):
    assert house.engine.lint(Bundle.from_folder(ROOT / "bpmn" / "validation_plan")) == []


@BOTH
def test_both_teachers_the_coordinator_and_the_student_agree(house, case):
    do(house, case, house.student, **written(house))
    assert at(house, case) == ["teachers_agree", "teachers_agree"]
    sign(house, case)
    (plan,) = versions(house, case)
    assert plan.status == "signed"
    assert {each.role for each in plan.signatures} == {"student", "sending"}
    assert all(each.intact for each in plan.signatures)
    assert [row.term for row in plan.rows] == ["semester_1", "year"]
    assert house.engine.verify(case.instance_id).intact


@BOTH
def test_a_teacher_returns_it_and_the_student_reads_why_and_by_whom(house, case):
    do(house, case, house.student, **written(house))
    with pytest.raises(InvalidInput):
        do(house, case, house.tess, "return", " ")
    do(house, case, house.tess, "return", "Le cours choisi est trop court.")
    assert at(house, case) == ["draft"]
    mail = [mail for mail in house.mails() if mail.to == "lea.martin@example.org"][-1]
    assert "Renvoyé par Tess Test" in mail.body
    assert "Le cours choisi est trop court." in mail.body
    do(house, case, house.student, **written(house, conditions="Avec un mémoire."))
    sign(house, case)
    first, second = versions(house, case)
    assert (first.status, second.status) == ("returned", "signed")
    assert [row.changed for row in second.rows] == [True, False]


@BOTH
def test_a_signed_plan_is_written_anew_and_stays_in_force_meanwhile(house, case):
    do(house, case, house.student, **written(house))
    sign(house, case)
    with house.engine.unit(house.student) as unit:
        case = reopen_plan(house.engine, unit, case.mobility_id)
    do(house, case, house.student, **written(house, term="semester_2"))
    assert [each.status for each in versions(house, case)] == ["signed", "submitted"]
    sign(house, case)
    assert versions(house, case)[-1].status == "signed"
    assert versions(house, case)[-1].rows[0].changed


def test_a_teacher_answers_for_their_own_units_alone(house, case):
    do(house, case, house.student, **written(house))
    items = house.engine.instance(case.instance_id, actor=house.ri).open_items
    (own,) = [item for item in items if item.candidate == house.tess.id]
    with pytest.raises(Forbidden):
        house.engine.complete(own.id, actor=house.tod, outcome="approve", idempotency_key="x")
