"""Evidence of many cases as one file, written and sealed in constant memory.

A ZIP archive as that of one case, but that all cases stand in one file and all events in
another, each in the order of the cases, and that the seal signs the SHA-512 of the archive.
``evidence_verifier`` reads both.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection

from engine.history import anchoring, evidence_verifier
from engine.history.anchoring import Anchor
from engine.history.chain import Head
from engine.history.evidence import event_lines
from engine.history.keys import KeyRing
from engine.history.merkle import Paths, leaf_hash

FORMAT = evidence_verifier.FORMAT + evidence_verifier.MANY
_MOMENT = (1980, 1, 1, 0, 0, 0)
_ROOM = b" " * evidence_verifier.SEAL_LENGTH
_AT_ONCE = 1024 * 1024

Cases = Callable[[], Iterator[int]]
"""The cases of a bundle in the order of their numbers, as often as asked."""


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle that is there."""

    size: int
    sha256: str


def write(
    path: Path,
    connection: Connection,
    keys: KeyRing,
    anchor: Anchor,
    selection: Mapping[str, Any],
    cases: Cases,
    told: Callable[[int], Mapping[str, Any]],
    files: Callable[[], Iterable[tuple[str, bytes]]],
) -> Written:
    """Write the evidence of ``cases`` as ``anchor`` seals them, whole or not at all.

    ``told`` gives what is told of a case; ``files`` are added as they are, and asked for last.
    ``connection`` sees one moment. Raises KeysUnusable.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = _ROOM
            _add(archive, "verify.py", [Path(evidence_verifier.__file__).read_bytes()])
            _add(archive, "selection.json", [_json(selection)])
            _add(archive, "anchor.json", [_json(_stated(anchor))])
            _add(archive, "events.jsonl", _events(connection, anchor, cases))
            _add(archive, "cases.jsonl", _proofs(connection, anchor, cases, told))
            for name, content in files():
                _add(archive, name, [content])
        written = _seal(made, keys)
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
    return written


def _stated(anchor: Anchor) -> dict[str, str]:
    return {
        "statement": anchor.statement.decode(),
        "signature": anchor.signature.hex(),
        "public_key": anchor.public_key.hex(),
    }


def _events(connection: Connection, anchor: Anchor, cases: Cases) -> Iterator[bytes]:
    """The events up to where the anchor seals them: a case may have gone on since."""
    for _, head in _sealed(connection, anchor, cases()):
        yield from islice(event_lines(connection, head.instance_id), head.seq)


def _proofs(
    connection: Connection,
    anchor: Anchor,
    cases: Cases,
    told: Callable[[int], Mapping[str, Any]],
) -> Iterator[bytes]:
    paths = Paths(leaf_hash(head) for head in anchoring.anchored_heads(connection, anchor.number))
    for index, head in _sealed(connection, anchor, cases()):
        path = [node.hex() for node in paths.to(index)]
        proof = {"events": head.seq, "index": index, "path": path}
        yield orjson.dumps({**told(head.instance_id), **proof}) + b"\n"


def _sealed(
    connection: Connection, anchor: Anchor, cases: Iterator[int]
) -> Iterator[tuple[int, Head]]:
    """The heads of cases with their places among the leaves."""
    wanted = next(cases, None)
    for index, head in enumerate(anchoring.anchored_heads(connection, anchor.number)):
        if wanted is None:
            return
        if head.instance_id == wanted:
            yield index, head
            wanted = next(cases, None)


def _add(archive: zipfile.ZipFile, name: str, parts: Iterable[bytes]) -> None:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=True) as file:
        for part in parts:
            file.write(part)


def _seal(path: Path, keys: KeyRing) -> Written:
    """Put the signature into the room that was left for it at the end."""
    signer = keys.signer()
    with path.open("r+b") as file:
        length = file.seek(0, os.SEEK_END) - len(_ROOM)
        digest, whole = hashlib.sha512(), hashlib.sha256()
        for part in _parts(file, length):
            digest.update(part)
            whole.update(part)
        signature = signer.sign(FORMAT + b"\0" + digest.digest())
        seal = b"%b %b %b" % (FORMAT, signer.public.hex().encode(), signature.hex().encode())
        file.seek(length)
        file.write(seal)
        whole.update(seal)
        file.flush()
        os.fsync(file.fileno())
    return Written(length + len(seal), whole.hexdigest())


def _parts(file: BinaryIO, length: int) -> Iterator[bytes]:
    file.seek(0)
    while length and (part := file.read(min(_AT_ONCE, length))):
        yield part
        length -= len(part)


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2)
