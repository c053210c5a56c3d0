"""How long a step usually takes whoever it is asked of."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.database import Statement
from engine.tables import definition, work_item
from engine.values import WorkItemStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.values import WorkItem

LATEST = 50
"""The answers that are looked at: the last ones, however many there ever were."""

FEWEST = 5
"""Below so many answers nothing is said."""

DAY = 86_400 * 1_000_000

_latest = Statement(
    select(
        work_item.c.definition_id,
        work_item.c.created_at,
        work_item.c.completed_at,
    )
    .where(
        work_item.c.candidate == bindparam("candidate"),
        work_item.c.element == bindparam("element"),
        work_item.c.status == int(WorkItemStatus.COMPLETED),
    )
    .order_by(work_item.c.completed_at.desc())
    .limit(LATEST)
)


def usual_days(session: Session, item: WorkItem) -> int | None:
    """Within how many days half of the answers came that the same group gave at this step.

    Days begun count, so it is 1 at least; None where too few answers are known. Other
    processes' steps of the same name are left out. One statement on an index, and one more
    for the versions of the process.
    """
    asked = {"candidate": item.candidate, "element": item.element}
    rows = _latest(session.connection(), asked).all()
    versions = set(session.scalars(select(definition.c.id).where(definition.c.key == item.key)))
    spans = [
        int(row.completed_at) - int(row.created_at) for row in rows if row.definition_id in versions
    ]
    if len(spans) < FEWEST:
        return None
    return max(1, -(-int(median(spans)) // DAY))
