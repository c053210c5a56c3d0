"""Proves the record against an anchor: one from a file, or the newest in the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from sqlalchemy import Connection

from engine.history.anchor_files import AnchorFile
from engine.history.anchoring import (
    Anchor,
    AnchorUnusable,
    anchored_heads,
    newest,
    numbered,
    require_sound,
)
from engine.history.chain import Head
from engine.history.findings import Findings
from engine.history.keys import KeyRing
from engine.history.stamping import Authority, Stamp, require_stamped, token_of
from engine.history.verifying import verify, verify_since


def prove(
    connection: Connection,
    keys: KeyRing,
    file: AnchorFile | None = None,
    *,
    since: bool = False,
    authority: Authority = Authority(None),  # noqa: B008  # it cannot be changed
) -> Findings:
    """Verify all chains and compare them with an anchor; ``connection`` sees one moment.

    With ``since``, only what came after the anchor is verified. Raises AnchorUnusable where
    ``file`` or its time stamp is not sound, or where there is no anchor to begin from.
    """
    anchor, trouble = _chosen(connection, keys, file)
    sealed: Iterable[Head] = ()
    if file is not None:
        sealed = _heads_in(connection, file)
    elif anchor is not None:
        sealed = anchored_heads(connection, anchor.number)
    if since and (anchor is None or trouble):
        raise AnchorUnusable(
            trouble or "There is no anchor yet; make one: passerelle history anchor"
        )
    found = verify_since(connection, sealed) if since else verify(connection, anchored=sealed)
    found.anchor = anchor.number if anchor else None
    found.anchor_trouble = trouble
    found.stamp = _stamp(connection, anchor, file, authority)
    return found


def _stamp(
    connection: Connection, anchor: Anchor | None, file: AnchorFile | None, authority: Authority
) -> Stamp | None:
    if anchor is None:
        return None
    token = file.token if file is not None else token_of(connection, anchor.number)
    return require_stamped(anchor, token, authority) if token else None


def _heads_in(connection: Connection, file: AnchorFile) -> Iterator[Head]:
    """The heads that a file seals; one that a mail was too small for holds none.

    Then they are those of the database: that they lead to the root that is signed is checked.
    """
    heads = file.heads()
    first = next(heads, None)
    if first is None:
        return anchored_heads(connection, file.anchor.number)
    return chain([first], heads)


def _chosen(
    connection: Connection, keys: KeyRing, file: AnchorFile | None
) -> tuple[Anchor | None, str]:
    if file is not None:
        require_sound(file.anchor, _heads_in(connection, file), keys)
        return file.anchor, lost(connection, file.anchor)
    return newest_sound(connection, keys)


def lost(connection: Connection, anchor: Anchor) -> str:
    """What to say where the database does not know an anchor that was made of it, else nothing."""
    try:
        known = numbered(connection, anchor.number)
    except AnchorUnusable:
        known = None
    if known is not None and known.statement == anchor.statement:
        return ""
    return (
        f"The database does not know anchor {anchor.number}: it is an older copy, or another one."
    )


def newest_sound(connection: Connection, keys: KeyRing) -> tuple[Anchor | None, str]:
    """The newest anchor in the database, and what is wrong with it."""
    anchor = None
    try:
        anchor = newest(connection)
        if anchor is not None:
            require_sound(anchor, anchored_heads(connection, anchor.number), keys)
    except AnchorUnusable as error:
        return anchor, error.detail
    return anchor, ""
