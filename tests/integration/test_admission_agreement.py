"""A nomination and the learning agreement of the same student are one mobility."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from engine.errors import InvalidInput
from tests.builders_admission import AdmissionHouse, agreement_of
from workflows.mobility.models import Mobility

ESI = "urn:schac:personalUniqueCode:int:esi:usal.es:4711"


@pytest.fixture
def house(once):
    return once(AdmissionHouse.built)


def received(house, **changes):
    """The mobility that an agreement of the partner comes to."""
    report = house.read_in(agreement_of(**changes))
    assert report.ok, report.errors
    (mobility,) = report.mobility_ids
    return mobility


def mobilities(house):
    with house.engine.reading() as session:
        return list(session.scalars(select(Mobility.id).order_by(Mobility.id)))


def omobility_id(house, mobility):
    with house.engine.reading() as session:
        return session.get_one(Mobility, mobility).omobility_id


def test_from_nomination_to_grades_there_is_one_mobility(house):
    mobility = house.nominate()
    house.admit(mobility)
    assert received(house) == mobility
    assert mobilities(house) == [mobility]
    house.answer(mobility, house.coordinator, "approve")
    house.answer(mobility, house.ri, "approve", digest=house.view(mobility).current.digest)
    house.until("2026-09-08")
    house.decide(mobility, house.ri, arrived_on="2026-09-07")
    house.until("2027-05-20")
    assert house.open(mobility) == ["certify"]
    assert {"123-ABC", "456-EFG"} <= set(house.courses(mobility))
    assert list(house.engine.incidents(actor=house.ri).items) == []


@pytest.mark.parametrize(
    ("nominated", "sent"),
    [
        ({"omobility_id": "usal-4711"}, {"given": "I.", "family": "Prado Gil", "esi": ESI}),
        ({"student_global_id": ESI}, {"given": "I.", "family": "Prado Gil", "esi": ESI}),
        ({}, {"esi": ESI}),
        ({"student_family_name": "PRADO", "student_given_names": " Ines "}, {}),
    ],
    ids=["the partner's identifier", "the student's identifier", "names", "names plainly"],
)
def test_the_agreement_finds_its_nomination_by(house, nominated, sent):
    mobility = house.nominate(**nominated)
    assert received(house, **sent) == mobility
    assert omobility_id(house, mobility) == "usal-4711"
    assert received(house, **sent) == mobility
    assert mobilities(house) == [mobility]


@pytest.mark.parametrize(
    ("nominated", "sent"),
    [
        ({}, {"sender": "unibo.it"}),
        ({}, {"year": "2027/2028"}),
        ({}, {"born": "2004-05-18"}),
        ({}, {"family": "Pardo"}),
        ({"student_global_id": ESI}, {"esi": f"{ESI}2"}),
    ],
    ids=["another university", "another year", "another birth date", "another name", "another id"],
)
def test_another_student_s_agreement_is_a_mobility_of_its_own(house, nominated, sent):
    mobility = house.nominate(**nominated)
    assert received(house, **sent) != mobility
    assert len(mobilities(house)) == 2


def test_of_two_nominations_that_fit_neither_is_taken(house):
    twins = [house.nominate(), house.nominate()]
    assert received(house) not in twins


def test_a_nomination_that_was_refused_is_over(house):
    refused = house.nominate()
    house.decide(refused, house.ri, "reject", "Pas d’accord avec ce partenaire.")
    assert received(house) != refused


def test_the_nomination_may_come_after_the_agreement(house):
    agreed = received(house)
    case = house.view(agreed).instance_id
    for identifier in ("", "usal-4711"):
        assert house.nominate(omobility_id=identifier) == agreed
    assert mobilities(house) == [agreed]
    assert house.view(agreed).instance_id == case
    assert house.steps(agreed) == ["check_admissibility"]


def test_an_identifier_typed_for_another_student_is_refused(house):
    received(house)
    with pytest.raises(InvalidInput) as refused:
        house.nominate(omobility_id="usal-4711", student_family_name="Ortega")
    assert refused.value.errors == {"omobility_id": ["of_another_student"]}


def test_the_same_form_sent_again_after_the_agreement_came_records_nothing(house):
    mobility = house.nominate(key="form")
    received(house, given="I.", esi="")
    received(house)
    assert house.nominate(key="form") == mobility


def test_agreements_that_come_at_once_are_one_after_the_other(house):
    mobility = house.nominate()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda number: received(house, omobility=number), ("a", "b"))
    assert mobility in {first, second}
    assert first != second
    assert len(mobilities(house)) == 2
