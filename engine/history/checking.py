"""Verification as background work: a job verifies a part and leaves the rest to the next.

So it can be watched, no lease runs out under it, and a worker that dies costs one part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update

from engine.history.anchoring import anchored_heads
from engine.history.findings import Fault, Findings, Wrong
from engine.history.keys import KeyRing
from engine.history.proving import newest_sound
from engine.history.rows import chains, one_at_a_time, one_moment
from engine.history.verifying import verify
from engine.ids import new_id
from engine.registry import Job, JobContext
from engine.tables import history_check
from engine.tables.types import from_micros
from engine.unit import Unit, is_queued
from engine.values import Value

CHECK = "history_check"
PART = 100_000
"""Events that one job verifies: a second or two."""

MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Check:
    """A verification: how many of ``total`` instances it has done, and what it found so far.

    ``running`` is False for one that ended, and for one whose job ran out of attempts.
    """

    id: int
    started_at: datetime
    started_by: str
    ended_at: datetime | None
    running: bool
    anchor: int | None
    total: int
    instances: int
    events: int
    erased: int
    broken: int
    trouble: str
    faults: tuple[Fault, ...]

    @property
    def intact(self) -> bool:
        """True when it ended and nothing is wrong."""
        return self.ended_at is not None and not self.broken and not self.trouble


def start(unit: Unit) -> None:
    """Begin a verification, unless one is under way."""
    one_at_a_time(unit.connection, history_check)
    own = history_check.c
    under_way = select(own.id).where(own.ended_at.is_(None), is_queued(CHECK))
    if unit.connection.execute(under_way).first() is not None:
        return
    check = new_id()
    row = {
        "id": check,
        "started_at": unit.at,
        "started_by": unit.actor.id,
        "total": chains(unit.connection),
        "instances": 0,
        "events": 0,
        "erased": 0,
        "broken": 0,
        "trouble": "",
        "faults": b"[]",
    }
    unit.connection.execute(insert(history_check), row)
    unit.enqueue(CHECK, {"check": check, "after": 0, "anchor": None})


def listed(connection: Connection, limit: int) -> list[Check]:
    """Verifications, the newest first."""
    own = history_check.c
    running = (own.ended_at.is_(None) & is_queued(CHECK)).label("running")
    statement = select(history_check, running).order_by(own.id.desc()).limit(limit)
    return [_check(row) for row in connection.execute(statement)]


def _check(row: Any) -> Check:
    return Check(
        id=row.id,
        started_at=from_micros(row.started_at),
        started_by=row.started_by,
        ended_at=None if row.ended_at is None else from_micros(row.ended_at),
        running=bool(row.running),
        anchor=row.anchor,
        total=row.total,
        instances=row.instances,
        events=row.events,
        erased=row.erased,
        broken=row.broken,
        trouble=row.trouble,
        faults=tuple(_fault(*kept) for kept in orjson.loads(row.faults)),
    )


def _fault(instance_id: int, seq: int, wrong: str, column: str) -> Fault:
    return Fault(instance_id, seq, Wrong(wrong), column)


class Checking:
    """The job that verifies a part of the record."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def perform(self, job: Job) -> Value:
        """Verify the next instances, all parts against one and the same anchor."""
        payload: Any = job.payload
        after, number = payload["after"], payload["anchor"]
        with job.session() as session:
            connection = one_moment(session)
            trouble = ""
            if after == 0:
                anchor, trouble = newest_sound(connection, self._keys)
                number = None if anchor is None else anchor.number
            sealed = () if number is None else anchored_heads(connection, number, after)
            found = verify(connection, anchored=sealed, after=after, at_least=PART)
        return _told(found) | {"anchor": number, "trouble": trouble}

    def apply(self, ctx: JobContext, result: Any) -> Mapping[str, Value]:
        """Add what was found, and go on behind it."""
        payload: Any = ctx.job.payload
        _note(ctx.unit, payload["check"], result)
        if result["reached"] is not None:
            ctx.unit.enqueue(
                CHECK,
                {**payload, "after": result["reached"], "anchor": result["anchor"]},
            )
        return {}


def _told(found: Findings) -> dict[str, Any]:
    return {
        "instances": found.instances,
        "events": found.events,
        "erased": found.erased,
        "broken": found.broken,
        "reached": found.reached,
        "faults": [
            [fault.instance_id, fault.seq, str(fault.wrong), fault.column]
            for fault in found.faults[:MOST_KEPT]
        ],
    }


def _note(unit: Unit, check: int, part: Mapping[str, Any]) -> None:
    own = history_check.c
    here = own.id == check
    kept = orjson.loads(unit.connection.scalar(select(own.faults).where(here)) or b"[]")
    values = {name: own[name] + part[name] for name in ("instances", "events", "erased", "broken")}
    if part["trouble"]:
        values["trouble"] = part["trouble"]
    unit.connection.execute(
        update(history_check)
        .where(here)
        .values(
            **values,
            anchor=part["anchor"],
            faults=orjson.dumps([*kept, *part["faults"]][:MOST_KEPT]),
            ended_at=unit.at if part["reached"] is None else None,
        )
    )
