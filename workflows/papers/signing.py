"""The seam to pyHanko: one incremental update of a PDF that holds nothing but a signature."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

ROOM = 4096
"""Bytes for a signature without certificates: RSA of 8192 bits and its attributes fit."""


class HeldKey(SimpleSigner):
    """Reads and checks its key once; pyHanko does so at each signature, most of its cost."""

    @classmethod
    def of(cls, signer: Any) -> HeldKey:
        """The same certificate and key."""
        return cls(signer.signing_cert, signer.signing_key, signer.cert_registry)

    @cached_property
    def _key(self) -> Any:
        return load_der_private_key(self.signing_key.dump(), password=None)

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        """The bare signature; keys other than RSA's usual ones are left to pyHanko."""
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm)
        if mechanism["algorithm"].native != "sha256_rsa":
            other: bytes = super().sign_raw(data, digest_algorithm)
            return other
        made: bytes = self._key.sign(data, PKCS1v15(), SHA256())
        return made


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata and the version of the file alone.

    The metadata would be dated by the machine's clock; and what the typesetter wrote is what the
    document's PDF/A conformance rests on.
    """

    def _update_meta(self) -> None:
        pass

    def ensure_output_version(self, version: Any) -> None:
        """Stays at PDF 1.7, which PDF/A-2 is a part of; what is newer stands in /Extensions."""


class _Signer(PdfSigner):
    """Takes the time of signing from its caller instead of the machine."""

    def __init__(self, *arguments: Any, at: datetime, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._at = at

    def init_signing_session(self, *arguments: Any, **named: Any) -> Any:
        """A session at the given instant."""
        session = super().init_signing_session(*arguments, **named)
        session.system_time = self._at
        return session


def _room_for(signer: SimpleSigner) -> int:
    """Hexadecimal digits for the signature with its certificates; else pyHanko signs twice."""
    registry: Any = signer.cert_registry
    chain = sum(len(certificate.dump()) for certificate in registry)
    return 2 * (ROOM + chain)


def sealed(pdf: bytes, signer: SimpleSigner, *, field: str, reason: str, at: datetime) -> bytes:
    """``pdf`` with an invisible PAdES-B-B signature that forbids every later change."""
    metadata = PdfSignatureMetadata(
        field_name=field,
        reason=reason,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    # Printable for PDF/A-2, out of the page for PDF/UA-1: it then needs no tag.
    place = SigFieldSpec(
        field, invis_sig_settings=InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
    )
    # ISO 19005-2, 6.1.9: what is appended begins on a line of its own, as no typesetter promises.
    whole = pdf if pdf.endswith((b"\n", b"\r")) else pdf + b"\n"
    out = _Signer(metadata, signer, new_field_spec=place, at=at).sign_pdf(
        _Writer(BytesIO(whole)), bytes_reserved=_room_for(signer)
    )
    written: bytes = out.getvalue()
    return written
