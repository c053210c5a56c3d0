"""Anchors: what all chains led to at an instant, under one root, signed.

A chain shows that nothing in its middle was altered. That its end was not cut off, that a
whole instance is not gone, that the database is not an old copy, only somebody knows who
kept an anchor outside of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select

from engine.errors import EngineError
from engine.history.chain import Head
from engine.history.keys import KeyRing, holds, key_id
from engine.history.merkle import Tree
from engine.history.rows import Ahead, heads, one_at_a_time, streamed
from engine.tables import history_anchor, history_anchored, history_event
from engine.unit import Unit

FORMAT = "passerelle-anchor/1"


class AnchorUnusable(EngineError):
    """The record cannot be compared with this anchor."""

    code = "anchor_unusable"


@dataclass(frozen=True, slots=True)
class Anchor:
    """A signed statement about the record; ``statement`` holds the very bytes signed."""

    number: int
    at: datetime
    instances: int
    root: bytes
    statement: bytes
    signature: bytes
    public_key: bytes

    @property
    def key_id(self) -> str:
        """The id of the key that signed it."""
        return key_id(self.public_key)


def make(unit: Unit, keys: KeyRing, issuer: str) -> Anchor:
    """Sign where all chains stand, as the next anchor; ``issuer`` names the installation.

    What an earlier anchor sealed is never taken back: a chain that no longer leads through
    its anchored head keeps that head, and verifying finds it.
    """
    connection = unit.connection
    one_at_a_time(connection, history_anchor)
    previous = newest(connection)
    number = 1 if previous is None else previous.number + 1
    tree, changed = Tree(), []
    for sealed, before in _sealed(connection):
        tree.add(sealed)
        if sealed != before:
            changed.append({"number": number, **sealed._asdict()})
    signer = keys.signer()
    statement = orjson.dumps(
        {
            "format": FORMAT,
            "issuer": issuer,
            "number": number,
            "at": unit.now.isoformat(),
            "instances": tree.size,
            "root": tree.root.hex(),
            "previous": None if previous is None else sha256(previous.statement).hexdigest(),
            "key": key_id(signer.public),
        }
    )
    row = {
        "number": number,
        "at": unit.at,
        "statement": statement,
        "signature": signer.sign(statement),
        "public_key": signer.public,
    }
    connection.execute(insert(history_anchor), row)
    if changed:
        connection.execute(insert(history_anchored), changed)
    made = numbered(connection, number)
    assert made is not None
    return made


def _sealed(connection: Connection) -> Iterator[tuple[Head, Head | None]]:
    """What the next anchor seals of each chain, and what the one before did."""
    contradicted = set(connection.scalars(_contradicted))
    marks = Ahead(anchored_heads(connection))
    for now in heads(connection):
        yield from ((gone, gone) for gone in marks.until(now.instance_id))
        mark = marks.take(now.instance_id)
        kept = mark is not None and (mark.seq > now.seq or mark.instance_id in contradicted)
        yield (mark if mark is not None and kept else now), mark
    yield from ((gone, gone) for gone in marks.until(None))


_contradicted = (
    select(history_anchored.c.instance_id)
    .outerjoin(
        history_event,
        (history_event.c.instance_id == history_anchored.c.instance_id)
        & (history_event.c.seq == history_anchored.c.seq),
    )
    .where(history_event.c.hash.is_distinct_from(history_anchored.c.head))
    .where(history_anchored.c.seq > 0)
)


def anchored_heads(
    connection: Connection, number: int | None = None, after: int = 0
) -> Iterator[Head]:
    """The heads that an anchor seals, or the newest one: of the instances ``after`` one."""
    own = history_anchored.c
    statement = (
        select(own.instance_id, own.seq, own.head)
        .where(own.instance_id > after)
        .order_by(own.instance_id, own.number)
    )
    if number is not None:
        statement = statement.where(own.number <= number)
    for _, versions in groupby(streamed(connection, statement), itemgetter(0)):
        *_, last = versions
        yield Head(*last)


def newest(connection: Connection) -> Anchor | None:
    """The anchor made last, if there is one."""
    return next(iter(listed(connection, limit=1)), None)


def listed(connection: Connection, *, limit: int, before: int | None = None) -> list[Anchor]:
    """Anchors, the newest first: those ``before`` a number, if one is given."""
    own = history_anchor.c
    statement = select(history_anchor).order_by(own.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(own.number < before)
    return [_anchor(row) for row in connection.execute(statement)]


def numbered(connection: Connection, number: int) -> Anchor | None:
    """The anchor of a number, if there is one."""
    statement = select(history_anchor).where(history_anchor.c.number == number)
    row = connection.execute(statement).one_or_none()
    return None if row is None else _anchor(row)


def _anchor(row: Any) -> Anchor:
    return read_anchor(row.statement, row.signature, row.public_key)


def read_anchor(statement: bytes, signature: bytes, public_key: bytes) -> Anchor:
    """An anchor from what was signed; raises AnchorUnusable where that is no statement."""
    try:
        said = orjson.loads(statement)
        if said["format"] != FORMAT:
            raise AnchorUnusable(f"The anchor's format is {said['format']}, not {FORMAT}.")
        return Anchor(
            int(said["number"]),
            datetime.fromisoformat(said["at"]),
            int(said["instances"]),
            bytes.fromhex(said["root"]),
            statement,
            signature,
            public_key,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise AnchorUnusable("This is not what an anchor says.") from error


def require_sound(anchor: Anchor, sealed: Iterable[Head], keys: KeyRing) -> None:
    """Raise AnchorUnusable unless a key of ours signed ``anchor`` over just what it ``sealed``."""
    if not keys.known(anchor.public_key):
        raise AnchorUnusable(
            f"Anchor {anchor.number} is signed with key {anchor.key_id}, which is none of this "
            "installation's."
        )
    if not holds(anchor.public_key, anchor.signature, anchor.statement):
        raise AnchorUnusable(f"The signature of anchor {anchor.number} is wrong.")
    tree = Tree()
    for head in sealed:
        tree.add(head)
    if (tree.size, tree.root) != (anchor.instances, anchor.root):
        raise AnchorUnusable(f"The heads are not those that anchor {anchor.number} seals.")
