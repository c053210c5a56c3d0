"""Sending mails: written down in the transaction that causes them, sent after its commit.

A mail exists exactly when what it tells has happened. It carries a key of its own, so the
same news is told once however often the work behind it is repeated; the key is also its
Message-ID (RFC 5322), by which servers and readers know a repeated delivery.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from sqlalchemy import bindparam, insert, select, update

from engine.database import Statement
from workflows.mail.models import MailAttachment, MailMessage

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table

    from engine import Unit
    from engine.registry import Job, JobContext
    from engine.values import Value

KIND = "mail"
QUEUED, SENT, STORED = "queued", "sent", "stored"
TIMEOUT_SECONDS = 20
SUBMISSION_PORT = 587
TLS_PORT = 465


_mail = cast("Table", MailMessage.__table__)
_known = Statement(select(_mail.c.id).where(_mail.c.message_id == bindparam("key")))
_write = Statement(
    insert(_mail)
    .values(
        to=bindparam("address"),
        subject=bindparam("heading"),
        body=bindparam("content"),
        language=bindparam("spoken"),
        message_id=bindparam("key"),
        status=bindparam("outcome"),
        created_at=bindparam("now"),
    )
    .returning(_mail.c.id)
)
_written_down = Statement(
    update(_mail)
    .where(_mail.c.id == bindparam("mail"))
    .values(status=bindparam("outcome"), sent_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a mail carries."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One plain-text mail to one address, in one language.

    ``news`` names what it tells, such as ``task-17``; the same news reaches an address once.
    For readers with an account ``person`` is their id, and ``about`` the kind of news by
    which they choose how to hear of it (empty: there is no choice). ``link`` is the address
    that the mail leads to, ``work_item`` the task that it asks for.
    """

    to: str
    to_name: str
    subject: str
    body: str
    language: str
    news: str
    person: int | None = None
    about: str = ""
    link: str = ""
    work_item: int | None = None
    attachment: Attachment | None = None

    @property
    def key(self) -> str:
        """What makes this mail this mail, as the left side of its Message-ID."""
        return f"{self.news}-{hashlib.sha256(self.to.lower().encode()).hexdigest()[:12]}"


def send_later(unit: Unit, mail: Mail) -> bool:
    """Write the mail down inside a transaction; False where it has been before.

    It is sent after the commit, where there is a server to send it.
    """
    if _known(unit.connection, {"key": mail.key}).first() is not None:
        return False
    unit.tells(mail.news)
    written = {
        "address": mail.to,
        "heading": mail.subject,
        "content": mail.body,
        "spoken": mail.language,
        "key": mail.key,
        "outcome": STORED if KIND in unit.idle else QUEUED,
        "now": unit.at,
    }
    number = int(_write(unit.connection, written).scalar_one())
    if mail.attachment is not None:
        row = {"mail_id": number, **asdict(mail.attachment)}
        unit.connection.execute(insert(MailAttachment), row)
    if KIND not in unit.idle:
        unit.enqueue(KIND, {"mail": number, "to_name": mail.to_name})
    return True


class MailJob:
    """The job kind ``mail``. Without ``smtp_url`` mails are kept and not sent."""

    def __init__(self, smtp_url: str | None, base_url: str) -> None:
        self._smtp_url = smtp_url
        self._host = urlsplit(base_url).hostname or "localhost"

    def perform(self, job: Job) -> Value:
        """Hand the mail to the server, and say whether one was there."""
        if self._smtp_url is None:
            return STORED
        with job.session() as session:
            row = session.get_one(MailMessage, job.payload["mail"])
            attached = session.get(MailAttachment, row.id)
        message = self.message(row, str(job.payload["to_name"]), job.now)
        if attached is not None:
            main, _, sub = attached.media_type.partition("/")
            message.add_attachment(
                attached.content, maintype=main, subtype=sub, filename=attached.filename
            )
        with _connect(self._smtp_url) as server:
            server.send_message(message)
        return SENT

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Write down that it went out."""
        _written_down(
            ctx.unit.connection,
            {
                "mail": ctx.job.payload["mail"],
                "outcome": SENT if result == SENT else STORED,
                "at": ctx.unit.at if result == SENT else None,
            },
        )
        return {}

    def message(self, row: MailMessage, to_name: str, now: datetime) -> EmailMessage:
        """The mail as it travels; the same at every attempt but for its date."""
        message = EmailMessage()
        message["Subject"] = " ".join(row.subject.split())
        message["From"] = Address("Passerelle", username="passerelle", domain=self._host)
        message["To"] = Address(_plain(to_name), addr_spec=row.to)
        message["Date"] = now
        message["Message-ID"] = f"<{row.message_id}@{self._host}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(row.body)
        message["Content-Language"] = row.language
        return message


def _plain(name: str) -> str:
    return " ".join("".join(c for c in name if c.isprintable()).split())


def _connect(url: str) -> smtplib.SMTP:
    """A signed-in connection to ``smtp://`` (STARTTLS where offered) or ``smtps://``.

    Raises SMTPNotSupportedError rather than send a password unencrypted.
    """
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(
            host, parts.port or TLS_PORT, timeout=TIMEOUT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or SUBMISSION_PORT, timeout=TIMEOUT_SECONDS)
    try:
        if parts.scheme != "smtps":
            _encrypt(server, context, needed=bool(parts.username))
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server


def _encrypt(server: smtplib.SMTP, context: ssl.SSLContext, *, needed: bool) -> None:
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
        server.ehlo()
    elif needed:
        raise smtplib.SMTPNotSupportedError("A password needs STARTTLS or smtps://.")
