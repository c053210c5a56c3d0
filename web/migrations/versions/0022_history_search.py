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
ANSWER = ["outcome", "completed_at", "instance_id", "id"]
OTHERWISE = sa.text("verdict <> verdict_by_rule")
SET = sa.text("coordinator_set OR jury_set")
EXCEPTION = sa.text("exception <> ''")
ADMITTED = sa.text("admitted AND failed <> ''")


def upgrade() -> None:
    """Create them."""
    op.create_index("ix_history_event_at", "history_event", PLACE)
    op.create_index("ix_history_event_actor", "history_event", ["actor", *PLACE])
    op.create_index("ix_history_event_element", "history_event", ["element", *PLACE])
    for name, table, columns, where in (
        ("history_event_on_behalf_of", "history_event", ["on_behalf_of", *PLACE], IN_PLACE),
        ("history_event_substituted", "history_event", PLACE, IN_PLACE),
        ("history_event_unusual", "history_event", ["kind", *PLACE], UNUSUAL),
        ("work_item_answered", "work_item", ANSWER, ANSWERED),
        ("recognition_decided_otherwise", "recognition", ["instance_id"], OTHERWISE),
        ("recognition_line_set", "recognition_line", ["transcript_id"], SET),
        ("mobility_grant_exception", "mobility_grant", ["instance_id"], EXCEPTION),
        ("application_wish_exception", "application_wish", ["application_id"], ADMITTED),
    ):
        op.create_index(f"ix_{name}", table, columns, sqlite_where=where, postgresql_where=where)
    for column in ("definition_id", "org_unit", "counterparty"):
        op.create_index(f"ix_instance_{column}", "instance", [column])
    op.add_column(
        "saved_view", sa.Column("page", sa.Text(), nullable=False, server_default="inbox")
    )
