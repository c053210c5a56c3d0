"""Verifies the record: recomputes chains and payload digests, in constant memory.

Events, instances and anchored heads are read side by side, each in the order of the
instances, so what one has and another lacks shows at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, exists, func, select

from engine.history.chain import GENESIS, Head, link, payload_digest
from engine.history.diagnosis import first_fault
from engine.history.findings import Fault, Findings, Wrong
from engine.history.rows import (
    DIGEST,
    HASH,
    PAYLOAD,
    SALT,
    SEQ,
    Ahead,
    Row,
    event_rows,
    expect_many,
    heads,
    streamed,
)
from engine.tables import history_event, history_payload


def verify(
    connection: Connection,
    *,
    anchored: Iterable[Head] = (),
    after: int = 0,
    at_least: int | None = None,
) -> Findings:
    """Recompute every chain; compare it with its instance and with its ``anchored`` head.

    ``connection`` sees one moment; ``anchored`` is in the order of the instances. Begins with
    all of them after instance ``after``, and stops at the end of a chain once it has verified
    ``at_least`` that many events, if a number is given.
    """
    found = Findings()
    expect_many(connection)
    ends = Ahead(heads(connection, after))
    marks = Ahead(iter(anchored))
    rows = streamed(connection, event_rows(connection, after=after))
    for instance_id, chain in groupby(rows, itemgetter(0)):
        _note_empty(found, ends, marks, instance_id)
        end, mark = ends.take(instance_id), marks.take(instance_id)
        _verify_chain(connection, found, chain, Head(instance_id, 0, GENESIS), end, mark)
        if at_least is not None and found.events >= at_least:
            found.reached = instance_id
            break
    else:
        _note_empty(found, ends, marks, None)
    _note_payloads(connection, found, after)
    return found


def verify_since(connection: Connection, anchored: Iterable[Head]) -> Findings:
    """Verify what came after ``anchored``, and that nothing of what was anchored is cut off.

    Takes on trust what the anchored heads seal; :func:`verify` trusts nothing.
    """
    found = Findings()
    marks = Ahead(iter(anchored))
    for end in heads(connection):
        _note_missing(found, marks, end.instance_id)
        mark = marks.take(end.instance_id) or Head(end.instance_id, 0, GENESIS)
        if mark == end:
            found.instances += 1
            continue
        if end.seq < mark.seq:
            found.instances += 1
            found.add(Fault(end.instance_id, end.seq + 1, Wrong.CUT_TAIL))
            continue
        rows = event_rows(connection, only=end.instance_id, after_seq=mark.seq)
        _verify_chain(connection, found, streamed(connection, rows), mark, end, None)
    _note_missing(found, marks, None)
    return found


def verify_one(connection: Connection, instance_id: int) -> Findings:
    """Verify the chain of one instance."""
    found = Findings()
    end = next(heads(connection, instance_id - 1), None)
    if end is not None and end.instance_id != instance_id:
        end = None
    rows = streamed(connection, event_rows(connection, only=instance_id))
    _verify_chain(connection, found, rows, Head(instance_id, 0, GENESIS), end, None)
    return found


def _verify_chain(
    connection: Connection,
    found: Findings,
    chain: Iterable[Row],
    start: Head,
    end: Head | None,
    mark: Head | None,
) -> None:
    """Add what came of one chain, which follows ``start``, to what was ``found``."""
    instance_id, seq, head = start
    marked = 0 if mark is None else mark.seq
    at_mark = head
    sound = True
    for row in chain:
        seq += 1
        try:
            head = link(head, row)
            sound = head == row[HASH] and row[SEQ] == seq
            if row[PAYLOAD] is not None:
                sound = sound and payload_digest(row[SALT], row[PAYLOAD]) == row[DIGEST]
            elif row[DIGEST] is not None:
                found.erased += 1
        except TypeError:
            # SQLite keeps a value of any type in any column.
            sound = False
        if not sound:
            break
        if seq == marked:
            at_mark = head
    found.instances += 1
    found.events += seq - start.seq
    if not sound or end != (instance_id, seq, head):
        rows = list(
            streamed(
                connection, event_rows(connection, only=instance_id, after_seq=start.seq or None)
            )
        )
        found.add(first_fault(rows, start, end))
    elif mark is not None and seq < marked:
        found.add(Fault(instance_id, seq + 1, Wrong.CUT_TAIL))
    elif mark is not None and at_mark != mark.head:
        found.add(Fault(instance_id, marked, Wrong.DIFFERS_FROM_ANCHOR))


def _note_empty(found: Findings, ends: Ahead, marks: Ahead, before: int | None) -> None:
    """Note the instances ``before`` that have no event at all, and those that are gone."""
    for end in ends.until(before):
        _note_missing(found, marks, end.instance_id)
        mark = marks.take(end.instance_id)
        found.instances += 1
        if end.seq > 0 or mark is not None:
            found.add(Fault(end.instance_id, 1, Wrong.CUT_TAIL))
    _note_missing(found, marks, before)


def _note_payloads(connection: Connection, found: Findings, after: int) -> None:
    """Note the payloads without an event, in cases where nothing else is wrong."""
    own, known = history_payload.c, {fault.instance_id for fault in found.faults}
    statement = _payloads_alone.where(own.instance_id > after)
    if found.reached is not None:
        statement = statement.where(own.instance_id <= found.reached)
    for instance_id, seq in connection.execute(statement):
        if instance_id not in known:
            found.add(Fault(instance_id, seq, Wrong.PAYLOAD_WITHOUT_EVENT))


def _note_missing(found: Findings, marks: Ahead, before: int | None) -> None:
    for mark in marks.until(before):
        found.add(Fault(mark.instance_id, 1, Wrong.MISSING_INSTANCE))


_payloads_alone = (
    select(history_payload.c.instance_id, func.min(history_payload.c.seq))
    .where(
        ~exists().where(
            history_event.c.instance_id == history_payload.c.instance_id,
            history_event.c.seq == history_payload.c.seq,
        )
    )
    .group_by(history_payload.c.instance_id)
)
