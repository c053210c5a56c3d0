"""Texts of mails, and how a mail is put together."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.builders_domain import ROOT
from workflows.mail.models import MailMessage
from workflows.mail.outbox import Mail, MailJob
from workflows.notices.news import text
from workflows.people.models import LOCALES

TEXTS = sorted(
    {
        (f"workflows.{file.parent.parent.name}", file.name.partition(".")[0])
        for file in (ROOT / "workflows").glob("*/mails/*.txt")
    }
)


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize(("package", "kind"), TEXTS)
def test_every_text_has_a_subject_and_a_body(package, kind, language):
    written = text(package, kind, language).template
    subject, _, body = written.partition("\n")
    assert 10 < len(subject) < 120
    assert "$name" in body
    assert body.rstrip().splitlines()[-1].startswith("Passerelle, ")


@pytest.mark.parametrize(("package", "kind"), TEXTS)
def test_the_three_languages_name_the_same_things(package, kind):
    used = {
        language: set(re.findall(r"\$(\w+)", text(package, kind, language).template))
        for language in LOCALES
    }
    assert used["fr"] == used["en"] == used["es"]
    assert "name" in used["fr"]


def message(to_name="Ana", **changes):
    values = {"to": "a@example.org", "subject": "S", "body": "B", "language": "es"}
    row = MailMessage(message_id="task-1-abc", **{**values, **changes})
    job = MailJob("smtp://localhost", "https://mobility.example.org")
    return job.message(row, to_name, datetime(2026, 3, 2, 9, tzinfo=UTC))


def test_a_mail_has_the_same_id_at_every_attempt():
    assert message()["Message-ID"] == message()["Message-ID"]
    assert message()["Message-ID"] == "<task-1-abc@mobility.example.org>"
    assert message()["Content-Language"] == "es"
    assert message()["Auto-Submitted"] == "auto-generated"


def test_the_same_news_for_the_same_address_is_the_same_mail():
    def key(**changes):
        values = {"to": "a@example.org", "to_name": "", "subject": "", "body": "", "language": "fr"}
        return Mail(**{**values, "news": "task-1", **changes}).key

    assert key() == key(subject="Other", to="A@example.org")
    assert len({key(), key(to="b@example.org"), key(news="task-2")}) == 3
    assert key().isascii()


def test_no_name_or_subject_smuggles_a_header_in():
    hostile = message("Ana\r\nBcc: all@example.org", subject="Hi\r\nBcc: all@example.org")
    assert hostile["Bcc"] is None
    assert hostile["Subject"] == "Hi Bcc: all@example.org"
    assert str(hostile["To"].addresses[0].addr_spec) == "a@example.org"


def test_a_text_that_cannot_be_an_address_is_refused():
    with pytest.raises(ValueError, match=r".+"):
        message(to="a@example.org\r\nBcc: b@example.org")
