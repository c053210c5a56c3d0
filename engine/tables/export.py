"""What leaves the house: the log of accesses, the order of the feed, exports asked for."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text

from engine.tables.meta import metadata
from engine.tables.types import BIG

history_log = Table(
    "history_log",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False),
)
"""The head of a chain that belongs to no instance. Its events are in ``history_event``, under an
id that no instance has; so whatever verifies, anchors or erases events does so with these.
"""

access_refused = Table(
    "access_refused",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("policy", Text, primary_key=True),
    Column("since", BIG, nullable=False),
    Column("times", BIG, nullable=False),
)
"""How often a person was refused under a policy within an hour ``since`` the first time; the log
of accesses tells it in few events.
"""

history_feed = Table(
    "history_feed",
    metadata,
    Column("position", BIG, primary_key=True, autoincrement=False),
    Column("instance_id", BIG, nullable=False),
    Column("seq", Integer, nullable=False),
    Index("uq_history_feed_event", "instance_id", "seq", unique=True),
)
"""Events in the order in which the feed gives them: one behind those that were committed before
it was taken in, whatever its instant says.
"""

history_export = Table(
    "history_export",
    metadata,
    Column("id", BIG, primary_key=True, autoincrement=False),
    Column("at", BIG, nullable=False),
    Column("actor", Text, nullable=False),
    Column("order", LargeBinary, nullable=False),
    Column("job_id", BIG, nullable=False),
    Column("total", BIG, nullable=False),
    Column("done", BIG, nullable=False),
    Column("size", BIG),
    Column("digest", Text),
    Column("ended_at", BIG),
    Column("cancelled_at", BIG),
    Column("removed_at", BIG),
)
"""An export as background work: what was ordered, how far it is, and its file.

``size`` and ``digest`` (SHA-256) are those of the file; ``removed_at`` is when it was taken away.
"""
