"""Indexes that the history is searched along, and views that are saved of its pages too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

UNUSUAL = sa.text(
    "kind IN ('incident_raised', 'incident_retried', 'instance_terminated', "
    "'message_not_delivered', 'migrated', 'work_item_assigned', 'work_item_delegated')"
)
IN_PLACE = sa.text("on_behalf_of IS NOT NULL")
ANSWERED = sa.text("status = 1 AND outcome IS NOT NULL")
PLACE = ["at", "instance_id", "seq"]


def upgrade() -> None:
    """Create them."""
    op.create_index("ix_history_event_at", "history_event", PLACE)
    op.create_index("ix_history_event_actor", "history_event", ["actor", *PLACE])
    op.create_index("ix_history_event_element", "history_event", ["element", *PLACE])
    _create_partial("ix_history_event_on_behalf_of", "history_event", "on_behalf_of", IN_PLACE)
    _create_partial("ix_history_event_unusual", "history_event", "kind", UNUSUAL)
    op.create_index(
        "ix_work_item_answered",
        "work_item",
        ["outcome", "completed_at", "instance_id"],
        sqlite_where=ANSWERED,
        postgresql_where=ANSWERED,
    )
    for column in ("definition_id", "org_unit", "counterparty"):
        op.create_index(f"ix_instance_{column}", "instance", [column])
    op.add_column(
        "saved_view", sa.Column("page", sa.Text(), nullable=False, server_default="inbox")
    )


def _create_partial(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column, *PLACE], sqlite_where=where, postgresql_where=where)
