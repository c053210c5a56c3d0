"""Says what is wrong with a chain that does not verify, and at which event it begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.history.chain import FIELDS, Head, link, payload_digest
from engine.history.findings import Fault, Wrong
from engine.history.rows import DIGEST, HASH, PAYLOAD, SALT, SEQ, Row


def first_fault(rows: Sequence[Row], start: Head, end: Head | None) -> Fault:
    """The first wrong event of a chain that follows ``start`` and does not lead to ``end``.

    ``end`` is what the instance says of its chain; None where there is no instance.
    """
    instance_id, seq, head = start
    for position, row in enumerate(rows):
        seq += 1
        if row[SEQ] != seq or _linked(head, row) != row[HASH]:
            wrong, column = _Break(rows, position, seq, head, end).diagnosed()
            return Fault(instance_id, min(seq, row[SEQ]), wrong, column)
        if row[PAYLOAD] is not None and not _payload_holds(row):
            return Fault(instance_id, seq, Wrong.CHANGED_PAYLOAD)
        head = row[HASH]
    if end is None:
        return Fault(instance_id, 1, Wrong.MISSING_INSTANCE)
    if end.seq > seq:
        return Fault(instance_id, seq + 1, Wrong.CUT_TAIL)
    if end.seq >= start.seq and _hash_at(rows, start, end.seq) == end.head:
        return Fault(instance_id, end.seq + 1, Wrong.INSERTED_EVENT)
    return Fault(instance_id, seq, Wrong.HEAD_DIFFERS)


@dataclass(frozen=True, slots=True)
class _Break:
    """Where a chain of rows breaks: at ``position`` event ``seq`` should follow ``head``."""

    chain: Sequence[Row]
    position: int
    seq: int
    head: bytes
    end: Head | None

    @property
    def rows(self) -> Sequence[Row]:
        """From the break on."""
        return self.chain[self.position :]

    def diagnosed(self) -> tuple[Wrong, str]:
        row = self.rows[0]
        if row[SEQ] < self.seq:
            return Wrong.INSERTED_EVENT, ""
        if row[SEQ] > self.seq:
            moved = any(self._follows(each) for each in self.rows)
            return (Wrong.CHANGED_EVENT, "seq") if moved else (Wrong.MISSING_EVENT, "")
        if self._only_hash_changed():
            return Wrong.CHANGED_EVENT, "hash"
        if self.end is not None and self.seq > self.end.seq:
            return Wrong.INSERTED_EVENT, ""
        return self._swapped() or self._renumbered() or self._changed()

    def _follows(self, row: Row) -> bool:
        """Whether an event was written as the one that should stand here."""
        return bool(_linked(self.head, _with(row, SEQ, self.seq)) == row[HASH])

    def _only_hash_changed(self) -> bool:
        computed = _linked(self.head, self.rows[0])
        if computed is None:
            return False
        if len(self.rows) > 1:
            return bool(_linked(computed, self.rows[1]) == self.rows[1][HASH])
        return self.end is not None and self.end.head == computed

    def _swapped(self) -> tuple[Wrong, str] | None:
        row = self.rows[0]
        for other in self.rows[1:]:
            computed = _linked(self.head, _with(other, SEQ, self.seq))
            if computed is None or computed not in {row[HASH], other[HASH]}:
                continue
            back = _linked(computed, _with(row, SEQ, self.seq + 1))
            neighbours = other is self.rows[1]
            if neighbours and back not in {row[HASH], other[HASH]}:
                return Wrong.INSERTED_EVENT, ""
            return Wrong.SWAPPED_EVENTS, ""
        return None

    def _renumbered(self) -> tuple[Wrong, str] | None:
        """Whether an event was deleted and those after it moved up."""
        if self.end is None:
            return None
        row, lost = self.rows[0], self.end.seq - self.rows[-1][SEQ]
        if len(self.rows) == 1:
            return (Wrong.MISSING_EVENT, "") if lost and row[HASH] == self.end.head else None
        following = self.rows[1]
        for more in range(1, lost + 1):
            if _linked(row[HASH], _with(following, SEQ, following[SEQ] + more)) == following[HASH]:
                return Wrong.MISSING_EVENT, ""
        return None

    def _changed(self) -> tuple[Wrong, str]:
        row = self.rows[0]
        for column, value in self._candidates():
            if _linked(self.head, _with(row, column, value)) == row[HASH]:
                return Wrong.CHANGED_EVENT, FIELDS[column]
        return Wrong.CHANGED_EVENT, ""

    def _candidates(self) -> Iterator[tuple[int, object]]:
        """Values that a column of the event may have had: what other events have there."""
        row = self.rows[0]
        if row[PAYLOAD] is not None and isinstance(row[SALT], bytes):
            yield DIGEST, payload_digest(row[SALT], row[PAYLOAD])
        for column in range(len(FIELDS)):
            yield from ((column, value) for value in {None, *(each[column] for each in self.chain)})


def _with(row: Row, column: int, value: object) -> Row:
    return (*row[:column], value, *row[column + 1 :])


def _linked(head: bytes, row: Row) -> bytes | None:
    """The event's hash; None for a row that no event could be written as."""
    try:
        return link(head, row)
    except TypeError:
        return None


def _payload_holds(row: Row) -> bool:
    try:
        return bool(payload_digest(row[SALT], row[PAYLOAD]) == row[DIGEST])
    except TypeError:
        return False


def _hash_at(rows: Sequence[Row], start: Head, seq: int) -> object:
    return start.head if seq == start.seq else rows[seq - start.seq - 1][HASH]
