"""The hash chain: every event seals all events before it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

GENESIS = b"\0" * 32
"""The head of a chain without events."""

FIELDS = (
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
"""The columns a hash covers, in this order."""

TEXTS = frozenset({"kind", "element", "actor", "on_behalf_of"})


class Head(NamedTuple):
    """Where a chain stands: its last event, and that event's hash."""

    instance_id: int
    seq: int
    head: bytes


def fields(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a hash covers of the event in ``row``: numbers, and texts as bytes."""
    return tuple(
        [
            row[name].encode() if name in TEXTS and row[name] is not None else row[name]
            for name in FIELDS
        ]
    )


def link(head: bytes, event: Sequence[Any]) -> bytes:
    """The hash of the event that follows the event hashed ``head``.

    ``event`` begins with its :func:`fields`. SHA-256 over the previous hash and every column,
    each with its length in front, so that no two different rows read alike.
    """
    # Written out and not in a loop: verifying a million events spends half its time here.
    instance_id, seq, at, kind, element, work_item_id, actor, on_behalf_of, digest = event[:9]
    numbers = b"%a" % instance_id, b"%a" % seq, b"%a" % at
    return sha256(
        b"%b%d:%b%d:%b%d:%b%d:%b%b%b%d:%b%b%b"
        % (
            head,
            len(numbers[0]),
            numbers[0],
            len(numbers[1]),
            numbers[1],
            len(numbers[2]),
            numbers[2],
            len(kind),
            kind,
            _sized(element),
            b"-" if work_item_id is None else _sized(b"%a" % work_item_id),
            len(actor),
            actor,
            _sized(on_behalf_of),
            _sized(digest),
        )
    ).digest()


def _sized(content: bytes | None) -> bytes:
    return b"-" if content is None else b"%d:%b" % (len(content), content)


def payload_digest(salt: bytes, payload: bytes) -> bytes:
    """The keyed digest of a payload (HMAC-SHA-256).

    The key is random and erased with the payload: without it nobody can find a
    grade back by trying all grades.
    """
    return hmac.digest(salt, payload, "sha256")
