"""The mail about a task says why it waits again, and who said so, in its reader's language."""

from __future__ import annotations

import pytest

from tests.builders_domain import draft
from tests.builders_house import House
from workflows.people.models import Person


@pytest.fixture
def house(once):
    return once(House.built)


def speaks(house, language):
    with house.engine.unit(house.student) as unit:
        unit.session.get_one(Person, house.ids["student"]).locale = language


def last_mail(house):
    return [mail for mail in house.mails() if mail.to == "lea.martin@example.org"][-1]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "Renvoyé par Marie"),
        ("en", "Returned by Marie"),
        ("es", "Devuelto por Marie"),
    ],
)
def test_a_returned_contract_reaches_the_student_with_the_reason(house, language, sentence):
    speaks(house, language)
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "return", "UE 2 n’est pas couverte.")
    mail = last_mail(house)
    assert sentence in mail.body
    assert "UE 2 n’est pas couverte." in mail.body


def test_a_rejection_names_the_partner(house):
    mobility = house.open()
    house.to_partner(mobility)
    house.answer(mobility, house.ri, "reject", "Course 103501 is full.")
    assert "Course 103501 is full." in last_mail(house).body
    assert "Refusé par" in last_mail(house).body


def test_a_task_that_nothing_was_said_before_gives_no_reason(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "approve")
    assert "Motif" not in last_mail(house).body
    assert "\n\n\n" not in last_mail(house).body


def test_a_reason_is_told_once_and_not_of_the_round_before(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "return", "Première raison.")
    house.wait(days=1)
    house.answer(mobility, house.student, **draft())
    house.wait(days=1)
    house.answer(mobility, house.coordinator, "return", "Seconde raison.")
    mail = last_mail(house)
    assert "Seconde raison." in mail.body
    assert "Première raison." not in mail.body
