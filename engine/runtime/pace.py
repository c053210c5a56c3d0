"""How long a step usually takes, by what people have done in the past."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import Connection, literal_column, select

from engine.tables import definition, work_item
from engine.tables.types import to_micros

PAST = timedelta(days=365)
MOST = 500
"""How many of the latest are looked at, so that the answer costs the same in every house."""

FEWEST = 5
"""Of fewer nothing can be said."""


def usual_time(
    connection: Connection, process: str, element: str, now: datetime
) -> timedelta | None:
    """The median time from opening to completion; None where too few were done in the last year.

    All versions of the process count. One statement, served by an index of its own.
    """
    versions = select(definition.c.id).where(definition.c.key == process)
    rows = connection.execute(
        select(work_item.c.created_at, work_item.c.completed_at)
        .where(
            work_item.c.status == literal_column("1"),
            work_item.c.definition_id.in_(versions),
            work_item.c.element == element,
            work_item.c.completed_at > to_micros(now - PAST),
        )
        .order_by(work_item.c.completed_at.desc())
        .limit(MOST)
    ).all()
    if len(rows) < FEWEST:
        return None
    return timedelta(microseconds=median(row.completed_at - row.created_at for row in rows))
