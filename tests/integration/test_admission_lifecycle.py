"""An incoming student from the nomination to the arrival, and every way it can end."""

from __future__ import annotations

import pytest

from engine.errors import Forbidden, InvalidInput, NotFound
from tests.builders import at_once
from tests.builders_admission import AdmissionHouse
from workflows.mobility.services import get_mobility
from workflows.papers.documents import of_case


@pytest.fixture
def house(once):
    return once(AdmissionHouse.built)


def called_off(house, mobility):
    with house.engine.reading() as session:
        return get_mobility(session, mobility).called_off_at is not None


def papers(house, mobility):
    with house.engine.reading() as session:
        return [each.kind for each in of_case(session, str(mobility))]


def test_from_the_nomination_to_the_certificate_of_arrival(house):
    mobility = house.nominate()
    steps = [house.steps(mobility)]
    house.decide(mobility, house.ri)
    steps.append(house.steps(mobility))
    house.decide(mobility, house.coordinator)
    assert house.nomination(mobility).status == "approved"
    steps.append(house.steps(mobility))
    house.decide(mobility, house.registrar, student_number="22604711")
    steps.append(house.steps(mobility))
    house.until("2026-09-08")
    house.decide(mobility, house.ri, arrived_on="2026-09-07")
    assert steps == [["check_admissibility"], ["review"], ["register"], ["confirm_arrival"]]
    nomination = house.nomination(mobility)
    assert (nomination.student_number, nomination.arrived_on) == ("22604711", "2026-09-07")
    assert house.admission(mobility).status.name == "COMPLETED"
    assert papers(house, mobility) == ["admission.arrival"]
    assert not called_off(house, mobility)
    assert house.engine.verify(nomination.instance_id).intact
    assert list(house.engine.incidents(actor=house.ri).items) == []


def test_each_department_answers_for_itself_and_all_must_accept(house):
    mobility = house.nominate(departments=["lea", "his"])
    house.decide(mobility, house.ri)
    assert house.steps(mobility) == ["review", "review"]
    house.decide(mobility, house.other_coordinator)
    assert house.nomination(mobility).status == "pending"
    with pytest.raises(StopIteration):
        house.decide(mobility, house.other_coordinator)
    house.decide(mobility, house.coordinator)
    assert {each.department for each in house.nomination(mobility).answers} == {"lea", "his"}
    assert house.nomination(mobility).status == "approved"


def test_one_department_refuses_with_a_reason_and_the_others_are_asked_no_more(house):
    mobility = house.nominate(departments=["lea", "his"])
    house.decide(mobility, house.ri)
    house.decide(mobility, house.coordinator)
    with pytest.raises(InvalidInput):
        house.decide(mobility, house.other_coordinator, "reject")
    house.decide(mobility, house.other_coordinator, "reject", "Les cours sont complets.")
    nomination = house.nomination(mobility)
    assert (nomination.status, nomination.reason) == ("rejected", "Les cours sont complets.")
    assert [each.outcome for each in nomination.answers] == ["approve", "reject"]
    assert house.steps(mobility) == []
    assert house.admission(mobility).status.name == "COMPLETED"
    assert called_off(house, mobility)
    sent = {mail.to for mail in house.mails() if "Les cours sont complets." in mail.body}
    assert sent == {"carmen@usal.example.org", "ines@usal.example.org"}


def test_departments_that_answer_at_once_are_both_heard(house):
    mobility = house.nominate(departments=["lea", "his"])
    house.decide(mobility, house.ri)
    outcomes = at_once(
        lambda: house.decide(mobility, house.coordinator),
        lambda: house.decide(mobility, house.other_coordinator),
    )
    assert outcomes == [None, None]
    assert len(house.nomination(mobility).answers) == 2
    assert house.steps(mobility) == ["register"]


def test_of_two_nominations_at_once_for_the_last_place_one_gets_it(house):
    """The decision table gives Salamanca four places a year."""
    for number in range(3):
        house.nominate(student_family_name=f"Prado {number}")
    house.work()
    raced = []
    outcomes = at_once(
        lambda: raced.append(house.nominate(student_family_name="A")),
        lambda: raced.append(house.nominate(student_family_name="B")),
    )
    assert outcomes == [None, None]
    at_once(house.work, house.work)
    house.work()
    assert sorted(house.nomination(each).failed for each in raced) == [(), ("no_place_left",)]


def test_a_place_is_free_again_once_its_nomination_is_refused(house):
    taken = [house.nominate(student_family_name=f"Prado {number}") for number in range(4)]
    house.decide(taken[0], house.ri, "reject", "Dossier incomplet.")
    late, later = (house.nominate(student_family_name=name) for name in ("Ortega", "Gil"))
    house.work()
    assert house.nomination(late).failed == ()
    assert house.nomination(later).failed == ("no_place_left",)


def test_every_condition_that_is_not_met_is_named_and_the_office_decides(house):
    house.nominate()
    mobility = house.nominate(cefr_level="A1", end_date="2026-09-20")
    assert house.steps(mobility) == ["check_admissibility"]
    failed = ("language_below_minimum", "stay_too_short", "nominated_twice")
    assert house.nomination(mobility).failed == failed
    house.decide(mobility, house.ri)
    assert house.steps(mobility) == ["review"]


def test_nobody_answers_for_a_department_that_is_not_theirs(house):
    mobility = house.nominate()
    house.decide(mobility, house.ri)
    (item,) = house.admission(mobility).open_items
    for stranger in (house.other_coordinator, house.ri, house.student):
        with pytest.raises((Forbidden, NotFound)):
            house.engine.complete(
                item.id, actor=stranger, outcome="approve", idempotency_key=stranger.id
            )


@pytest.mark.parametrize("step", ["register", "confirm_arrival"])
def test_who_does_not_come_after_all_gives_the_place_back(house, step):
    mobility = house.nominate()
    house.decide(mobility, house.ri)
    house.decide(mobility, house.coordinator)
    actor = house.registrar
    if step == "confirm_arrival":
        house.decide(mobility, house.registrar, student_number="22604711")
        actor = house.ri
    assert house.steps(mobility) == [step]
    house.decide(mobility, actor, "reject", "L’étudiante ne vient pas.")
    assert house.nomination(mobility).status == "cancelled"
    assert called_off(house, mobility)
    assert papers(house, mobility) == []


@pytest.mark.parametrize(
    ("day", "code"),
    [("", "required"), ("2026-09-09", "in_the_future"), ("2026-02-01", "before_the_stay")],
)
def test_the_day_of_arrival_is_one_that_can_be(house, day, code):
    mobility = house.nominate()
    house.admit(mobility)
    house.until("2026-09-08")
    with pytest.raises(InvalidInput) as refused:
        house.decide(mobility, house.ri, arrived_on=day)
    assert refused.value.errors == {"arrived_on": [code]}
