"""A place accepted by the partner can be given back until the departure."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, InvalidInput, InvalidState
from engine.values import InstanceQuery
from tests.builders import at_once
from tests.builders_application import CampaignHouse
from workflows.application.file_models import Nomination
from workflows.application.withdrawals import withdraw
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility


@pytest.fixture
def house(once):
    return once(CampaignHouse.built)


def placed(house, *others):
    """Ana, accepted by Salamanca, and others who wished for it too."""
    waiting = [
        house.candidate(name, str(points), "usal.es") for points, name in enumerate(others, 10)
    ]
    ana = house.candidate("ana", "18", "usal.es")
    house.close()
    house.allocate()
    house.answer(ana, house.students["ana"], "confirm")
    house.answer(ana, house.ri, "nominate")
    house.answer(ana, house.ri, "approve", signer_name="Carmen Sánchez")
    house.work()
    return [ana, *waiting]


def give_back(house, application, actor=None, reason=""):
    with house.engine.unit(actor or house.students["ana"]) as unit:
        withdraw(house.engine, unit, application, reason)
    house.work()


def contract_of(house, application):
    mobility = house.read(application).nomination.mobility_id
    query = InstanceQuery(business_key=str(mobility))
    (contract,) = house.engine.instances(actor=house.ri, query=query).items
    return mobility, contract


def depart_on(house, application, day):
    with house.engine.unit(house.ri) as unit:
        nomination = unit.session.get_one(Nomination, application)
        unit.session.get_one(Mobility, nomination.mobility_id).start_date = day


def test_a_place_given_back_before_the_departure_goes_to_the_reserve(house):
    ana, bob = placed(house, "bob")
    mobility, contract = contract_of(house, ana)
    assert contract.status.name == "ACTIVE"
    give_back(house, ana, reason="Je reste pour un stage.")
    assert house.statuses(ana, bob) == ["withdrawn", "selected"]
    assert house.holder("usal.es") == {bob}
    assert contract_of(house, ana)[1].status.name == "COMPLETED"
    with house.engine.reading() as session:
        assert get_mobility(session, mobility).called_off_at is not None
    assert house.read(ana).nomination.status == "cancelled"
    told = {mail.to for mail in house.mails() if "Je reste pour un stage." in mail.body}
    assert told == {f"{who}@example.org" for who in ("ana", "marie", "luc", "claire")}
    assert house.mails("mobility@usal.es")[-1].subject.startswith("Nominación anulada")
    before = len(house.mails("ana@"))
    house.wait(days=40)
    assert len(house.mails("ana@")) == before
    with pytest.raises(InvalidState):
        give_back(house, ana)
    assert house.incidents() == []


def test_the_office_gives_it_back_for_a_student_and_says_why(house):
    (ana,) = placed(house)
    with pytest.raises(InvalidInput) as refused:
        give_back(house, ana, house.ri)
    assert refused.value.errors == {"reason": ["required"]}
    give_back(house, ana, house.ri, "Par téléphone.")
    assert house.statuses(ana) == ["withdrawn"]


def test_who_has_departed_gives_nothing_back(house):
    (ana,) = placed(house)
    depart_on(house, ana, house.clock.now().date().isoformat())
    with pytest.raises(InvalidState):
        give_back(house, ana)
    depart_on(house, ana, (house.clock.now() + timedelta(days=1)).date().isoformat())
    give_back(house, ana)
    assert house.statuses(ana) == ["withdrawn"]


def test_nobody_withdraws_while_the_contract_is_on_its_way_to_begin(house):
    (ana,) = placed(house)
    with house.engine.unit(house.ri) as unit:
        nomination = unit.session.get_one(Nomination, ana)
        unit.session.get_one(Mobility, nomination.mobility_id).instance_id = None
    with pytest.raises(Conflict):
        give_back(house, ana)
    assert house.statuses(ana) == ["placed"]
    assert contract_of(house, ana)[1].status.name == "ACTIVE"


def test_of_two_who_give_it_back_at_once_one_does(house):
    ana, bob, eva = placed(house, "bob", "eva")
    student, office = house.students["ana"], house.ri
    outcomes = at_once(
        lambda: give_back(house, ana, student, "Je reste."),
        lambda: give_back(house, ana, office, "Elle reste."),
    )
    assert sum(each is None for each in outcomes) == 1
    house.work()
    assert sorted(house.statuses(bob, eva)) == ["reserve", "selected"]
    assert [result.cause for result in house.read(ana).results].count("withdrawal") == 1
