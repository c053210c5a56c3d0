"""Transcripts that have to be sent: by when, and who holds each of them up.

They are due within five weeks of the results (P8), whatever the step their case is at.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from sqlalchemy import Text, cast, literal_column, select, tuple_
from sqlalchemy.orm import Session

from engine.history.filters import HistoryFilter
from engine.identity import Actor
from engine.runtime.cursors import parts_of
from engine.runtime.deadlines import Deadline, deadline_of, of_seen_tasks
from engine.tables import definition, instance, work_item
from engine.values import Page
from workflows.grade_transfer.cases import PROCESS
from workflows.grade_transfer.models import Stay
from workflows.office_work.local_time import ZONE

_DAY = re.compile(r"(\d{4,})(\d\d)(\d\d)")


def owed(
    session: Session, actor: Actor, wanted: HistoryFilter, *, after: str | None, limit: int
) -> Page[Deadline]:
    """The open tasks of cases that owe a transcript, by the day it is due, the earliest first.

    Only of cases that the actor may see; one statement.
    """
    place = (Stay.transcript_due, work_item.c.id)
    columns = select(work_item, instance.c.business_key, Stay.transcript_due)
    statement = (
        of_seen_tasks(columns, actor, wanted)
        .join(Stay, cast(Stay.mobility_id, Text) == instance.c.business_key)
        .where(
            definition.c.key == PROCESS,
            work_item.c.status == literal_column("0"),
            Stay.transcript_due.is_not(None),
        )
    )
    if after is not None:
        day, item = parts_of(after, 2)
        last = tuple_(_DAY.sub(r"\1-\2-\3", f"{day:08}"), item)
        statement = statement.where(tuple_(*place) > last)
    rows = session.execute(statement.order_by(*place).limit(limit + 1)).all()
    items = [deadline_of(row, _begin_of(row.transcript_due)) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items)
    end = rows[limit - 1]
    return Page(items, f"{end.transcript_due.replace('-', '')}.{end.id}")


def _begin_of(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), ZONE).astimezone(UTC)
