"""A real SMTP server for tests (aiosmtpd): with or without TLS and accounts, and with bad days."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers import free_port

HOST = "127.0.0.1"


@dataclass
class MailServer:
    """What a server has been told, and how it behaves. It listens at ``port``."""

    password: str = "right"
    failures: int = 0
    """How many mails it answers with "try later" before it takes one."""
    unknown: set[str] = field(default_factory=set)
    """Addresses it refuses."""
    mails: list[EmailMessage] = field(default_factory=list)
    tries: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def url(self, user: str = "", password: str = "") -> str:
        """Its address, with an account where one is given."""
        account = f"{user}:{password}@" if user else ""
        return f"smtp://{account}{HOST}:{self.port}"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str,
                     sent: LoginPassword) -> AuthResult:  # fmt: skip
        """Let in whoever knows the password."""
        right = sent.password == self.password.encode()
        if right:
            self.signed_in.append(sent.login.decode())
        return AuthResult(success=right, handled=right)

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Refuse who is not known here."""
        if address in self.unknown:
            return "550 5.1.1 no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the name is aiosmtpd's
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, once the bad luck is over."""
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.tries.append(str(mail["Message-ID"]))
        if len(self.tries) <= self.failures:
            return "451 4.3.2 try later"
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def running(
    server: MailServer, *, certificate: Path | None = None, accounts: bool = False
) -> Iterator[MailServer]:
    """Let a server listen on a free port; with a certificate it insists on STARTTLS."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    controller = Controller(
        server,
        hostname=HOST,
        port=server.port,
        tls_context=context,
        require_starttls=context is not None,
        authenticator=server.authenticate if accounts else None,
        auth_required=accounts and context is not None,
        auth_require_tls=context is not None,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def self_signed(path: Path) -> Path:
    """A certificate of the server's own with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail of the tests")])
    address = x509.IPAddress(ipaddress.ip_address(HOST))
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path
