"""Anchors as background work: one at a set interval, each written to a file and time-stamped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.history import anchoring, stamping
from engine.history.anchor_files import export, file_name
from engine.history.checking import CHECK, Checking
from engine.history.keys import KeyRing
from engine.history.reports import REPORT, Reporting
from engine.history.stamping import Authority
from engine.registry import Job, JobContext, Performer
from engine.unit import Unit, is_queued
from engine.values import Value

ANCHOR = "history_anchor"
EXPORT = "history_anchor_file"
STAMP = "history_anchor_stamp"
_STAMP_ATTEMPTS = 12
"""With the pauses that double between them, a day and a half."""


def history_jobs(
    keys: KeyRing,
    issuer: str,
    folder: Path,
    every: timedelta,
    authority: Authority = Authority(None),  # noqa: B008  # it cannot be changed
    told: str | None = None,
) -> Mapping[str, Performer]:
    """The job kinds of the record.

    With a time-stamping ``authority`` every anchor is stamped by it. ``told`` is the job kind
    that hears of each anchor and of its stamp; its payload is ``number`` and ``stamped``.
    """
    return {
        ANCHOR: Anchoring(keys, issuer, every),
        EXPORT: Exporting(folder, told, stamps=authority.url is not None),
        STAMP: Stamping(authority),
        CHECK: Checking(keys),
        REPORT: Reporting(),
    }


def keep_anchoring(unit: Unit, every: timedelta) -> None:
    """See to it that an anchor is made once ``every`` has passed; never where that is nothing."""
    if every and not unit.connection.scalar(select(is_queued(ANCHOR))):
        unit.enqueue(ANCHOR, {}, due_at=unit.now + every)


class Anchoring:
    """The job that makes an anchor, and the job after it."""

    def __init__(self, keys: KeyRing, issuer: str, every: timedelta) -> None:
        self._keys = keys
        self._issuer = issuer
        self._every = every

    def perform(self, job: Job) -> Value:
        """Nothing to do outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Make it, unless the interval has been taken out of the configuration."""
        if self._every:
            made = anchoring.make(ctx.unit, self._keys, self._issuer)
            ctx.unit.enqueue(EXPORT, {"number": made.number})
            keep_anchoring(ctx.unit, self._every)
        return {}


class Exporting:
    """The job that writes an anchor's file, at once and again when it is stamped.

    An authority that is away holds up neither the file nor who is told of it.
    """

    def __init__(self, folder: Path, told: str | None, *, stamps: bool) -> None:
        self._folder = folder
        self._told = told
        self._stamps = stamps

    def perform(self, job: Job) -> Value:
        """Write it, whole or not at all."""
        payload: Any = job.payload
        with job.session() as session:
            connection = session.connection()
            anchor = anchoring.numbered(connection, payload["number"])
            assert anchor is not None
            export(connection, anchor, self._folder / file_name(anchor))
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Have it stamped, and tell of it."""
        payload: Any = ctx.job.payload
        number, stamped = payload["number"], payload.get("stamped", False)
        if self._stamps and not stamped:
            ctx.unit.enqueue(STAMP, {"number": number}, max_attempts=_STAMP_ATTEMPTS)
        if self._told is not None:
            ctx.unit.enqueue(self._told, {"number": number, "stamped": stamped})
        return {}


class Stamping:
    """The job that has an anchor stamped; while the authority is away it is tried again."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority

    def perform(self, job: Job) -> Value:
        """Ask the authority for a token."""
        payload: Any = job.payload
        with job.session() as session:
            anchor = anchoring.numbered(session.connection(), payload["number"])
        assert anchor is not None
        return self._authority.stamp(anchor.statement).hex()

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Keep it with the anchor, and write the file again."""
        payload: Any = ctx.job.payload
        stamping.keep(ctx.unit, payload["number"], bytes.fromhex(str(result)))
        ctx.unit.enqueue(EXPORT, {"number": payload["number"], "stamped": True})
        return {}
