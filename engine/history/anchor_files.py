"""Anchors as files, to be kept where nobody who writes the database can reach them.

The first line is the statement that is signed, the second the signature, the public key and,
once it is there, the time stamp; then comes a line for each chain: instance, sequence number,
head. All of it is JSON.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path

import orjson
from sqlalchemy import Connection

from engine.history import stamping
from engine.history.anchoring import Anchor, AnchorUnusable, anchored_heads, read_anchor
from engine.history.chain import Head

MEDIA_TYPE = "application/jsonl"
_LONGEST_LINE = 4_096


def file_name(anchor: Anchor) -> str:
    """What an anchor's file is called.

    Of two anchors with one number, as a database has that was put back, neither takes the
    other's place.
    """
    return f"anchor-{anchor.number:06}-{sha256(anchor.statement).hexdigest()[:8]}.jsonl"


def lines(connection: Connection, anchor: Anchor) -> Iterator[bytes]:
    """The lines of an anchor's file, one by one; ``connection`` is in a transaction."""
    yield anchor.statement + b"\n"
    proof = {"signature": anchor.signature.hex(), "public_key": anchor.public_key.hex()}
    token = stamping.token_of(connection, anchor.number)
    if token is not None:
        proof["timestamp"] = token.hex()
    yield orjson.dumps(proof) + b"\n"
    for instance_id, seq, head in anchored_heads(connection, anchor.number):
        yield orjson.dumps([instance_id, seq, head.hex()]) + b"\n"


class AnchorFile:
    """An anchor that was exported; raises AnchorUnusable for a file that is none.

    What it says is only read here: whether it is sound, and ours, is asked with
    :func:`~engine.history.anchoring.require_sound`. ``token`` is its time stamp, empty where it
    has none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            statement, proof = islice(self._lines(), 2)
            said = orjson.loads(proof)
            signature, key = bytes.fromhex(said["signature"]), bytes.fromhex(said["public_key"])
            self.token = bytes.fromhex(said.get("timestamp", ""))
        except (ValueError, KeyError, TypeError) as error:
            raise AnchorUnusable(f"{path} is not the file of an anchor.") from error
        self.anchor = read_anchor(statement, signature, key)

    def heads(self) -> Iterator[Head]:
        """The heads it seals, as often as asked."""
        for number, line in enumerate(islice(self._lines(), 2, None), start=3):
            try:
                instance_id, seq, head = orjson.loads(line)
                yield Head(int(instance_id), int(seq), bytes.fromhex(head))
            except (ValueError, TypeError) as error:
                raise AnchorUnusable(f"{self._path}, line {number}: this is no head.") from error

    def _lines(self) -> Iterator[bytes]:
        try:
            with self._path.open("rb") as file:
                while line := file.readline(_LONGEST_LINE):
                    yield line.removesuffix(b"\n")
        except OSError as error:
            raise AnchorUnusable(f"{self._path} cannot be read: {error.strerror}.") from error


def export(connection: Connection, anchor: Anchor, path: Path) -> None:
    """Write an anchor's file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    with made.open("wb") as file:
        file.writelines(lines(connection, anchor))
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
