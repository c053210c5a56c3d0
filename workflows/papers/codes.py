"""Verification codes: what stands on a document so that anybody can ask whether it holds."""

from __future__ import annotations

import secrets
from io import BytesIO
from typing import TYPE_CHECKING

import segno

if TYPE_CHECKING:
    from workflows.office import Office

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as a digit or as another letter."""

LENGTH = 16
GROUP = 4
MAX_TYPED = 64
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_code() -> str:
    """A code of 80 random bits that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """A code in groups, as it is printed: ``7ZKD-0M4Q-...``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def understood(typed: str) -> str | None:
    """The code somebody typed, in either case, with or without its groups; None where it is none.

    O is read as zero, I and L as one (Crockford).
    """
    if len(typed) > MAX_TYPED or not typed.isascii():
        return None
    code = typed.upper().translate(_READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def verification(office: Office, code: str) -> dict[str, str]:
    """What a document's template shows of its code: in groups, the address, the QR picture."""
    picture = BytesIO()
    address = f"{office.verification_url}/{code}"
    segno.make(address, error="m", micro=False).save(picture, kind="svg", border=2)
    return {
        "code": shown(code),
        "address": office.verification_url,
        "qr": picture.getvalue().decode(),
    }
