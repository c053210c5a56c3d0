"""Mails through a real connection: sent once, retried with the same Message-ID."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes, policy

import pytest

from tests.builders_house import House


class _Server(socketserver.ThreadingTCPServer):
    """Speaks just enough SMTP; refuses the first ``failures`` mails."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = []
        self.tries = []
        self.failures = 0

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Session(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        self.say("220 test")
        for line in iter(self.rfile.readline, b""):
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                self.say("354 go on")
                self.receive()
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def receive(self):
        lines = iter(self.rfile.readline, b".\r\n")
        data = b"".join(line.removeprefix(b".") for line in lines)
        mail = message_from_bytes(data, policy=policy.default)
        self.server.tries.append(mail["Message-ID"])
        if len(self.server.tries) <= self.server.failures:
            self.say("451 try later")
        else:
            self.server.mails.append(mail)
            self.say("250 ok")


@contextmanager
def _running():
    with _Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def smtp():
    with _running() as server:
        yield server


@pytest.fixture
def house(database, settings, clock, smtp):
    return House.built(database, replace(settings, smtp_url=smtp.url), clock)


def test_a_mail_arrives_with_its_text(house, smtp):
    house.open()
    (stored,) = house.mails()
    (mail,) = smtp.mails
    assert mail["To"] == "Léa Martin <lea.martin@example.org>"
    assert mail["Subject"] == "Rédiger le contrat d’études : Léa Martin, Salamanca"
    assert mail.get_content().replace("\r\n", "\n") == stored.body
    assert mail["Message-ID"] == f"<{stored.message_id}@127.0.0.1>"
    assert (stored.status, stored.sent_at) == ("sent", house.clock.now())


def test_a_server_that_is_busy_is_asked_again_for_the_same_mail(house, smtp):
    smtp.failures = 2
    house.open()
    assert house.mails()[0].status == "queued"
    for _ in range(3):
        house.wait(minutes=5)
    (mail,) = smtp.mails
    assert smtp.tries == [mail["Message-ID"]] * 3
    assert [stored.status for stored in house.mails()] == ["sent"]
    assert list(house.engine.incidents(actor=house.ri).items) == []
