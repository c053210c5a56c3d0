"""Time stamps of anchors (RFC 3161): an authority outside says when a statement was there.

The seam to pyHanko's client and to its validation of tokens.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from engine.errors import EngineError
from engine.history.anchoring import Anchor, AnchorUnusable
from engine.tables import history_anchor_stamp
from engine.unit import Unit

if TYPE_CHECKING:
    from asn1crypto import cms, x509

DIGEST = "sha256"
_SECONDS = 20


class StampRefused(EngineError):
    """What the time-stamping authority gave is no stamp of this anchor."""

    code = "stamp_refused"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a token says: when, by whom, and whether that one is trusted here."""

    at: datetime
    authority: str
    trusted: bool


@dataclass(frozen=True, slots=True)
class Authority:
    """A time-stamping authority, and the certificates (PEM) that its stamps are checked with."""

    url: str | None
    certificates: Path | None = None

    def stamp(self, statement: bytes) -> bytes:
        """A token over a statement, as it came (DER).

        Raises OSError where the authority cannot be reached or refuses, StampRefused where what
        it gives is no stamp of the statement.
        """
        from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

        assert self.url is not None
        client: Any = RequestsHTTPTimeStamper(self.url, timeout=_SECONDS)  # type: ignore[no-untyped-call]
        digest = hashlib.new(DIGEST, statement).digest()
        given: bytes = asyncio.run(client.async_timestamp(digest, DIGEST)).dump()
        self.read(given, statement)
        return given

    def read(self, token: bytes, statement: bytes) -> Stamp:
        """What a token says of a statement.

        Raises StampRefused where it is none of this statement, or is trusted by nobody though
        certificates are configured.
        """
        from asn1crypto import cms

        try:
            signed = cms.ContentInfo.load(token)["content"]
            stamp, sound = asyncio.run(self._validated(signed, statement))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StampRefused("This is no time stamp (RFC 3161).") from error
        if not sound:
            raise StampRefused("The time stamp is of something else, or was changed.")
        if self.certificates is not None and not stamp.trusted:
            raise StampRefused(
                f"The time stamp is by {stamp.authority}, which none of the configured "
                "certificates vouches for."
            )
        return stamp

    async def _validated(self, signed: cms.SignedData, statement: bytes) -> tuple[Stamp, bool]:
        from pyhanko.sign.validation.errors import SignatureValidationError
        from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
        from pyhanko_certvalidator import ValidationContext

        at = signed["encap_content_info"]["content"].parsed["gen_time"].native
        # A stamp outlives the certificate of its authority: what counts is when it was made.
        context = ValidationContext(trust_roots=self._roots(), moment=at, allow_fetching=False)
        try:
            found: dict[str, Any] = await validate_tst_signed_data(
                signed, context, lambda name: hashlib.new(name, statement).digest()
            )
        except SignatureValidationError as error:
            raise StampRefused("The time stamp cannot be verified.") from error
        authority = found["signing_cert"].subject.human_friendly
        trusted = found.get("trust_problem_indic") is None
        return Stamp(at, authority, trusted), bool(found["intact"] and found["valid"])

    def _roots(self) -> list[x509.Certificate]:
        if self.certificates is None:
            return []
        from pyhanko.keys import load_certs_from_pemder

        try:
            return list(load_certs_from_pemder([str(self.certificates)]))  # type: ignore[no-untyped-call]
        except (OSError, ValueError) as error:
            raise StampRefused(
                f"The certificates in {self.certificates} cannot be read."
            ) from error


def keep(unit: Unit, number: int, token: bytes) -> None:
    """Keep the token beside its anchor; one that is there already stays."""
    if token_of(unit.connection, number) is None:
        row = {"number": number, "at": unit.at, "token": token}
        unit.connection.execute(insert(history_anchor_stamp), row)


def token_of(connection: Connection, number: int) -> bytes | None:
    """The token of an anchor, if it was stamped."""
    own = history_anchor_stamp.c
    return connection.scalar(select(own.token).where(own.number == number))


def require_stamped(anchor: Anchor, token: bytes, authority: Authority) -> Stamp:
    """What the token of an anchor says; raises AnchorUnusable where it is none of it."""
    try:
        return authority.read(token, anchor.statement)
    except StampRefused as refused:
        raise AnchorUnusable(f"Anchor {anchor.number}: {refused.detail}") from refused
