"""Mails through a real server: delivered once, encrypted, signed in; retried as the same mail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine.tables import job
from tests.builders_domain import draft
from tests.builders_house import House
from tests.builders_smtp import MailServer, running, self_signed


@pytest.fixture
def smtp():
    with running(MailServer()) as server:
        yield server


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A server's certificate, which this machine trusts while the test runs."""
    found = self_signed(tmp_path / "server.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(found))
    return found


@pytest.fixture
def guarded(certificate):
    """A server that lets nobody in without encryption and a password."""
    with running(MailServer(), certificate=certificate, accounts=True) as server:
        yield server


@pytest.fixture
def sending(database, settings, clock):
    """A house that sends its mails to an address."""
    return lambda url: House.built(database, replace(settings, smtp_url=url), clock)


def tried_to_the_end(house):
    """The attempts of a job are spread over days."""
    for _ in range(12):
        house.wait(hours=12)


def incidents(house):
    return [each.reason for each in house.engine.incidents(actor=house.ri).items]


def test_a_mail_arrives_with_its_text(sending, smtp):
    house = sending(smtp.url())
    house.open()
    (stored,) = house.mails()
    (mail,) = smtp.mails
    assert mail["To"] == "Léa Martin <lea.martin@example.org>"
    assert mail["Subject"] == "Rédiger le contrat d’études : Léa Martin, Salamanca"
    assert mail.get_content().replace("\r\n", "\n") == stored.body
    assert mail["Message-ID"] == f"<{stored.message_id}@127.0.0.1>"
    assert (stored.status, stored.sent_at) == ("sent", house.clock.now())


def test_a_server_that_is_busy_is_asked_again_for_the_same_mail(sending, smtp):
    smtp.failures = 2
    house = sending(smtp.url())
    house.open()
    assert house.mails()[0].status == "queued"
    for _ in range(3):
        house.wait(minutes=5)
    (mail,) = smtp.mails
    assert smtp.tries == [mail["Message-ID"]] * 3
    assert [stored.status for stored in house.mails()] == ["sent"]
    assert incidents(house) == []


def test_encrypted_and_signed_in_where_the_server_wants_it(sending, guarded):
    house = sending(guarded.url("passerelle", "right"))
    house.open()
    assert [stored.status for stored in house.mails()] == ["sent"]
    assert [mail["To"] for mail in guarded.mails] == ["Léa Martin <lea.martin@example.org>"]
    assert guarded.encrypted == [True]
    assert guarded.signed_in == ["passerelle"]


def test_a_certificate_that_nobody_trusts_gets_neither_mail_nor_password(
    sending, guarded, monkeypatch
):
    monkeypatch.delenv("SSL_CERT_FILE")
    house = sending(guarded.url("passerelle", "right"))
    house.open()
    assert house.mails()[0].status == "queued"
    assert (guarded.mails, guarded.signed_in) == ([], [])


def test_a_password_never_travels_in_the_clear(sending):
    with running(MailServer(), accounts=True) as server:
        house = sending(server.url("passerelle", "right"))
        house.open()
        assert house.mails()[0].status == "queued"
        assert (server.mails, server.signed_in) == ([], [])


def test_a_wrong_password_is_an_incident_after_several_attempts(sending, guarded):
    house = sending(guarded.url("passerelle", "wrong"))
    house.open()
    house.wait(minutes=10)
    assert incidents(house) == []
    tried_to_the_end(house)
    assert set(incidents(house)) == {"job_failed"}
    assert guarded.mails == []
    guarded.password = "wrong"
    for incident in house.engine.incidents(actor=house.ri).items:
        house.engine.retry(incident.id, actor=house.ri)
    house.wait(minutes=10)
    assert {stored.status for stored in house.mails()} == {"sent"}
    assert incidents(house) == []


def test_a_recipient_that_is_refused_is_an_incident_and_holds_up_nobody(sending, smtp):
    smtp.unknown = {"lea.martin@example.org"}
    house = sending(smtp.url())
    mobility = house.open()
    house.wait(minutes=1)
    house.answer(mobility, house.student, **draft())
    tried_to_the_end(house)
    reached = {mail["To"].addresses[0].addr_spec for mail in smtp.mails}
    assert "marie@example.org" in reached
    assert "lea.martin@example.org" not in reached
    assert set(incidents(house)) == {"job_failed"}


def test_without_a_server_mails_are_kept_and_nothing_waits(sending):
    house = sending(None)
    house.open()
    assert [(each.status, each.sent_at) for each in house.mails()] == [("stored", None)]
    with house.engine.database.read() as connection:
        assert connection.scalar(select(func.count()).where(job.c.kind == "mail")) == 0
