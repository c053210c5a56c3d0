"""Why a task waits again: who has returned or rejected something before it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.database import Statement
from engine.tables import work_item
from engine.values import WorkItemStatus
from workflows.notices.news import word
from workflows.notices.rows import TaskRow, said
from workflows.people.services import people_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from engine import Definition

_opened = work_item.alias("opened")
_before = select(work_item).where(
    work_item.c.instance_id == bindparam("instance"),
    work_item.c.status == int(WorkItemStatus.COMPLETED),
    work_item.c.id != bindparam("item"),
)
_last = Statement(
    _before.where(
        work_item.c.completed_at
        == select(_opened.c.created_at).where(_opened.c.id == bindparam("item")).scalar_subquery()
    )
    .order_by(work_item.c.id.desc())
    .limit(1)
)
_given = Statement(
    _before.where(
        work_item.c.element == bindparam("step"),
        work_item.c.created_at == bindparam("begun"),
        work_item.c.reason.is_not(None),
    ).order_by(work_item.c.completed_at, work_item.c.id)
)

OUTCOMES = {"return": "returned", "reject": "rejected"}
PARTNER = "partner:"


@dataclass(frozen=True, slots=True)
class Reason:
    """One answer that had a reason: to which step, with which outcome, by whom."""

    step: Mapping[str, str]
    outcome: str
    by: str
    text: str

    def told(self, language: str) -> str:
        """As a mail says it."""
        kind = OUTCOMES.get(self.outcome, "said")
        lead = word(kind, language, by=self.by, step=said(self.step, language))
        return f"{lead}\n{self.text}"


def reasons_before(
    session: Session, definition: Callable[[int], Definition], row: TaskRow
) -> tuple[Reason, ...]:
    """The reasons given in the step whose completion opened a work item, oldest first.

    Those are all its seats and parallel answers. Of a restricted case nothing is told.
    """
    if row.restricted:
        return ()
    connection = session.connection()
    here = {"instance": row.instance_id, "item": row.id}
    last = _last(connection, here).first()
    if last is None:
        return ()
    step = {"step": last.element, "begun": last.created_at}
    given = _given(connection, {**here, **step}).all()
    names = people_named(session, [each.completed_by for each in given])
    return tuple(_reason(each, definition(each.definition_id), names, row) for each in given)


def _reason(each: Any, definition: Definition, names: Mapping[str, str], row: TaskRow) -> Reason:
    partner = each.completed_by.startswith(PARTNER)
    by = row.counterparty if partner else names.get(each.completed_by, each.completed_by)
    return Reason(
        definition.element(each.element).names, each.outcome or "", by, each.reason.strip()
    )


def told(reasons: Sequence[Reason], language: str) -> str:
    """A paragraph of a mail; nothing where there is no reason."""
    return "".join(f"\n{each.told(language)}\n" for each in reasons)
