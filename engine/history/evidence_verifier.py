"""Verifies an evidence bundle of Passerelle. Needs Python 3.9 or newer and nothing else.

It may be of one case or of many.

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
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = b"passerelle-evidence/"
ONE, MANY = b"1", b"2"
SEAL = re.compile(rb"passerelle-evidence/([12]) ([0-9a-f]{64}) ([0-9a-f]{128})")
SEAL_LENGTH = len(FORMAT) + 1 + 1 + 64 + 1 + 128
AT_ONCE = 1024 * 1024
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
        with given.bundle.open("rb") as bundle:
            lines = verified_file(bundle, given.key.strip().lower())
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
    """As :func:`verified_file`, of a bundle in memory."""
    return verified_file(io.BytesIO(bundle), expected_key)


def verified_file(bundle: BinaryIO, expected_key: str = "") -> list[str]:
    """What a bundle proves, sentence by sentence; raises Refused where it does not hold."""
    version, key = _check_seal(bundle, expected_key)
    try:
        with zipfile.ZipFile(bundle) as archive:
            statement = _statement(json.loads(archive.read("anchor.json")))
            issued, found = (_one if version == ONE else _many)(archive, statement)
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError) as error:
        raise Refused(f"its content cannot be read ({type(error).__name__}: {error})") from error
    if statement["issuer"] != issued["issuer"]:
        raise Refused("the anchor was issued by somebody else than the bundle")
    return [
        f"Issued by {issued['issuer']} on {issued['made_at']}.",
        f"Sealed with the public key {key}",
        "which is the one expected." if expected_key else "Compare it with the published one.",
        *found,
        f"Sealed by anchor {statement['number']} of {statement['at']}",
        f"over the chains of {statement['instances']} cases.",
    ]


def _check_seal(bundle: BinaryIO, expected_key: str) -> tuple[bytes, str]:
    """The format, and the key whose signature covers every byte before the seal."""
    sealed = max(bundle.seek(0, 2) - SEAL_LENGTH, 0)
    bundle.seek(sealed)
    comment = bundle.read()
    seal = SEAL.fullmatch(comment)
    if seal is None:
        other = re.search(rb"passerelle-evidence/(\d+) [0-9a-f]+ [0-9a-f]+\Z", comment)
        if other is not None and other[1] not in (ONE, MANY):
            raise Refused(f"its format is {other[1].decode()}, this program knows 1 and 2")
        raise Refused("it is no evidence bundle, or not a whole one: its seal is missing")
    version, key, signature = seal[1], *(bytes.fromhex(part.decode()) for part in seal.groups()[1:])
    if expected_key and expected_key != key.hex():
        raise Refused(
            f"it is sealed with the key {key.hex()}, not with the one expected: it comes from "
            "another university, or from nobody known"
        )
    bundle.seek(0)
    # A bundle of many cases may be large: what is signed of it is its SHA-512.
    covered = bundle.read(sealed) if version == ONE else _sha512(bundle, sealed)
    if not signed_by(key, signature, FORMAT + version + b"\0" + covered):
        raise Refused("its seal is wrong: a byte was changed, or it was sealed by somebody else")
    return version, key.hex()


def _sha512(bundle: BinaryIO, length: int) -> bytes:
    digest = hashlib.sha512()
    while length and (part := bundle.read(min(AT_ONCE, length))):
        digest.update(part)
        length -= len(part)
    return digest.digest()


def _one(archive: zipfile.ZipFile, statement: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A bundle of one case: who issued it, and what it proves."""
    case, proof = (json.loads(archive.read(name)) for name in ("case.json", "anchor.json"))
    events = (json.loads(line) for line in archive.read("events.jsonl").splitlines())
    head, number, erased = _check_chain(events, int(case["instance_id"]))
    _check_path(statement, int(case["instance_id"]), number, head, proof)
    return case, [
        f"Case {case['instance_id']}: {case['process']}, {case['business_key']}",
        f"{number} events in an unbroken chain, {erased} with erased content.",
    ]


def _many(archive: zipfile.ZipFile, statement: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A bundle of many cases, which is read line by line."""
    selection = json.loads(archive.read("selection.json"))
    cases = events = gone = last = 0
    with archive.open("cases.jsonl") as listed, archive.open("events.jsonl") as lines:
        for line in listed:
            case = json.loads(line)
            number = int(case["instance_id"])
            if number <= last:
                raise Refused(f"case {number} does not stand in its order")
            own = (json.loads(event) for event in islice(lines, int(case["events"])))
            head, length, erased = _check_chain(own, number)
            _check_path(statement, number, length, head, case)
            last, cases, events, gone = number, cases + 1, events + length, gone + erased
        if lines.readline():
            raise Refused("there are events of no case")
    if cases != selection["cases"]:
        raise Refused(f"it should hold {selection['cases']} cases and holds {cases}")
    return selection, [
        f"{cases} cases, chosen by: {selection['filter'] or 'all'}",
        f"{events} events in unbroken chains, {gone} with erased content.",
    ]


def _check_chain(events: Iterable[dict[str, Any]], instance_id: int) -> tuple[bytes, int, int]:
    """The hash of the last event, how many events there are, how many with erased content."""
    head, seq, erased = bytes(32), 0, 0
    for seq, event in enumerate(events, start=1):  # the last number counts them
        where = f"event {seq} of case {instance_id}"
        if event["instance_id"] != instance_id or event["seq"] != seq:
            raise Refused(f"event {seq} is missing or belongs to another case than {instance_id}")
        head = _hash_of(head, event)
        if head.hex() != event["hash"]:
            raise Refused(f"{where} is not what was written")
        if event["payload"] is not None:
            content, salt = event["payload"].encode(), bytes.fromhex(event["salt"])
            if hmac.new(salt, content, "sha256").hexdigest() != event["payload_digest"]:
                raise Refused(f"the content of {where} is not what was written")
        elif event["payload_digest"] is not None:
            erased += 1
    return head, seq, erased


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


def _statement(anchor: dict[str, Any]) -> dict[str, Any]:
    """What the anchor states, once it is signed."""
    signed = anchor["statement"].encode()
    key, signature = bytes.fromhex(anchor["public_key"]), bytes.fromhex(anchor["signature"])
    if not signed_by(key, signature, signed):
        raise Refused("the anchor's signature is wrong")
    statement: dict[str, Any] = json.loads(signed)
    return statement


def _check_path(
    statement: dict[str, Any], instance_id: int, events: int, head: bytes, proof: dict[str, Any]
) -> None:
    """Refuse a chain that does not lead to the root which is stated."""
    leaf = b"\0passerelle-head/1\0" + struct.pack(">qq", instance_id, events) + head
    path = [bytes.fromhex(node) for node in proof["path"]]
    root = _root(hashlib.sha256(leaf).digest(), proof["index"], statement["instances"], path)
    if root is None or root.hex() != statement["root"]:
        raise Refused(f"the anchor does not seal the case {instance_id} as it is shown")


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
