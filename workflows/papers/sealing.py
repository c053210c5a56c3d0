"""Electronic seals: PAdES-B-B (ETSI EN 319 142-1) over a document that stays PDF/A.

An installation seals with the certificate it has configured. In demo mode it makes one of
its own, whose name says that it is worth nothing; outside it nothing is sealed without a
real one.
"""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

    from workflows.office import Office

DEMONSTRATION = "Passerelle: demonstration seal, of no value"
DEMONSTRATION_FILE = "demo-seal.p12"
FIELD = "Seal"
KEY_BITS = 2048
_FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_LAST_DAY = datetime(2099, 12, 31, tzinfo=UTC)


class SealUnusable(EngineError):
    """There is no certificate that documents could be sealed with."""

    code = "seal_unusable"


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is told of the certificate in use."""

    subject: str
    expires_at: datetime
    demonstration: bool


class Sealer:
    """Seals documents with the certificate of one installation."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._signer: SimpleSigner | None = None

    def seal(self, pdf: bytes, reason: str, *, at: datetime) -> bytes:
        """``pdf`` with a seal that allows no later change, said to be made ``at`` (aware).

        ``reason`` is shown by readers beside the seal. Metadata stay as they were, so the
        result keeps its PDF/A conformance. Raises SealUnusable where there is no usable
        certificate: not configured, wrong password, not yet or no longer valid.
        """
        from workflows.papers.signing import sealed

        return sealed(pdf, self._ready(at), field=FIELD, reason=reason, at=at)

    def certificate(self, *, at: datetime) -> Certificate:
        """The certificate that would seal a document ``at`` that instant; raises SealUnusable."""
        held: Any = self._ready(at).signing_cert
        return Certificate(
            held.subject.human_friendly,
            held.not_valid_after,
            self._office.seal_pkcs12 is None,
        )

    def _ready(self, at: datetime) -> SimpleSigner:
        if self._signer is None:
            self._signer = self._load()
        held: Any = self._signer.signing_cert
        if not held.not_valid_before <= at <= held.not_valid_after:
            raise SealUnusable(
                f"The seal's certificate is valid from {held.not_valid_before:%Y-%m-%d} to "
                f"{held.not_valid_after:%Y-%m-%d} only; configure a current one in "
                "PASSERELLE_SEAL_PKCS12_FILE and restart."
            )
        return self._signer

    def _load(self) -> SimpleSigner:
        configured = self._office.seal_pkcs12
        if configured is not None:
            return _from_file(configured, self._office.seal_password)
        if not self._office.demo:
            raise SealUnusable(
                "No certificate is configured to seal documents with; set "
                "PASSERELLE_SEAL_PKCS12_FILE and PASSERELLE_SEAL_PASSWORD "
                "(docs/configuration.md), restart, and try again."
            )
        path = self._office.data_dir / DEMONSTRATION_FILE
        make_demonstration(path)
        return _from_file(path, None)


def _from_file(path: Path, password: str | None) -> SimpleSigner:
    from pyhanko.sign.signers import SimpleSigner

    from workflows.papers.signing import HeldKey

    if not path.is_file():
        raise SealUnusable(f"The seal's certificate {path} is not there or cannot be read.")
    untyped: Any = SimpleSigner
    loaded: SimpleSigner | None = untyped.load_pkcs12(
        str(path), passphrase=password.encode() if password is not None else None
    )
    if loaded is None:
        raise SealUnusable(
            f"The seal's certificate {path} cannot be opened: it is no PKCS#12 file, "
            "or PASSERELLE_SEAL_PASSWORD is not its password."
        )
    return HeldKey.of(loaded)


def make_demonstration(path: Path) -> None:
    """Make a self-signed certificate with its key at ``path``, unless one is there.

    The file is PKCS#12 without a password, readable by its owner alone (mode 0600).
    Raises SealUnusable where the folder cannot be written to.
    """
    if path.exists():
        return
    made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.touch(mode=0o600)
        made.write_bytes(_self_signed())
        # Whole or not at all: of two processes that start together, one wins.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    except OSError as error:
        raise SealUnusable(
            f"The folder {path.parent} cannot be written to: {error.strerror}."
        ) from error


def _self_signed() -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Passerelle"),
            x509.NameAttribute(NameOID.COMMON_NAME, DEMONSTRATION),
        ]
    )
    only_to_seal = {
        "digital_signature": True,
        "content_commitment": True,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FIRST_DAY)
        .not_valid_after(_LAST_DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**only_to_seal), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return pkcs12.serialize_key_and_certificates(
        DEMONSTRATION.encode(), key, certificate, None, serialization.NoEncryption()
    )
