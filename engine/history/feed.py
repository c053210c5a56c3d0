"""The feed: all events one after another, for another system that asks for what is new.

Neither an event's instant nor its number says when it was committed: on PostgreSQL a slow
command commits an event after a quick one whose event is later. Whoever went on from the last
event seen would never see it. So an event gets its position only once it is there for all to
see, one batch after the other, behind everything that anybody has been given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, literal, or_, select

from engine.errors import InvalidInput
from engine.history.access_log import LOG
from engine.history.queries import joined_events, present_event
from engine.history.rows import one_at_a_time
from engine.tables import history_event, history_feed, history_log, instance
from engine.values import HistoryEvent

BATCH = 2_000
"""Cases whose new events are taken in at once."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A part of the feed; ``after`` is where the next one begins.

    Each event stands beside its position; ``more`` says whether others are there already.
    """

    events: Sequence[tuple[int, HistoryEvent]]
    after: int
    more: bool


def take_in(connection: Connection) -> None:
    """Give positions to the events that have none yet; ``connection`` is in a writing unit.

    One at a time, and the next one begins after the commit: whoever sees a position sees all
    before it.
    """
    one_at_a_time(connection, history_feed)
    fed, own = history_feed.c, history_event.c
    heads = select(instance.c.id, instance.c.seq).union_all(
        select(history_log.c.id, history_log.c.seq)
    )
    chain = heads.subquery("chain").c
    is_there = exists().where(own.instance_id == chain.id, own.seq == chain.seq)
    is_fed = exists().where(fed.instance_id == chain.id, fed.seq == chain.seq)
    behind = select(chain.id).where(~is_fed, is_there).order_by(chain.id).limit(BATCH)
    ids = list(connection.scalars(behind))
    if not ids:
        return
    known = exists().where(fed.instance_id == own.instance_id, fed.seq == own.seq)
    last = connection.scalar(select(func.max(fed.position))) or 0
    place = func.row_number().over(order_by=(own.at, own.instance_id, own.seq))
    new = select(literal(last) + place, own.instance_id, own.seq).where(
        own.instance_id.in_(ids), ~known
    )
    connection.execute(insert(history_feed).from_select(["position", "instance_id", "seq"], new))


def read(connection: Connection, seen: ColumnElement[bool], *, after: int, limit: int) -> Feed:
    """Up to ``limit`` events behind position ``after``, the oldest first.

    ``seen`` is the condition that the reader may see the instance of a row of ``instance``.
    Events of the log of accesses are for all readers. Raises InvalidInput for a position that
    nobody was given: the database is an older copy, and the reader has to begin anew.
    """
    fed, own = history_feed.c, history_event.c
    last = connection.scalar(select(func.max(fed.position))) or 0
    if after > last:
        raise InvalidInput({"after": ["not_a_cursor"]})
    rows = connection.execute(
        joined_events()
        .add_columns(fed.position)
        .join(history_feed, and_(fed.instance_id == own.instance_id, fed.seq == own.seq))
        .outerjoin(instance, instance.c.id == own.instance_id)
        .where(fed.position > after, or_(own.instance_id == LOG, seen))
        .order_by(fed.position)
        .limit(limit + 1)
    ).all()
    events = [(row.position, present_event(row)) for row in rows[:limit]]
    more = len(rows) > limit
    return Feed(events, events[-1][0] if more else last, more)
