"""The hash chain: every event seals all events before it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

GENESIS = b"\0" * 32
"""The head of a chain without events."""

_FIELDS = (
    "instance_id",
    "seq",
    "at",
    "kind",
    "element",
    "work_item_id",
    "actor",
    "on_behalf_of",
    "payload_digest",
)


def link(head: bytes, row: Mapping[str, Any]) -> bytes:
    """The hash of the event in ``row`` that follows the event hashed ``head``.

    SHA-256 over the previous hash and every column, each with its length in
    front, so that no two different rows read alike.
    """
    digest = hashlib.sha256(head)
    for name in _FIELDS:
        value = row[name]
        if value is None:
            digest.update(b"-")
            continue
        content = value if isinstance(value, bytes) else str(value).encode()
        digest.update(b"%d:" % len(content))
        digest.update(content)
    return digest.digest()
