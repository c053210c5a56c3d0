"""A difficulty of a student we have received leads to a change that the sender is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine import SYSTEM
from engine.definitions import Bundle
from engine.errors import InvalidInput, NotFound
from engine.values import InstanceStatus
from tests.builders_domain import HOME, ROOT, sample
from tests.builders_duties import DutiesHouse
from workflows.contract_change.services import Wish, ask_for_change, requests_of, withdraw
from workflows.difficulty.services import difficulty_of_case, report
from workflows.mobility.agreement import stay
from workflows.mobility.services import get_mobility

EX1 = (
    sample("ola-ex1")
    .decode()
    .replace("<hei-id>example_b.edu", f"<hei-id>{HOME}")
    .replace("5653486D98511E16E0530B501E0A4594", "lea")
)
SECRET = "Le rythme est trop rapide."
REASON = "Big Data is not taught this year."


@pytest.fixture
def house(once):
    found = once(DutiesHouse.built)
    found.engine.deploy(Bundle.from_folder(ROOT / "bpmn" / "contract_change"), actor=SYSTEM)
    return found


@pytest.fixture
def mobility(house):
    """A student we have received, two weeks into the stay, with a signed agreement."""
    (number,) = house.read_in(EX1.encode()).mobility_ids
    house.answer(number, house.coordinator, "approve")
    house.answer(number, house.ri, "approve")
    house.wait()
    with house.engine.reading() as session:
        first, _ = stay(get_mobility(session, number).agreement)
    start = datetime.combine(first, datetime.min.time(), house.clock.at.tzinfo)
    house.clock.at = start + timedelta(days=14)
    return number


@pytest.fixture
def case(house, mobility):
    """The case of a difficulty for which a change of the contract was agreed."""
    data = {"kind": "course_closed", "description": SECRET, "no_health": "true"}
    with house.engine.unit(house.coordinator) as unit:
        found = report(house.engine, unit, mobility, data, home_hei_id=HOME).instance_id
    house.does(found, house.coordinator, "take_up", follower="coordinator")
    today = house.clock.now().date().isoformat()
    met = {"contacted_on": today, "summary": SECRET, "measure": "contract_change"}
    house.does(found, house.coordinator, **met)
    return found


def ask(house, mobility):
    wish = Wish(party="coordinator", about="components", reason=REASON)
    with house.engine.unit(house.coordinator) as unit:
        asked = ask_for_change(house.engine, unit, mobility, wish, home_hei_id=HOME)
    house.wait()
    return asked


def test_the_measure_is_taken_once_the_sending_university_is_asked(house, mobility, case):
    with pytest.raises(InvalidInput) as refusal:
        house.does(case, house.coordinator, arrangement="Another course.")
    assert refusal.value.errors == {"_schema": ["change_not_asked_for"]}
    asked = ask(house, mobility)
    house.does(case, house.coordinator, arrangement="Another course.")
    with house.engine.reading() as session:
        assert difficulty_of_case(session, case).change_id == asked.request_id
    assert house.at(case) == ["close"]


def test_the_request_says_nothing_of_the_difficulty(house, mobility, case):
    asked = ask(house, mobility)
    (mail,) = [mail for mail in house.mails() if REASON in mail.body]
    assert mail.to == "adams@example_a.edu"
    assert not [mail for mail in house.mails() if SECRET in mail.subject + mail.body]
    seen = house.engine.instance(asked.instance_id, actor=house.ri)
    assert seen.active_elements == ("agreement_awaited",)
    with pytest.raises(NotFound):
        house.engine.instance(case, actor=house.ri)
    history = house.engine.history(asked.instance_id, actor=house.ri)
    assert SECRET not in str(history)


def test_the_changed_agreement_is_reviewed_where_it_was_waited_for(house, mobility):
    asked = ask(house, mobility)
    with pytest.raises(InvalidInput) as refusal:
        wish = Wish(party="ri", about="components", reason="Again.")
        with house.engine.unit(house.ri) as unit:
            ask_for_change(house.engine, unit, mobility, wish, home_hei_id=HOME)
    assert refusal.value.errors == {"_schema": ["change_under_way"]}
    newer = EX1.replace("324-1", "324-2").replace("Big Data<", "Bigger Data<")
    assert house.read_in(newer.encode()).ok
    assert house.view(mobility).instance_id == asked.instance_id
    assert house.step(mobility) == "review_receiving"
    house.answer(mobility, house.coordinator, "approve")
    house.answer(mobility, house.ri, "approve")
    house.wait()
    assert house.view(mobility).in_force.number == 2


def test_a_request_may_be_taken_back(house, mobility):
    before = house.view(mobility).instance_id
    asked = ask(house, mobility)
    with house.engine.unit(house.coordinator) as unit:
        withdraw(house.engine, unit, mobility, "The course takes place after all.")
    ended = house.engine.instance(asked.instance_id, actor=house.ri)
    assert ended.status == InstanceStatus.TERMINATED
    assert house.view(mobility).instance_id == before
    with house.engine.reading() as session:
        assert [each.result for each in requests_of(session, mobility)] == ["withdrawn"]
