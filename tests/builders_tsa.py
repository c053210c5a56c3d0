"""A time-stamping authority (RFC 3161) for tests: a real HTTP server in front of pyHanko's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

HOST = "127.0.0.1"


@dataclass
class TimeAuthority:
    """What it answers: while it is ``down`` nothing but an error; ``other`` stamps what nobody
    asked for."""

    certificate: Path
    port: int
    down: bool = False
    other: bool = False
    asked: int = 0
    stamper: DummyTimeStamper = field(repr=False, default=None)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}/tsa"


def authority(folder: Path, at: datetime) -> tuple[Path, DummyTimeStamper]:
    """A certificate that may stamp, as a PEM file, and what stamps with it at that instant."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Time of the tests")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "tsa.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    certificate = asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
    held = keys.PrivateKeyInfo.load(private)
    return path, DummyTimeStamper(certificate, held, fixed_dt=at)


def _usage() -> x509.KeyUsage:
    names = (
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(digital_signature=True, **dict.fromkeys(names, False))


@contextmanager
def time_authority(folder: Path, at: datetime | None = None) -> Iterator[TimeAuthority]:
    """An authority that answers until the block ends."""
    path, stamper = authority(folder, at or datetime.now(UTC).replace(microsecond=0))

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the name is that of http.server
            told.asked += 1
            length = int(self.headers["Content-Length"])
            request = tsp.TimeStampReq.load(self.rfile.read(length))
            if told.down:
                self.send_error(503)
                return
            if told.other:
                request["message_imprint"]["hashed_message"] = bytes(32)
            answer = stamper.request_tsa_response(request).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = HTTPServer((HOST, 0), Answering)
    told = TimeAuthority(path, server.server_port, stamper=stamper)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
