"""Why a task waits again: who has returned or rejected something before it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.tables import work_item
from engine.values import WorkItemStatus
from workflows.notices.news import word
from workflows.notices.rows import TaskRow, said
from workflows.people.services import people_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from engine import Definition

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
    opened = select(work_item.c.created_at).where(work_item.c.id == row.id).scalar_subquery()
    here = (
        (work_item.c.instance_id == row.instance_id)
        & (work_item.c.status == int(WorkItemStatus.COMPLETED))
        & (work_item.c.id != row.id)
    )
    last = session.execute(
        select(work_item.c.element, work_item.c.created_at)
        .where(here, work_item.c.completed_at == opened)
        .order_by(work_item.c.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return ()
    given = session.execute(
        select(work_item)
        .where(
            here,
            work_item.c.element == last.element,
            work_item.c.created_at == last.created_at,
            work_item.c.reason.is_not(None),
        )
        .order_by(work_item.c.completed_at, work_item.c.id)
    ).all()
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
