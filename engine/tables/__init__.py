"""The engine's tables. One metadata for the whole product, so that one migration
history and one transaction cover engine and domain alike.
"""

from __future__ import annotations

from engine.tables.anchor import (
    history_anchor,
    history_anchor_stamp,
    history_anchored,
    history_check,
)
from engine.tables.definition import (
    definition,
    definition_draft,
    definition_draft_editor,
    definition_draft_file,
    definition_file,
    definition_publication,
    definition_retirement,
)
from engine.tables.export import access_refused, history_export, history_feed, history_log
from engine.tables.history import history_event, history_payload, triggers
from engine.tables.instance import identity_link, instance
from engine.tables.job import job, subscription
from engine.tables.meta import metadata
from engine.tables.migration import migration_order, migration_result
from engine.tables.operation import retry_order, worker
from engine.tables.record import idempotency, incident, received_message
from engine.tables.report import history_report
from engine.tables.retention import erasure, legal_hold
from engine.tables.work_item import comment, work_item

__all__ = [
    "access_refused",
    "comment",
    "definition",
    "definition_draft",
    "definition_draft_editor",
    "definition_draft_file",
    "definition_file",
    "definition_publication",
    "definition_retirement",
    "erasure",
    "history_anchor",
    "history_anchor_stamp",
    "history_anchored",
    "history_check",
    "history_event",
    "history_export",
    "history_feed",
    "history_log",
    "history_payload",
    "history_report",
    "idempotency",
    "identity_link",
    "incident",
    "instance",
    "job",
    "legal_hold",
    "metadata",
    "migration_order",
    "migration_result",
    "received_message",
    "retry_order",
    "subscription",
    "triggers",
    "work_item",
    "worker",
]
