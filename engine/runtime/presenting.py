"""From rows to the values the engine gives."""

from __future__ import annotations

from typing import Any

import orjson

from engine.runtime.deployed import Definition
from engine.runtime.opening import outcomes_of, reasons_of
from engine.tables.types import due_from_micros, from_micros
from engine.values import Labels, WorkItem, WorkItemStatus

LANGUAGES = ("fr", "en", "es")


def present_item(row: Any, definition: Definition, business_key: str) -> WorkItem:
    """A work item from a row holding the columns of the table."""
    element = definition.element(row.element)
    properties = element.properties
    return WorkItem(
        id=row.id,
        instance_id=row.instance_id,
        definition_id=row.definition_id,
        key=definition.key,
        business_key=business_key,
        task_no=row.task_no,
        element=row.element,
        names=element.names,
        process_names=definition.model.names,
        instructions={
            language: properties[f"instruction.{language}"]
            for language in LANGUAGES
            if f"instruction.{language}" in properties
        },
        lane=element.lane or "",
        seat=row.seat,
        candidate=row.candidate,
        assignee=row.assignee,
        owner=row.owner,
        status=WorkItemStatus(row.status),
        page=properties.get("page"),
        form=properties.get("form"),
        approval=properties.get("approval"),
        outcomes=outcomes_of(element),
        reason_required=reasons_of(element),
        due_at=due_from_micros(row.due_at),
        follow_up_at=from_micros(row.follow_up_at) if row.follow_up_at else None,
        priority=row.priority,
        created_at=from_micros(row.created_at),
        completed_at=from_micros(row.completed_at) if row.completed_at else None,
        completed_by=row.completed_by,
        on_behalf_of=row.on_behalf_of,
        outcome=row.outcome,
        reason=row.reason,
        draft=orjson.loads(row.draft) if row.draft else None,
        labels=Labels(row.subject, row.org_unit, row.counterparty),
        bulk=properties.get("bulk", "").strip() == "true",
    )
