"""Publications at a set time: kept beside the draft, checked once more when the time comes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from engine.definitions import Bundle
from engine.errors import Conflict
from engine.identity import Actor
from engine.ids import new_id
from engine.registry import Job, JobContext
from engine.runtime import drafts
from engine.runtime.deployed import Definitions
from engine.runtime.drafts import Draft
from engine.tables import definition_draft, definition_publication, job
from engine.tables.types import from_micros, to_micros
from engine.unit import Unit
from engine.values import Value

KIND = "definition.publish"
"""The job kind that publishes a draft at its time; its payload is ``{"key": ...}``."""

REJECTED = "rejected"

DRAFT_CHANGED = "draft_changed"
REPLACED = "replaced"
ERRORS = "errors"


@dataclass(frozen=True, slots=True)
class PlannedPublication:
    """The publication of a draft at a set time.

    It is of the draft's state ``revision`` and takes the place of version ``replacing``.
    ``asked``: it waits for an approval. ``refused`` is None until it was due and could not be:
    then ``draft_changed``, ``replaced`` (another version is in force) or ``errors`` (lint finds
    some); or until it was ``rejected``. The draft was kept then.
    """

    id: int
    key: str
    revision: int
    replacing: int
    note: str
    at: datetime
    set_at: datetime
    set_by: str
    refused: str | None
    asked: bool


def find(connection: Connection, key: str) -> PlannedPublication | None:
    """The publication that is set for a process, or was and did not happen."""
    row = connection.execute(
        select(definition_publication).where(definition_publication.c.key == key)
    ).one_or_none()
    if row is None:
        return None
    return PlannedPublication(
        row.id,
        row.key,
        row.revision,
        row.replacing,
        row.note,
        from_micros(row.due_at),
        from_micros(row.set_at),
        row.set_by,
        row.refused,
        row.job_id is None and row.refused is None,
    )


def plan(
    unit: Unit, key: str, *, revision: int, replacing: int, note: str, at: datetime, ask: bool
) -> int:
    """Set a publication, or ask for one, and return its id.

    Raises Conflict where one is set already, or the draft is another by now.
    """
    known = find(unit.connection, key)
    if _locked_revision(unit, key) != revision or (known is not None and known.refused is None):
        raise Conflict
    unit.connection.execute(
        delete(definition_publication).where(definition_publication.c.key == key)
    )
    planned = new_id()
    unit.connection.execute(
        insert(definition_publication).values(
            key=key,
            id=planned,
            job_id=None if ask else unit.enqueue(KIND, {"key": key}, due_at=at),
            revision=revision,
            replacing=replacing,
            note=note,
            due_at=to_micros(at),
            set_at=unit.at,
            set_by=unit.actor.id,
        )
    )
    return planned


def approve(unit: Unit, planned: PlannedPublication) -> None:
    """Let a publication that was asked for happen at its time, or at once where that is past.

    Raises Conflict where the draft is another by now, or nothing is asked any more.
    """
    if _locked_revision(unit, planned.key) != planned.revision:
        raise Conflict
    job_id = unit.enqueue(KIND, {"key": planned.key}, due_at=max(planned.at, unit.now))
    _settle(unit, planned, job_id=job_id)


def reject(unit: Unit, planned: PlannedPublication) -> None:
    """Refuse a publication that was asked for; raises Conflict where it is asked no more."""
    _settle(unit, planned, refused=REJECTED)


def _settle(unit: Unit, planned: PlannedPublication, **values: Any) -> None:
    settled = unit.connection.execute(
        update(definition_publication)
        .where(
            definition_publication.c.id == planned.id,
            definition_publication.c.job_id.is_(None),
            definition_publication.c.refused.is_(None),
        )
        .values(**values)
    )
    if settled.rowcount != 1:
        raise Conflict


def _locked_revision(unit: Unit, key: str) -> int | None:
    """The state of a draft, which stays until the end of the transaction; None without one."""
    found: int | None = unit.connection.execute(
        select(definition_draft.c.revision).where(definition_draft.c.key == key).with_for_update()
    ).scalar_one_or_none()
    return found


def cancel(unit: Unit, key: str, planned: int) -> None:
    """Drop a publication by its id; raises Conflict where it is not that one any more."""
    job_id = unit.connection.execute(
        select(definition_publication.c.job_id).where(definition_publication.c.id == planned)
    ).scalar_one_or_none()
    # The job first, as whoever runs it does.
    unit.connection.execute(delete(job).where(job.c.id == job_id))
    dropped = unit.connection.execute(
        delete(definition_publication).where(
            definition_publication.c.key == key, definition_publication.c.id == planned
        )
    )
    if dropped.rowcount != 1:
        raise Conflict


def _job_of(unit: Unit, planned: PlannedPublication) -> int | None:
    found: int | None = unit.connection.execute(
        select(definition_publication.c.job_id).where(definition_publication.c.id == planned.id)
    ).scalar_one()
    return found


class Publish:
    """Publishes a draft when its time has come, or says why not; the draft is kept then.

    ``acceptable`` tells whether lint finds no error. ``refused`` is the job kind that hears of
    what did not happen, if one does: ``{"key", "author", "reason", "at"}``.
    """

    def __init__(
        self, definitions: Definitions, acceptable: Callable[[Bundle], bool], refused: str | None
    ) -> None:
        self._definitions = definitions
        self._acceptable = acceptable
        self._refused = refused

    def perform(self, job: Job) -> Value:
        """Check the draft once more; tells which state of it is free of errors."""
        with job.session() as session:
            draft = drafts.find(session.connection(), str(job.payload["key"]))
        if draft is None or not self._acceptable(draft.bundle):
            return None
        return draft.revision

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Publish in the name of whoever set the time, or write down why not."""
        unit = ctx.unit
        planned = find(unit.connection, str(ctx.job.payload["key"]))
        if planned is None or _job_of(unit, planned) != ctx.job.id:
            return {}
        draft = drafts.find(unit.connection, planned.key)
        assert draft is not None, "a planned publication goes with its draft"
        reason = self._objection(unit, planned, draft, result)
        if reason is not None:
            self._refuse(unit, planned, reason)
            return {}
        drafts.discard(unit, planned.key, planned.revision)
        with unit.acting(Actor(planned.set_by)):
            self._definitions.store(unit, draft.bundle, planned.note, planned.replacing)
        return {}

    def _objection(
        self, unit: Unit, planned: PlannedPublication, draft: Draft, acceptable: Value
    ) -> str | None:
        if draft.revision != planned.revision:
            return DRAFT_CHANGED
        if self._definitions.in_force(unit.connection, planned.key) != planned.replacing:
            return REPLACED
        return None if acceptable == planned.revision else ERRORS

    def _refuse(self, unit: Unit, planned: PlannedPublication, reason: str) -> None:
        unit.connection.execute(
            update(definition_publication)
            .where(definition_publication.c.key == planned.key)
            .values(refused=reason)
        )
        if self._refused is not None:
            told: dict[str, Value] = {
                "key": planned.key,
                "author": planned.set_by,
                "reason": reason,
                "at": planned.at.isoformat(),
            }
            unit.enqueue(self._refused, told)
