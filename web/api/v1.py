"""The API's first version: inbox, work items, cases, history, as JSON.

It is used with the session of the page. Whatever changes something carries the
header ``X-Requested-With``, which no page of another site can send, instead of
a form's token. Errors are RFC 9457 problem documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, g, request

from engine.values import Completed, HistoryEvent, InboxQuery, Instance, Page, WorkItem
from web import current
from web.api.schemas import (
    CompletedSchema,
    CompleteSchema,
    HistoryEventSchema,
    HistoryQuerySchema,
    IdempotencySchema,
    InboxQuerySchema,
    InboxSchema,
    InstanceSchema,
    StartedSchema,
    StartSchema,
    WorkItemSchema,
)
from web.api.typed import Routes
from web.pages.start import open_agreement
from web.submissions import checked_reason
from workflows.contract.services import Opened

v1 = Routes("api", prefix="/api/v1", description="Tasks and cases")

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@v1.before
def require_custom_header() -> None:
    """Refuse an unsafe request that a page of another site could have sent."""
    if request.method not in SAFE and "X-Requested-With" not in request.headers:
        abort(400)


@v1.get("/work-items")
@v1.takes(InboxQuerySchema, location="query")
@v1.gives(InboxSchema)
def inbox(query: Mapping[str, Any]) -> Page[WorkItem]:
    """A page of open work items."""
    return current.engine().inbox(actor=current.actor(), query=InboxQuery(**query))


@v1.get("/work-items/<id:item_id>")
@v1.gives(WorkItemSchema)
def work_item(item_id: int) -> WorkItem:
    """One work item, open or not."""
    found: WorkItem = g.work_item
    return found


@v1.post("/work-items/<id:item_id>/claim")
@v1.gives(WorkItemSchema)
def claim(item_id: int) -> WorkItem:
    """Take a work item; 409 when somebody else has it."""
    engine, actor = current.engine(), current.actor()
    engine.claim(item_id, actor=actor)
    return engine.work_item(item_id, actor=actor)


@v1.post("/work-items/<id:item_id>/release")
@v1.gives(WorkItemSchema)
def release(item_id: int) -> WorkItem:
    """Give a work item back to its group."""
    engine, actor = current.engine(), current.actor()
    engine.release(item_id, actor=actor)
    return engine.work_item(item_id, actor=actor)


@v1.post("/work-items/<id:item_id>/complete")
@v1.takes(IdempotencySchema, location="headers")
@v1.takes(CompleteSchema)
@v1.gives(CompletedSchema)
def complete(header: Mapping[str, str], body: Mapping[str, Any], item_id: int) -> Completed:
    """Complete a work item; the same Idempotency-Key gets the first answer again."""
    return current.engine().complete(
        item_id,
        actor=current.actor(),
        data=body["data"],
        outcome=body["outcome"],
        reason=checked_reason(body["reason"]),
        idempotency_key=header["idempotency_key"],
    )


@v1.post("/learning-agreements")
@v1.takes(IdempotencySchema(partial=True), location="headers")
@v1.takes(StartSchema)
@v1.gives(StartedSchema, status=201)
def start(header: Mapping[str, str], body: Mapping[str, Any]) -> Opened:
    """Start a learning agreement; RI names the student, a student starts their own.

    The same Idempotency-Key with the same body opens one agreement only.
    """
    return open_agreement(body, key=header.get("idempotency_key", ""))


@v1.get("/instances/<id:instance_id>")
@v1.gives(InstanceSchema)
def instance(instance_id: int) -> Instance:
    """One case with its open work items."""
    found: Instance = g.instance
    return found


@v1.get("/instances/<id:instance_id>/history")
@v1.takes(HistoryQuerySchema, location="query")
@v1.gives(HistoryEventSchema, many=True)
def history(query: Mapping[str, int], instance_id: int) -> list[HistoryEvent]:
    """What happened in a case, in order."""
    return current.engine().history(
        instance_id, actor=current.actor(), after=query["after"], limit=query["limit"]
    )
