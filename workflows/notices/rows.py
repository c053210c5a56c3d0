"""Open work items as mails tell of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.database import Statement
from engine.tables import instance, work_item
from engine.values import WorkItemStatus

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Definition


@dataclass(frozen=True, slots=True)
class TaskRow:
    """An open work item, as mails tell of it."""

    id: int
    instance_id: int
    business_key: str
    key: str
    element: str
    candidate: str
    assignee: str | None
    names: Mapping[str, str]
    process_names: Mapping[str, str]
    subject: str
    org_unit: str
    counterparty: str
    restricted: bool

    def values(self, language: str) -> dict[str, str]:
        """What texts may say of it, in one language; of a restricted case only its number."""
        subject, counterparty = ("", "") if self.restricted else (self.subject, self.counterparty)
        about = ", ".join(filter(None, (subject, counterparty)))
        return {
            "step": said(self.names, language) or self.element,
            "process": said(self.process_names, language) or self.key,
            "student": subject,
            "partner": counterparty,
            "about": about or f"#{self.business_key}",
        }


def said(names: Mapping[str, str], language: str) -> str:
    """What something is called in a language, else in French, else in any."""
    return names.get(language) or names.get("fr") or next(iter(names.values()), "")


_open = (
    select(work_item, instance.c.business_key, instance.c.restricted)
    .join(instance, instance.c.id == work_item.c.instance_id)
    .where(work_item.c.status == int(WorkItemStatus.OPEN))
    .order_by(work_item.c.id)
)
_by_id = Statement(_open.where(work_item.c.id == bindparam("item")))
_of_step = Statement(
    _open.where(
        work_item.c.instance_id == bindparam("instance"), work_item.c.element == bindparam("step")
    )
)


def by_ids(
    session: Session, definition: Callable[[int], Definition], ids: Sequence[int]
) -> list[TaskRow]:
    """Those of the work items that are still open, in the order of their ids."""
    connection = session.connection()
    rows = [row for item in sorted(ids) for row in _by_id(connection, {"item": item})]
    return [_row(row, definition(row.definition_id)) for row in rows]


def of_step(
    session: Session, definition: Callable[[int], Definition], instance_id: int, element: str
) -> list[TaskRow]:
    """The open work items of one user task of one instance."""
    here = {"instance": instance_id, "step": element}
    rows = _of_step(session.connection(), here).all()
    return [_row(row, definition(row.definition_id)) for row in rows]


def _row(row: Any, definition: Definition) -> TaskRow:
    return TaskRow(
        id=row.id,
        instance_id=row.instance_id,
        business_key=row.business_key,
        key=definition.key,
        element=row.element,
        candidate=row.candidate,
        assignee=row.assignee,
        names=definition.element(row.element).names,
        process_names=definition.model.names,
        subject=row.subject,
        org_unit=row.org_unit,
        counterparty=row.counterparty,
        restricted=bool(row.restricted),
    )
