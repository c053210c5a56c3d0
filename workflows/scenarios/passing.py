"""Time passes: the clock stops at each instant at which a job is due, and the job runs then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from engine.tables import job
from engine.tables.types import from_micros, to_micros
from workflows.scenarios.stage import Mismatch, Stage

MAX_JOBS = 5_000
"""More jobs than that in one step never end."""

_PENDING = 0


def settle(stage: Stage) -> None:
    """Run what is due now, and what follows from it, as workers do after each command."""
    taken = 0
    while some := stage.engine.run_due_jobs(worker="scenario"):
        stage.require_time()
        taken += some
        if taken > MAX_JOBS:
            raise Mismatch(
                f"More than {MAX_JOBS} jobs follow each other; they never end.", "endless"
            )


def pass_until(stage: Stage, at: datetime) -> None:
    """Let the time pass until ``at``; Mismatch for an instant that is over."""
    if at < stage.clock.at:
        now = stage.clock.at.isoformat()
        raise Mismatch(f"It is {now} already.", "past", found=now)
    for _ in range(MAX_JOBS):
        due = _next_due(stage, at)
        if due is None:
            stage.clock.at = at
            return
        stage.clock.at = max(stage.clock.at, due)
        settle(stage)
    raise Mismatch(f"More than {MAX_JOBS} jobs fall due in this time; they never end.", "endless")


def _next_due(stage: Stage, until: datetime) -> datetime | None:
    statement = select(func.min(job.c.due_at)).where(
        job.c.status == _PENDING, job.c.due_at <= to_micros(until)
    )
    with stage.reading() as session:
        due = session.scalar(statement)
    return None if due is None else from_micros(due)
