"""Evidence of one case, to be verified by anybody without this installation.

A ZIP archive of the events, the version of the process, what the domain adds, the proof that
an anchor seals the chain, and a program that checks all of it. Its last bytes, the archive's
comment, are a signature over every byte before them.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.history import anchoring, evidence_verifier
from engine.history.anchoring import Anchor
from engine.history.chain import FIELDS, TEXTS
from engine.history.keys import KeyRing
from engine.history.merkle import audit_path, leaf_hash
from engine.history.rows import HASH, PAYLOAD, SALT, event_rows, streamed

MEDIA_TYPE = "application/zip"
_SIGNED = evidence_verifier.FORMAT + evidence_verifier.ONE
_MOMENT = (1980, 1, 1, 0, 0, 0)


def sealed(
    connection: Connection,
    keys: KeyRing,
    anchor: Anchor,
    case: Mapping[str, Any],
    files: Mapping[str, bytes],
) -> bytes:
    """The bundle of the case whose ``instance_id`` stands in ``case``, as ``anchor`` seals it.

    ``files`` are added as they are. Raises KeysUnusable.
    """
    instance_id = case["instance_id"]
    own = {
        "verify.py": Path(evidence_verifier.__file__).read_bytes(),
        "case.json": orjson.dumps(case, option=orjson.OPT_INDENT_2),
        "events.jsonl": b"".join(event_lines(connection, instance_id)),
        "anchor.json": orjson.dumps(
            {
                "statement": anchor.statement.decode(),
                "signature": anchor.signature.hex(),
                "public_key": anchor.public_key.hex(),
                **_inclusion(connection, anchor, instance_id),
            },
            option=orjson.OPT_INDENT_2,
        ),
    }
    signer = keys.signer()
    room = b" " * evidence_verifier.SEAL_LENGTH
    archive = _zipped({**files, **own}, room).removesuffix(room)
    signature = signer.sign(_SIGNED + b"\0" + archive)
    return archive + b"%b %b %b" % (
        _SIGNED,
        signer.public.hex().encode(),
        signature.hex().encode(),
    )


def event_lines(connection: Connection, instance_id: int) -> Iterator[bytes]:
    """The events of a case, a line each."""
    for row in streamed(connection, event_rows(connection, only=instance_id)):
        event: dict[str, Any] = {
            name: value.decode() if name in TEXTS and value is not None else value
            for name, value in zip(FIELDS, row, strict=False)
        }
        digest = event["payload_digest"]
        event["payload_digest"] = None if digest is None else digest.hex()
        event["hash"] = row[HASH].hex()
        event["salt"] = event["payload"] = None
        if row[PAYLOAD] is not None:
            event["salt"], event["payload"] = row[SALT].hex(), row[PAYLOAD].decode()
        yield orjson.dumps(event) + b"\n"


def _inclusion(connection: Connection, anchor: Anchor, instance_id: int) -> dict[str, Any]:
    leaves: list[bytes] = []
    index = -1
    for head in anchoring.anchored_heads(connection, anchor.number):
        if head.instance_id == instance_id:
            index = len(leaves)
        leaves.append(leaf_hash(head))
    return {"index": index, "path": [node.hex() for node in audit_path(leaves, index)]}


def _zipped(files: Mapping[str, bytes], comment: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = comment
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
    return target.getvalue()
