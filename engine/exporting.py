"""The history on its way out: exports, the feed, and the log of who took what."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.errors import InvalidState
from engine.history import access_log, feed
from engine.history.export.model import Order
from engine.history.feed import Feed
from engine.history.filters import HistoryFilter
from engine.identity import SYSTEM, Actor
from engine.ids import new_id
from engine.migrating import Migrating
from engine.registry import Job, JobContext, Performer
from engine.runtime import export_orders as orders
from engine.runtime.access import visible
from engine.runtime.export_orders import OrderedExport
from engine.runtime.exporting import Found, count, require_possible
from engine.values import HistoryEvent, Value

BEAT_SECONDS = 2.0
"""How often an export in the background tells how far it is, and hears whether to stop."""


class Exporting(Migrating):
    """Exports, streamed at once or written in the background; the feed; the log of accesses."""

    def _own_job_kinds(self) -> Mapping[str, Performer]:
        return {
            **super()._own_job_kinds(),
            orders.WRITE: ExportWriter(self),
            orders.REMOVE: ExportRemover(self),
        }

    def count_events(self, wanted: HistoryFilter, *, actor: Actor, most: int) -> int:
        """How many events a filter finds that the actor may see, counted up to ``most``."""
        with self.database.read() as connection:
            return count(connection, actor, wanted, most)

    def export(self, order: Order, *, actor: Actor) -> Iterator[bytes]:
        """What is ordered, piece by piece, all as of one moment; noted in the log of accesses.

        Raises InvalidInput before anything is written.
        """
        require_possible(order)
        number = new_id()
        with self.unit(actor) as unit:
            access_log.note(unit, access_log.EXPORTED, orders.told(order, number))
        return self._pieces(order, actor, number)

    def _pieces(self, order: Order, actor: Actor, number: int) -> Iterator[bytes]:
        with self.found(order, actor, number) as found:
            yield from found.written()

    @contextmanager
    def found(self, order: Order, actor: Actor, number: int) -> Iterator[Found]:
        """What export ``number`` consists of, as of one moment."""
        exports = self.registry.exports
        with self.database.moment() as connection:
            keyed = replace(order, key=orders.key_of(exports, number))
            yield Found(connection, actor, keyed, exports.vocabulary)

    def order_export(self, order: Order, *, actor: Actor) -> int:
        """Have an export written in the background; returns its number. Raises InvalidInput."""
        require_possible(order)
        # Before the command's transaction: all of a large history are counted.
        with self.database.read() as connection:
            total = count(connection, actor, order.wanted, None)
        with self.unit(actor) as unit:
            return orders.place(unit, order, total)

    def exports(self, *, limit: int, before: int | None = None) -> list[OrderedExport]:
        """Exports in the background, the newest first."""
        with self.database.read() as connection:
            return orders.listed(connection, before=before, limit=limit)

    def ordered_export(self, number: int, *, actor: Actor) -> OrderedExport:
        """An export that the actor ordered; raises NotFound."""
        with self.database.read() as connection:
            return orders.own(connection, actor.id, number)

    def cancel_export(self, number: int, *, actor: Actor) -> None:
        """Stop an export that the actor ordered; raises InvalidState once it is written."""
        with self.unit(actor) as unit:
            orders.cancel(unit, number)

    def fetch_export(self, number: int, *, actor: Actor) -> tuple[OrderedExport, Path]:
        """An export that the actor ordered, and its file; noted in the log of accesses.

        Raises NotFound for any other, and for one whose file is not there.
        """
        with self.unit(actor) as unit:
            found = orders.fetch(unit, number)
        return found, orders.path_of(self.registry.exports, found)

    def note_refused(self, policy: str, asked: Mapping[str, Value], *, actor: Actor) -> None:
        """Note in the log of accesses what a policy refused to the actor; of many, how many."""
        with self.unit(actor) as unit:
            access_log.note_refused(unit, policy, asked)

    def accesses(self, *, limit: int, before: int | None = None) -> list[HistoryEvent]:
        """Events of the log of accesses, the newest first."""
        with self.database.read() as connection:
            return access_log.listed(connection, before=before, limit=limit)

    def feed(self, *, actor: Actor, after: int, limit: int) -> Feed:
        """Events behind position ``after`` that the actor may see, the oldest first.

        Whoever goes on from where the last answer ended misses none, however late it was
        committed. Raises InvalidInput for a position that nobody was given.
        """
        with self.unit(SYSTEM) as unit:
            feed.take_in(unit.connection)
            seen = visible(actor)
            return feed.read(unit.connection, seen, after=after, limit=limit)


class ExportWriter:
    """The job that writes the file of an export; killed, it begins anew."""

    def __init__(self, engine: Exporting) -> None:
        self._engine = engine

    def perform(self, job: Job) -> Value:
        """Write it beside its place, and put it there once it is whole."""
        number = _number(job)
        with self._engine.database.read() as connection:
            export = orders.one(connection, number)
        if export is None or export.cancelled_at is not None:
            return None
        path = orders.path_of(self._engine.registry.exports, export)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in path.parent.glob(f"{path.name}.*"):
            left.unlink(missing_ok=True)
        made = path.with_name(f"{path.name}.{os.getpid()}-{job.attempt}")
        try:
            written = self._write(job, export, made)
            if written is not None:
                made.replace(path)
            return written
        finally:
            made.unlink(missing_ok=True)

    def _write(self, job: Job, export: OrderedExport, path: Path) -> dict[str, Value] | None:
        digest = hashlib.sha256()
        told = time.monotonic()
        with (
            path.open("wb") as file,
            self._engine.found(export.order, export.actor, export.id) as found,
        ):
            for piece in found.written():
                file.write(piece)
                digest.update(piece)
                if time.monotonic() - told > BEAT_SECONDS:
                    if not self._goes_on(job, export.id, found.done):
                        return None
                    told = time.monotonic()
            file.flush()
            os.fsync(file.fileno())
            return {"size": file.tell(), "digest": digest.hexdigest(), "done": found.done}

    def _goes_on(self, job: Job, number: int, done: int) -> bool:
        with self._engine.unit(SYSTEM) as unit:
            return orders.go_on(unit, number, job.id, job.attempt, done)

    def apply(self, ctx: JobContext, result: Any) -> Mapping[str, Value]:
        """Note the file, and when it goes."""
        if result is not None:
            number, kept = _number(ctx.job), self._engine.registry.exports.kept
            if not orders.finish(ctx.unit, number, **result):
                kept = timedelta()
            ctx.unit.enqueue(orders.REMOVE, {"export": number}, due_at=ctx.now + kept)
        return {}


class ExportRemover:
    """The job that takes the file of an export away."""

    def __init__(self, engine: Exporting) -> None:
        self._engine = engine

    def perform(self, job: Job) -> Value:
        """Delete the file."""
        with self._engine.database.read() as connection:
            export = orders.one(connection, _number(job))
        if export is None:
            raise InvalidState("There is no such export.")
        orders.path_of(self._engine.registry.exports, export).unlink(missing_ok=True)
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Note that it is gone."""
        orders.remove(ctx.unit, _number(ctx.job))
        return {}


def _number(job: Job) -> int:
    payload: Any = job.payload
    return int(payload["export"])
