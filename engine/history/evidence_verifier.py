"""Verifies an evidence bundle of Passerelle. Needs Python 3.9 or newer and nothing else.

    python3 -I verify.py evidence.zip [--key PUBLIC_KEY] [--anchor ANCHOR_FILE]

It prints what it found and ends with 0 if the bundle holds, with 1 if it does not. Give with
--key the public key (64 hexadecimal characters) that the university publishes; otherwise
compare the one that is printed. With --anchor the bundle's anchor has to be the one in a file
that was kept elsewhere. docs/evidence.md explains each step.
"""

from __future__ import annotations

import argparse
import hashlib
import hmac
import io
import json
import re
import struct
import sys
import zipfile
from pathlib import Path
from typing import Any

FORMAT = b"passerelle-evidence/"
VERSION = b"1"
SEAL = re.compile(rb"passerelle-evidence/1 ([0-9a-f]{64}) ([0-9a-f]{128})")
SEAL_LENGTH = len(FORMAT) + len(VERSION) + 1 + 64 + 1 + 128
COLUMNS = (
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


class Refused(Exception):
    """The bundle does not hold; the message says why."""


def main() -> int:
    """Verify the bundle named on the command line."""
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    options.add_argument("bundle", type=Path)
    options.add_argument("--key", default="", help="the public key the university publishes")
    options.add_argument("--anchor", type=Path, help="the file of an anchor kept elsewhere")
    given = options.parse_args()
    try:
        lines = verified(given.bundle.read_bytes(), given.key.strip().lower())
        if given.anchor is not None:
            lines.append(_compared(given.bundle, given.anchor))
    except Refused as refused:
        sys.stdout.write(f"REFUSED: {refused}\n")
        return 1
    except OSError as error:
        sys.stdout.write(f"REFUSED: {error.filename} cannot be read: {error.strerror}.\n")
        return 1
    sys.stdout.write("\n".join([*lines, "The bundle holds."]) + "\n")
    return 0


def verified(bundle: bytes, expected_key: str = "") -> list[str]:
    """What a bundle proves, sentence by sentence; raises Refused where it does not hold."""
    key = _check_seal(bundle, expected_key)
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            case = json.loads(archive.read("case.json"))
            anchor = json.loads(archive.read("anchor.json"))
            events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
        head, erased = _check_chain(events, int(case["instance_id"]))
        statement = _check_anchor(anchor, case, head, len(events))
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"its content cannot be read ({type(error).__name__}: {error})") from error
    if statement["issuer"] != case["issuer"]:
        raise Refused("the anchor was issued by somebody else than the bundle")
    return [
        f"Issued by {case['issuer']} on {case['made_at']}.",
        f"Sealed with the public key {key}",
        "which is the one expected." if expected_key else "Compare it with the published one.",
        f"Case {case['instance_id']}: {case['process']}, {case['business_key']}",
        f"{len(events)} events in an unbroken chain, {erased} with erased content.",
        f"Sealed by anchor {statement['number']} of {statement['at']}",
        f"over the chains of {statement['instances']} cases.",
    ]


def _check_seal(bundle: bytes, expected_key: str) -> str:
    """The key whose signature covers every byte before the seal."""
    comment = bundle[-SEAL_LENGTH:]
    seal = SEAL.fullmatch(comment)
    if seal is None:
        other = re.search(rb"passerelle-evidence/(\d+) [0-9a-f]+ [0-9a-f]+\Z", bundle)
        if other is not None and other[1] != VERSION:
            raise Refused(f"its format is {other[1].decode()}, this program knows 1")
        raise Refused("it is no evidence bundle, or not a whole one: its seal is missing")
    key, signature = bytes.fromhex(seal[1].decode()), bytes.fromhex(seal[2].decode())
    if expected_key and expected_key != key.hex():
        raise Refused(
            f"it is sealed with the key {key.hex()}, not with the one expected: it comes from "
            "another university, or from nobody known"
        )
    if not signed_by(key, signature, FORMAT + VERSION + b"\0" + bundle[:-SEAL_LENGTH]):
        raise Refused("its seal is wrong: a byte was changed, or it was sealed by somebody else")
    return key.hex()


def _check_chain(events: list[dict[str, Any]], instance_id: int) -> tuple[bytes, int]:
    """The hash of the last event, and how many events have erased content."""
    head, erased = bytes(32), 0
    for seq, event in enumerate(events, start=1):
        if event["instance_id"] != instance_id or event["seq"] != seq:
            raise Refused(f"event {seq} is missing or belongs to another case")
        head = _hash_of(head, event)
        if head.hex() != event["hash"]:
            raise Refused(f"event {seq} is not what was written")
        if event["payload"] is not None:
            content, salt = event["payload"].encode(), bytes.fromhex(event["salt"])
            if hmac.new(salt, content, "sha256").hexdigest() != event["payload_digest"]:
                raise Refused(f"the content of event {seq} is not what was written")
        elif event["payload_digest"] is not None:
            erased += 1
    return head, erased


def _hash_of(head: bytes, event: dict[str, Any]) -> bytes:
    digest = hashlib.sha256(head)
    for column in COLUMNS:
        value = event[column]
        if value is None:
            digest.update(b"-")
            continue
        text = bytes.fromhex(value) if column == "payload_digest" else str(value).encode()
        digest.update(b"%d:" % len(text) + text)
    return digest.digest()


def _check_anchor(
    anchor: dict[str, Any], case: dict[str, Any], head: bytes, events: int
) -> dict[str, Any]:
    """What the anchor states, once it is signed and leads to the chain's head."""
    signed = anchor["statement"].encode()
    key, signature = bytes.fromhex(anchor["public_key"]), bytes.fromhex(anchor["signature"])
    if not signed_by(key, signature, signed):
        raise Refused("the anchor's signature is wrong")
    statement: dict[str, Any] = json.loads(signed)
    leaf = b"\0passerelle-head/1\0" + struct.pack(">qq", int(case["instance_id"]), events) + head
    path = [bytes.fromhex(node) for node in anchor["path"]]
    root = _root(hashlib.sha256(leaf).digest(), anchor["index"], statement["instances"], path)
    if root is None or root.hex() != statement["root"]:
        raise Refused("the anchor does not seal the case as it is shown")
    return statement


def _root(node: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Where the hashes of a path lead from a leaf (RFC 9162, 2.1.3.2)."""
    last = size - 1
    if not 0 <= index <= last:
        return None
    for other in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        index, last = index // 2, last // 2
    return node if last == 0 else None


def _compared(bundle: Path, file: Path) -> str:
    with zipfile.ZipFile(bundle) as archive:
        statement = json.loads(archive.read("anchor.json"))["statement"]
    with file.open("rb") as kept:
        if kept.readline().rstrip(b"\n") != statement.encode():
            raise Refused(f"its anchor is not the one in {file}")
    return f"Its anchor is the one in {file}."


# Ed25519 (RFC 8032, section 5.1), to verify only: it handles nothing secret.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def signed_by(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` is that of the holder of ``key`` over ``message``."""
    public, commitment = _point(key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if public is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left = _times(scalar, BASE)
    right = _plus(commitment, _times(challenge, public))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    same_y = (left[1] * right[2] - right[1] * left[2]) % P == 0
    return same_x and same_y


def _plus(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _plus(result, point)
        point = _plus(point, point)
        scalar >>= 1
    return result


def _point(encoded: bytes) -> Point | None:
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


_base = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
assert _base is not None
BASE: Point = _base


if __name__ == "__main__":
    sys.exit(main())
