"""Deadlines, reminders, escalations, and the mails they send."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.builders_domain import draft
from tests.builders_house import House
from workflows.links import verify_link
from workflows.mail.models import MailMessage
from workflows.people.models import Person
from workflows.people.services import set_locale


@pytest.fixture
def house(once):
    return once(House.built)


def sent(house):
    return [(mail.to, mail.subject, mail.language) for mail in house.mails()]


def test_deadlines_come_from_the_table(house):
    mobility = house.open()
    (item,) = house.items(mobility)
    assert item.due_at - house.clock.now() == timedelta(days=21)
    house.answer(mobility, house.student, **draft())
    (item,) = house.items(mobility)
    assert item.due_at - house.clock.now() == timedelta(days=7)
    swedish = house.open(receiving_hei_id="uu.se")
    house.to_partner(swedish)
    (item,) = house.items(swedish)
    assert item.due_at - house.clock.now() == timedelta(days=21)


def test_whoever_is_asked_gets_a_mail_in_their_language(house):
    with house.engine.unit(house.ri) as unit:
        coordinator = unit.session.get(Person, house.ids["coordinator"])
        set_locale(unit.session, coordinator, "en")
    mobility = house.open()
    assert sent(house) == [
        ("lea.martin@example.org", "Rédiger le contrat d’études : Léa Martin, Salamanca", "fr")
    ]
    house.answer(mobility, house.student, **draft())
    assert sent(house)[1:] == [
        ("marie@example.org", "Check academic coherence: Léa Martin, Salamanca", "en")
    ]
    (item,) = house.items(mobility)
    assert f"/tasks/{item.id}" in house.mails()[-1].body


def test_the_partner_gets_a_link_that_opens_this_version(house, settings):
    mobility = house.open()
    house.to_partner(mobility)
    mail = house.mails()[-1]
    assert (mail.to, mail.language, mail.status) == ("carmen@usal.example.org", "es", "stored")
    token = re.search(r"/partner/(\S+)", mail.body)[1]
    link = verify_link(settings.secret_key, token, now=house.clock.now())
    (item,) = house.items(mobility)
    assert link.work_item_id == item.id
    assert link.digest == house.view(mobility).current.digest


def test_reminders_come_as_often_as_the_table_says_and_the_delay_is_told_once(house):
    mobility = house.open(receiving_hei_id="uu.se")
    house.answer(mobility, house.student, **draft())
    seen = len(house.mails())
    told = []
    for _ in range(4):
        house.wait(days=7, minutes=1)
        told.append(sorted(subject.partition(" :")[0] for _, subject, _ in sent(house)[seen:]))
        seen = len(house.mails())
    assert told == [["Rappel"], ["Rappel"], ["En retard", "Rappel"], ["Rappel"]]
    assert house.step(mobility) == "check_coherence"
    assert list(house.engine.incidents(actor=house.ri).items) == []


def test_a_step_that_is_done_reminds_nobody(house):
    mobility = house.open()
    house.answer(mobility, house.student, **draft())
    house.answer(mobility, house.coordinator, "approve")
    before = len(house.mails())
    house.wait(days=6)
    assert [subject for _, subject, _ in sent(house)[before:]] == [
        "Rappel : Signer le contrat (étudiant) (Léa Martin, Salamanca)"
    ]


def test_a_late_student_is_told_to_ri_and_to_the_coordinator(house):
    house.open()
    before = len(house.mails())
    house.wait(days=15)
    late = [to for to, subject, _ in sent(house)[before:] if subject.startswith("En retard")]
    assert sorted(late) == ["claire@example.org", "marie@example.org"]


def test_the_last_signature_is_told_to_student_and_coordinator(house):
    mobility = house.open()
    house.to_partner(mobility)
    before = len(house.mails())
    house.answer(mobility, house.ri, "approve", signer_name="C", signer_position="P")
    told = [(to, subject) for to, subject, _ in sent(house)[before:]]
    assert told == [
        ("lea.martin@example.org", "Contrat d’études signé : Léa Martin, Salamanca"),
        ("marie@example.org", "Contrat d’études signé : Léa Martin, Salamanca"),
    ]


def test_a_repeated_job_is_one_mail(house):
    house.open()
    mails = house.mails()
    assert len({mail.message_id for mail in mails}) == len(mails) == 1
    with house.engine.reading() as session:
        stored = session.scalars(select(MailMessage)).all()
    assert [mail.sent_at for mail in stored] == [None]
