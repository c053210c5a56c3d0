"""A record of three cases in the hands of somebody who may do everything with the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection, insert, select, text, update

from engine import Actor, Findings, Wrong
from engine.history.chain import GENESIS
from engine.history.recorder import Recorded, append
from engine.history.verifying import verify
from engine.tables import definition, history_event, history_payload, instance

CASES = (101, 102, 103)
LENGTH = 8
AT = 1_780_000_000_000_000
_KINDS = ("work_item_created", "work_item_completed")


def events(case: int, first: int, last: int) -> list[Recorded]:
    """Events of a case, a payload with every second one."""
    return [
        Recorded(
            _KINDS[seq % 2],
            Actor(f"person:{seq % 3}", "Somebody", on_behalf_of="person:9" if seq % 4 else None),
            f"step{seq % 2}",
            case * 100 + seq % 4,
            {"grade": seq} if seq % 2 == 0 else None,
        )
        for seq in range(first, last + 1)
    ]


@dataclass
class Record:
    """Cases with their events, and what a superuser may do to them."""

    connection: Connection
    heads: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    @classmethod
    def written(cls, connection: Connection) -> Record:
        """Three cases of eight events."""
        record = cls(connection)
        connection.execute(
            insert(definition),
            {
                "id": 1,
                "key": "approval",
                "version": 1,
                "digest": "",
                "note": "",
                "deployed_at": AT,
                "deployed_by": "system",
            },
        )
        for case in CASES:
            record.add_case(case)
        return record

    def add_case(self, case: int) -> None:
        """A case with its events."""
        self.connection.execute(
            insert(instance),
            {
                "id": case,
                "definition_id": 1,
                "business_key": f"M-{case}",
                "status": 0,
                "revision": 1,
                "seq": 0,
                "head": GENESIS,
                "subject": "",
                "org_unit": "",
                "counterparty": "",
                "started_at": AT,
            },
        )
        self.heads[case] = (0, GENESIS)
        self.go_on(case, LENGTH)

    def go_on(self, case: int, more: int) -> None:
        """Write ``more`` events of a case, as the engine does."""
        seq, head = self.heads[case]
        seq, head = append(self.connection, case, seq, head, AT, events(case, seq + 1, seq + more))
        self.set_head(case, seq, head)

    def set_head(self, case: int, seq: int, head: bytes) -> None:
        """Write what an instance says of its chain."""
        self.heads[case] = (seq, head)
        self.connection.execute(
            update(instance).where(instance.c.id == case).values(seq=seq, head=head)
        )

    def drop_triggers(self) -> None:
        """Take the guards away, as a superuser can."""
        sqlite = self.connection.dialect.name == "sqlite"
        names = (
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
            if sqlite
            else "SELECT tgname, tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal"
        )
        for name, table in self.connection.execute(text(names)).all():
            place = "" if sqlite else f" ON {table}"
            self.connection.execute(text(f"DROP TRIGGER {name}{place}"))

    def change(self, case: int, seq: int, /, **values: object) -> None:
        """Overwrite columns of an event."""
        self.connection.execute(update(history_event).where(*_is(case, seq)).values(**values))

    def change_payload(self, case: int, seq: int, /, **values: object) -> None:
        """Overwrite columns of a payload."""
        there = (history_payload.c.instance_id == case, history_payload.c.seq == seq)
        self.connection.execute(update(history_payload).where(*there).values(**values))

    def delete(self, case: int, *seqs: int) -> None:
        """Delete events with their payloads."""
        for table in (history_event, history_payload):
            chosen = (table.c.instance_id == case, table.c.seq.in_(seqs))
            self.connection.execute(table.delete().where(*chosen))

    def insert(self, case: int, seq: int, /, **values: object) -> None:
        """Insert an event made of the one that stands at 1."""
        row = self.event(case, 1) | {"instance_id": case, "seq": seq} | values
        self.connection.execute(insert(history_event), row)

    def renumber(self, case: int, after: int, by: int) -> None:
        """Move the events after one, and their payloads, up or down."""
        for table in (history_event, history_payload):
            own = table.c
            moved = update(table).where(own.instance_id == case)
            # By way of negative numbers, so that no two meet on the way.
            self.connection.execute(moved.where(own.seq > after).values(seq=-(own.seq + by)))
            self.connection.execute(moved.where(own.seq < 0).values(seq=-own.seq))

    def swap(self, case: int, one: int, other: int, *, hashes: bool) -> None:
        """Let two events change places, with their hashes or between them."""
        first, second = self.event(case, one), self.event(case, other)
        for seq, row in ((one, second), (other, first)):
            kept = {} if hashes else {"hash": (first if seq == one else second)["hash"]}
            self.change(case, seq, **{**row, "seq": seq, **kept})

    def event(self, case: int, seq: int) -> dict:
        """A row of the record."""
        found = self.connection.execute(select(history_event).where(*_is(case, seq)))
        return dict(found.one()._mapping)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is done in the block is taken back at its end."""
        with self.connection.begin_nested() as savepoint:
            yield
            savepoint.rollback()

    def found(self) -> Findings:
        """What verifying everything finds."""
        return verify(self.connection)

    def named(self) -> list[tuple[int, int, Wrong, str]]:
        """The faults it names."""
        return [(f.instance_id, f.seq, f.wrong, f.column) for f in self.found().faults]


def _is(case: int, seq: int) -> tuple:
    return history_event.c.instance_id == case, history_event.c.seq == seq
