"""Reports over many cases: one computation for all who ask, by a job, kept until the next.

Whoever asks for a report that is being computed waits for that one. A worker that dies over it
leaves a job whose lease runs out; one that fails for good leaves an incident, and the report
counts as not being computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, delete, exists, insert, literal_column, select, update

from engine.definitions.model import DEFAULT_TIME_ZONE
from engine.history.durations import DurationQuestion, Durations, durations, loaded
from engine.history.filters import parse, query_string
from engine.history.rows import one_at_a_time, one_moment
from engine.registry import Job, JobContext
from engine.tables import history_report, job
from engine.tables.types import from_micros, to_micros
from engine.unit import Unit
from engine.values import Value

REPORT = "history_report"

FRESH = timedelta(minutes=1)
"""So long a report answers everybody; nobody can have it computed again before."""

KEPT = timedelta(days=30)
"""So long a report is kept that nobody asks for any more."""

_ATTEMPTS = 3
_ZONE = ZoneInfo(DEFAULT_TIME_ZONE)


@dataclass(frozen=True, slots=True)
class Report:
    """What is known of a report: its answer and as of when, and whether one is being computed.

    ``failed`` says that the last computation has come to nothing.
    """

    running: bool
    failed: bool
    computed_at: datetime | None
    answer: Durations | None


NOT_ASKED = Report(running=False, failed=False, computed_at=None, answer=None)


def _written(question: DurationQuestion) -> dict[str, Value]:
    """A question as the payload of a job; equal ones are written alike."""
    return {
        "wanted": query_string(question.wanted, _ZONE),
        "by": question.by,
        "months": list(question.months),
    }


def _read(written: Any) -> DurationQuestion:
    wanted = parse(parse_qs(written["wanted"]), _ZONE)
    return DurationQuestion(wanted, written["by"], tuple(written["months"]))


def _key(question: DurationQuestion) -> str:
    return sha256(orjson.dumps(_written(question))).hexdigest()


def report_of(connection: Connection, question: DurationQuestion) -> Report:
    """What is known; one statement, whatever the report is about."""
    own = history_report.c
    row = connection.execute(
        select(own.computed_at, own.asked_at, own.answer, _is_running())
        .select_from(history_report)
        .where(own.key == _key(question))
    ).one_or_none()
    if row is None:
        return NOT_ASKED
    done = row.computed_at is not None and row.computed_at >= row.asked_at
    return Report(
        running=bool(row.running),
        failed=not row.running and not done,
        computed_at=None if row.computed_at is None else from_micros(row.computed_at),
        answer=None if row.answer is None else loaded(orjson.loads(row.answer)),
    )


def _is_running() -> Any:
    waits = (job.c.id == history_report.c.job_id) & (job.c.status == literal_column("0"))
    return exists().where(waits).label("running")


def ask(unit: Unit, question: DurationQuestion) -> None:
    """Have a report computed, unless it is being computed or has been within the last minute."""
    connection, own = unit.connection, history_report.c
    one_at_a_time(connection, history_report)
    key = _key(question)
    found = connection.execute(
        select(own.computed_at, _is_running()).select_from(history_report).where(own.key == key)
    ).one_or_none()
    if found is not None and (found.running or (found.computed_at or 0) > unit.at - _micros(FRESH)):
        return
    connection.execute(delete(history_report).where(own.asked_at < unit.at - _micros(KEPT)))
    asked = {
        "job_id": unit.enqueue(REPORT, _written(question), max_attempts=_ATTEMPTS),
        "asked_at": unit.at,
        "asked_by": unit.actor.id,
    }
    known = connection.execute(update(history_report).where(own.key == key).values(**asked))
    if not known.rowcount:
        connection.execute(insert(history_report).values(key=key, **asked))


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


class Reporting:
    """The job that computes a report."""

    def perform(self, job: Job) -> Value:
        """Compute it, all of it as of one moment."""
        with job.session() as session:
            found = durations(one_moment(session), _read(job.payload), to_micros(job.now))
        return {"at": to_micros(job.now), "answer": orjson.dumps(found).decode()}

    def apply(self, ctx: JobContext, result: Any) -> Mapping[str, Value]:
        """Keep it in the place of the one before."""
        ctx.unit.connection.execute(
            update(history_report)
            .where(history_report.c.job_id == ctx.job.id)
            .values(computed_at=result["at"], answer=result["answer"].encode())
        )
        return {}
