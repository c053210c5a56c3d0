"""Purges: what is due is erased case by case, each in its own transaction, and reported.

Whoever dies in the middle leaves whole cases and erased ones, and the job goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, select

from engine import Actor, InvalidState, Unit
from engine.errors import Erased
from engine.ids import new_id
from engine.runtime import erasing
from engine.runtime.erasing import Ground
from engine.tables import instance, metadata
from engine.unit import is_queued
from workflows.retention.due import due_cases
from workflows.retention.erasing import Archived, erase_case
from workflows.retention.models import ARCHIVE, Purge
from workflows.retention.rules import MAILS, Rule, rules

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from engine import Job, JobContext, Value

STEP = "retention_purge"
DAILY = "retention_daily"
MOST_KEPT = 100
MAILS_AT_ONCE = 500
FIRST = 2**63 - 1
"""Where a purge begins: before the youngest case there can be."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a purge did: cases and payloads by rule and revision, mails, and what it kept."""

    purge: Purge
    running: bool
    by_rule: tuple[tuple[str, int, int, int], ...]
    kept: tuple[tuple[int, str], ...]


def job_kinds(archive: Archived, every: timedelta) -> Mapping[str, Any]:
    """The job kinds of purges."""
    return {STEP: PurgeStep(archive), DAILY: DailyPurge(every)}


def keep_purging(unit: Unit, every: timedelta) -> None:
    """See to it that a purge begins once ``every`` has passed; never where that is nothing."""
    if every and not unit.connection.scalar(select(is_queued(DAILY))):
        unit.enqueue(DAILY, {}, due_at=unit.now + every)


def start(unit: Unit, *, queued: bool = True) -> int:
    """Begin a purge, or go on with the one under way; gives its number.

    One that is not ``queued`` is done by the caller, step by step.
    """
    purge = unit.session.scalar(select(Purge).where(Purge.ended_at.is_(None)).limit(1))
    if purge is None:
        purge = Purge(
            id=new_id(), started_at=unit.now, started_by=unit.actor.id, erased=0, mails=0, kept="[]"
        )
        unit.session.add(purge)
        unit.session.flush()
    if queued and not unit.connection.scalar(select(is_queued(STEP))):
        unit.enqueue(STEP, {"purge": purge.id, "before": FIRST})
    return purge.id


def step(unit: Unit, purge_id: int, before: int, archive: Archived) -> int | None:
    """Erase the next case that is due; gives where to go on, None once nothing is left.

    A case that cannot be erased is kept and told with its reason.
    """
    purge = unit.session.get_one(Purge, purge_id)
    valid = in_force(unit.session)
    found = due_cases(unit.connection, valid, unit.now, before=before, limit=1)
    if not found:
        mails = _erase_mails(unit, valid)
        purge.mails += mails
        if mails < MAILS_AT_ONCE:
            purge.ended_at = unit.now
            return None
        return 0
    (case,) = found
    rule = valid[case.kind]
    ground = Ground(rule.kind, rule.revision, run_id=purge_id)
    try:
        erase_case(unit, case.instance_id, ground, archive if rule.fate == ARCHIVE else None)
        purge.erased += 1
    # Refused before anything of it was written; what goes wrong later takes all of it back.
    except (Erased, InvalidState) as refused:
        kept = orjson.loads(purge.kept)
        told = [case.instance_id, refused.code]
        if told not in kept:
            purge.kept = orjson.dumps([*kept, told][-MOST_KEPT:]).decode()
        return case.instance_id
    return max(case.instance_id, _waiting(unit.connection, case.business_key) + 1)


def _waiting(connection: Connection, business_key: str) -> int:
    """The youngest case that may have waited for one of its mobility; -1 for none."""
    own = instance.c
    left = (own.business_key == business_key, own.erased_at.is_(None))
    return int(connection.scalar(select(func.max(own.id)).where(*left)) or -1)


def in_force(session: Session) -> dict[str, Rule]:
    """The rules that the office has put into force."""
    return {kind: rule for kind, rule in rules(session).items() if rule.in_force}


def old_mails(connection: Connection, valid: Mapping[str, Rule], now: datetime) -> list[int]:
    """The next mails that are due: sent or never to be sent, and kept long enough."""
    if MAILS not in valid:
        return []
    mail = metadata.tables["mail_message"].c
    old = (mail.created_at <= valid[MAILS].cutoff(now), mail.status != "queued")
    return list(connection.scalars(select(mail.id).where(*old).limit(MAILS_AT_ONCE)))


def _erase_mails(unit: Unit, valid: Mapping[str, Rule]) -> int:
    mail, entry = metadata.tables["mail_message"], metadata.tables["digest_entry"]
    found = old_mails(unit.connection, valid, unit.now)
    unit.connection.execute(delete(mail).where(mail.c.id.in_(found)))
    if MAILS in valid:
        cutoff = valid[MAILS].cutoff(unit.now)
        gathered = (entry.c.sent_at.is_not(None), entry.c.created_at <= cutoff)
        unit.connection.execute(delete(entry).where(*gathered))
    return len(found)


def purges(session: Session, *, limit: int) -> list[Report]:
    """Purges, the newest first."""
    running = select(Purge, is_queued(STEP)).order_by(Purge.id.desc()).limit(limit)
    return [
        Report(
            purge,
            running=purge.ended_at is None and queued,
            by_rule=tuple(erasing.counted(session.connection(), purge.id)),
            kept=tuple((case, code) for case, code in orjson.loads(purge.kept)),
        )
        for purge, queued in session.execute(running).all()
    ]


class PurgeStep:
    """The job that erases one case, and the job after it."""

    def __init__(self, archive: Archived) -> None:
        self._archive = archive

    def perform(self, job: Job) -> Value:
        """Nothing to do outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Erase the next case."""
        payload: Any = ctx.job.payload
        with ctx.unit.acting(_on_order(ctx, payload["purge"])):
            before = step(ctx.unit, payload["purge"], payload["before"], self._archive)
        if before is not None:
            ctx.unit.enqueue(STEP, {**payload, "before": before})
        return {}


def _on_order(ctx: JobContext, purge_id: int) -> Actor:
    """The job acts in the name of whoever asked for the purge."""
    return replace(ctx.unit.actor, id=ctx.session.get_one(Purge, purge_id).started_by)


class DailyPurge:
    """The job that begins a purge where something is due, and the same job for the next day."""

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def perform(self, job: Job) -> Value:
        """Nothing to do outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Begin, unless the interval has been taken out of the configuration."""
        if not self._every:
            return {}
        valid = in_force(ctx.session)
        connection = ctx.unit.connection
        if due_cases(connection, valid, ctx.now, limit=1) or old_mails(connection, valid, ctx.now):
            start(ctx.unit)
        keep_purging(ctx.unit, self._every)
        return {}
