"""Anchors as background work: one at a set interval, each written to a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.history import anchoring
from engine.history.anchor_files import export, file_name
from engine.history.checking import CHECK, Checking
from engine.history.keys import KeyRing
from engine.history.reports import REPORT, Reporting
from engine.registry import Job, JobContext, Performer
from engine.unit import Unit, is_queued
from engine.values import Value

ANCHOR = "history_anchor"
EXPORT = "history_anchor_file"


def history_jobs(
    keys: KeyRing, issuer: str, folder: Path, every: timedelta
) -> Mapping[str, Performer]:
    """The job kinds of the record."""
    return {
        ANCHOR: Anchoring(keys, issuer, every),
        EXPORT: Exporting(folder),
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
    """The job that writes an anchor's file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

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
        """Nothing to write."""
        return {}
