"""An agreement that another university sends us: our department reviews it, RI answers."""

from __future__ import annotations

import pytest

from engine.errors import Forbidden, InvalidInput, NotFound
from tests.builders_domain import HOME, sample
from tests.builders_house import House

EX1 = (
    sample("ola-ex1")
    .decode()
    .replace("<hei-id>example_b.edu", f"<hei-id>{HOME}")
    .replace("5653486D98511E16E0530B501E0A4594", "lea")
)


@pytest.fixture
def database_url(sqlite_url):
    """What differs between databases is tested with the other imports."""
    return sqlite_url


@pytest.fixture
def house(once):
    return once(House.built)


def without(document, *names):
    for name in names:
        start = document.index(f"<{name}>")
        document = document[:start] + document[document.index(f"</{name}>") + len(name) + 3 :]
    return document


def received(house, document=EX1):
    report = house.read_in(document.encode())
    assert report.ok, report.errors
    return report.mobility_ids[0]


def test_the_department_reviews_and_ri_signs(house):
    mobility = received(house)
    (item,) = house.items(mobility)
    assert (item.element, item.candidate) == ("review_receiving", "coordinator:lea")
    assert (item.labels.counterparty, item.labels.org_unit) == ("example_a.edu", "lea")
    with pytest.raises(Forbidden):
        house.answer(mobility, house.ri, "approve")
    house.answer(mobility, house.coordinator, "approve")
    (item,) = house.items(mobility)
    assert (item.element, item.candidate) == ("answer_receiving", "ri")
    with pytest.raises((Forbidden, NotFound)):
        house.answer(mobility, house.other_coordinator, "approve")
    digest = house.view(mobility).current.digest
    house.answer(mobility, house.ri, "approve", digest=digest, signer_position="RI")
    house.wait()
    assert house.step(mobility) == "completed"
    version = house.view(mobility).current
    assert version.status == "signed"
    assert version.signature("receiving").signer_name == "Claire Vidal"
    assert [(r.stage, r.outcome) for r in version.reviews] == [("review", "approve")]
    mails = [mail for mail in house.mails() if "accepted" in mail.subject]
    assert [mail.to for mail in mails] == ["adams@example_a.edu"]
    assert house.engine.verify(house.view(mobility).instance_id).intact


def test_ri_sees_why_the_department_is_against_and_rejects_with_a_comment(house):
    mobility = received(house)
    with pytest.raises(InvalidInput):
        house.answer(mobility, house.coordinator, "reject")
    house.answer(mobility, house.coordinator, "reject", "Big Data is not taught this year.")
    assert house.step(mobility) == "answer_receiving"
    assert house.view(mobility).current.reviews[0].reason == "Big Data is not taught this year."
    house.answer(mobility, house.ri, "reject", "Please replace Big Data.")
    house.wait()
    version = house.view(mobility).current
    assert (version.status, version.comments[0].text) == ("rejected", "Please replace Big Data.")
    assert len(house.view(mobility).versions) == 1
    case = house.engine.instance(house.view(mobility).instance_id, actor=house.ri)
    assert (case.active_elements, case.open_items) == (("agreement_awaited",), ())
    (mail,) = [mail for mail in house.mails() if "Please replace Big Data." in mail.body]
    assert mail.to == "adams@example_a.edu"


def test_the_next_version_of_the_sender_goes_on_in_the_same_case(house):
    mobility = received(house)
    case = house.view(mobility).instance_id
    house.answer(mobility, house.coordinator, "approve")
    house.answer(mobility, house.ri, "reject", "Please replace Big Data.")
    house.wait()
    received(house)
    assert house.step(mobility) == "active"
    newer = EX1.replace("324-1", "324-2").replace("Big Data<", "Bigger Data<")
    assert received(house, newer) == mobility
    assert house.view(mobility).instance_id == case
    assert house.step(mobility) == "review_receiving"
    house.answer(mobility, house.coordinator, "approve")
    house.answer(mobility, house.ri, "approve")
    house.wait()
    assert [v.status for v in house.view(mobility).versions] == ["rejected", "signed"]


def test_what_the_sender_has_not_signed_is_asked_of_nobody_here(house):
    once = without(EX1, "sending-hei-signature")
    never = without(once, "student-signature")
    steps = []
    for document in (never, once, EX1):
        mobility = received(house, document)
        case = house.engine.instance(house.view(mobility).instance_id, actor=house.ri)
        steps.append((house.step(mobility), case.active_elements[0]))
    assert steps == [
        ("active", "agreement_awaited"),
        ("active", "agreement_awaited"),
        ("review_receiving", "review_receiving"),
    ]


def test_a_newer_version_interrupts_the_review_of_the_older(house):
    mobility = received(house)
    newer = EX1.replace("324-1", "324-2").replace("Big Data<", "Bigger Data<")
    received(house, newer)
    assert [v.status for v in house.view(mobility).versions] == ["superseded", "submitted"]
    assert house.step(mobility) == "review_receiving"


def test_our_own_answer_may_come_as_a_document(house):
    mobility = received(house)
    answer = sample("ola-ex2")
    assert [p.code for p in house.read_in(answer).errors] == ["proposal_not_open"]
    house.answer(mobility, house.coordinator, "approve")
    assert house.read_in(answer).updated == 1
    house.wait()
    assert house.step(mobility) == "completed"
    assert house.view(mobility).current.signature("receiving").signer_name == "Ochoa Patel"


def test_a_fully_signed_agreement_of_an_incoming_student_asks_nothing(house):
    signed = sample("ola-ex4").decode().replace("<hei-id>example_b.edu", f"<hei-id>{HOME}")
    assert house.step(received(house, signed)) == "completed"
