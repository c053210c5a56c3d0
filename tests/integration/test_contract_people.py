"""Accounts, groups, departments."""

from __future__ import annotations

import pytest
from argon2 import Type

from engine import SYSTEM
from engine.database import Database
from engine.errors import InvalidInput, NotFound
from tests.builders_house import House
from workflows.partners.models import UNASSIGNED, Department
from workflows.partners.services import (
    department_for,
    departments,
    ensure_institution,
    get_department,
    institution_name,
)
from workflows.people import services as people


@pytest.fixture
def unit(database: Database, settings, clock):
    house = House.built(database, settings, clock)
    with house.engine.unit(SYSTEM) as opened:
        yield opened


def person(unit, login="ana", **changes):
    values = {"given_names": "Ana", "family_name": "López", "email": f"{login}@example.org"}
    return people.create_person(unit.session, login=login, **{**values, **changes})


def test_a_person_signs_in_with_the_right_password_only(unit):
    ana = person(unit, "Ana.Lopez", password="correct horse battery")
    assert people.authenticate(unit.session, "ANA.lopez ", "correct horse battery") is ana
    assert people.authenticate(unit.session, "ana.lopez", "Correct horse battery") is None
    assert people.authenticate(unit.session, "nobody", "correct horse battery") is None
    assert people.authenticate(unit.session, "ana.lopez", "x" * 5000) is None
    assert ana.password_hash.startswith("$argon2id$")
    ana.active = False
    unit.session.flush()
    assert people.authenticate(unit.session, "ana.lopez", "correct horse battery") is None


def test_the_product_hashes_with_the_parameters_owasp_asks_for(costly_hasher):
    # OWASP Password Storage Cheat Sheet: Argon2id, 19 MiB, two rounds, one thread at least.
    assert costly_hasher.type is Type.ID
    assert costly_hasher.memory_cost >= 19 * 1024
    assert costly_hasher.time_cost >= 2


def test_a_person_without_a_password_never_signs_in(unit):
    person(unit)
    for password in ("", "None", "nobody signs in with this"):
        assert people.authenticate(unit.session, "ana", password) is None


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"login": ""}, {"login": ["invalid"]}),
        ({"login": "a b"}, {"login": ["invalid"]}),
        ({"login": "LEA.martin"}, {"login": ["taken"]}),
        ({"email": "nowhere"}, {"email": ["not_an_email"]}),
        ({"password": "short"}, {"password": ["too_short:12"]}),
        ({"password": "x" * 1025}, {"password": ["too_long:1024"]}),
        ({"locale": "de"}, {"locale": ["not_an_option"]}),
    ],
)
def test_unusable_accounts_are_refused(unit, changes, errors):
    with pytest.raises(InvalidInput) as refusal:
        person(unit, **changes)
    assert refusal.value.errors == errors


def test_an_actor_carries_the_groups_of_its_person(unit):
    ana = person(unit, groups=["ri", "coordinator:lea"])
    actor = people.actor_for(unit.session, ana)
    assert actor.id == f"person:{ana.id}"
    assert actor.groups == {"ri", "coordinator:lea", "partner-desk", f"student:{ana.id}"}
    assert actor.oversees
    assert not people.actor_for(unit.session, person(unit, "bob")).oversees
    assert people.person_id_of(actor) == ana.id
    assert people.person_id_of(SYSTEM) is None


@pytest.mark.parametrize(("group", "oversees"), [("auditor", True), ("admin", True), ("x", False)])
def test_who_oversees_is_in_no_task_s_group(unit, group, oversees):
    actor = people.actor_for(unit.session, person(unit, groups=[group]))
    assert actor.oversees is oversees
    assert not actor.groups & {"ri", "partner-desk", "coordinator:lea"}


def test_the_members_of_a_group_are_active(unit):
    ana, bob = person(unit, groups=["coordinator:mi"]), person(unit, "bob")
    people.add_to_group(unit.session, bob, "coordinator:mi")
    people.add_to_group(unit.session, bob, "coordinator:mi")
    assert people.people_in(unit.session, "coordinator:mi") == [ana, bob]
    bob.active = False
    unit.session.flush()
    assert people.people_in(unit.session, "coordinator:mi") == [ana]
    assert people.people_in(unit.session, f"student:{ana.id}") == [ana]
    assert people.people_in(unit.session, f"student:{bob.id}") == []
    assert people.people_in(unit.session, "student:999") == []
    assert people.people_in(unit.session, "partner-desk") == people.people_in(unit.session, "ri")


def test_names_of_actors(unit):
    ana = person(unit)
    named = people.people_named(unit.session, [f"person:{ana.id}", "system", "partner:3"])
    assert named == {f"person:{ana.id}": "Ana López"}


def test_departments_are_found_by_identifier_or_name(unit):
    session = unit.session
    session.add(
        Department(code="mi", name_fr="Maths", name_en="Maths", name_es="Mates", ounit_id="77")
    )
    session.flush()
    assert department_for(session, ounit_id="77", ounit_name="Histoire") == "mi"
    assert department_for(session, ounit_id=None, ounit_name=" histoire ") == "his"
    assert department_for(session, ounit_id="?", ounit_name="History") == "his"
    assert department_for(session, ounit_id=None, ounit_name=None) == UNASSIGNED
    assert [department.code for department in departments(session)] == ["his", "lea", "mi"]
    assert get_department(session, "lea").name("es") == "Lenguas"
    assert get_department(session, "lea").name("de") == "LEA"
    with pytest.raises(NotFound):
        get_department(session, "nowhere")


def test_an_unknown_institution_is_known_by_its_domain(unit):
    assert institution_name(unit.session, "usal.es") == "Salamanca"
    assert institution_name(unit.session, "uu.se") == "uu.se"
    assert institution_name(unit.session, None) == ""
    added = ensure_institution(unit.session, "UU.se")
    assert added is ensure_institution(unit.session, "uu.se")
    assert added.hei_id == "uu.se"
