"""Work items: the rows of user tasks at run time. A completed work item of an
approval step is its vote.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    text,
)

from engine.tables.meta import metadata
from engine.tables.types import BIG

_OPEN = text("status = 0")
_DONE = text("status = 1")
_ANSWERED = text("status = 1 AND outcome IS NOT NULL")
_MINE = text("status = 0 AND assignee IS NOT NULL")

work_item = Table(
    "work_item",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, ForeignKey("instance.id"), nullable=False),
    Column("definition_id", BIG, nullable=False),
    Column("task_no", Integer, nullable=False),
    Column("element", Text, nullable=False),
    Column("seat", SmallInteger, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("candidate", Text, nullable=False),
    Column("assignee", Text),
    Column("owner", Text),
    Column("due_at", BIG, nullable=False),
    Column("follow_up_at", BIG),
    Column("priority", SmallInteger, nullable=False),
    Column("created_at", BIG, nullable=False),
    Column("completed_at", BIG),
    Column("completed_by", Text),
    Column("on_behalf_of", Text),
    Column("outcome", Text),
    Column("reason", Text),
    Column("draft", LargeBinary),
    Column("completion_key", Text),
    Column("answer", LargeBinary),
    Column("subject", Text, nullable=False),
    Column("org_unit", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Index("ix_work_item_instance", "instance_id", "task_no"),
    Index(
        "ix_work_item_inbox",
        "candidate",
        "due_at",
        "id",
        "assignee",
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    ),
    Index(
        "ix_work_item_mine",
        "assignee",
        "due_at",
        "id",
        sqlite_where=_MINE,
        postgresql_where=_MINE,
    ),
    Index(
        "ix_work_item_done",
        "element",
        "completed_at",
        sqlite_where=_DONE,
        postgresql_where=_DONE,
    ),
    Index(
        "ix_work_item_answered",
        "outcome",
        "completed_at",
        "instance_id",
        "id",
        sqlite_where=_ANSWERED,
        postgresql_where=_ANSWERED,
    ),
    Index("ix_work_item_open", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

comment = Table(
    "comment",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, ForeignKey("instance.id"), nullable=False),
    Column("work_item_id", BIG),
    Column("author", Text, nullable=False),
    Column("at", BIG, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "instance_id"),
)
