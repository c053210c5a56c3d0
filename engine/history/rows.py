"""Events as they are verified: rows of what the database holds, texts as their bytes.

Bytes, because SQLite holds texts that are none (and a verifier must not fall over what it
is there to find), and because a hash covers bytes.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import (
    Column,
    CompoundSelect,
    Connection,
    LargeBinary,
    Select,
    Table,
    cast,
    func,
    select,
)
from sqlalchemy.orm import Session

from engine.history.chain import FIELDS, TEXTS, Head
from engine.tables import history_event, history_log, history_payload, instance

Row = tuple[Any, ...]
"""The :data:`~engine.history.chain.FIELDS` of an event, its hash, the salt, the payload."""

SEQ = FIELDS.index("seq")
DIGEST = FIELDS.index("payload_digest")
HASH, SALT, PAYLOAD = range(len(FIELDS), len(FIELDS) + 3)

_BATCH = 1_000
_numbers = itertools.count()


def event_rows(
    connection: Connection, *, after: int = 0, only: int | None = None, after_seq: int | None = None
) -> Select[Any]:
    """Events in their order: of instances ``after`` one, or of ``only`` one ``after_seq``."""
    own = history_event.c
    statement = (
        select(
            *(_bytes(connection, own[name]) if name in TEXTS else own[name] for name in FIELDS),
            own.hash,
            history_payload.c.salt,
            history_payload.c.payload,
        )
        .outerjoin(
            history_payload,
            (history_payload.c.instance_id == own.instance_id) & (history_payload.c.seq == own.seq),
        )
        .order_by(own.instance_id, own.seq)
    )
    if only is None:
        return statement.where(own.instance_id > after)
    statement = statement.where(own.instance_id == only)
    return statement if after_seq is None else statement.where(own.seq > after_seq)


def _bytes(connection: Connection, column: Column[Any]) -> Any:
    if connection.dialect.name == "sqlite":
        return cast(column, LargeBinary)
    return func.convert_to(column, "UTF8")


def streamed(connection: Connection, statement: Select[Any] | CompoundSelect[Any]) -> Iterator[Row]:
    """The rows of a statement whose values are numbers, a batch at a time.

    As the driver gives them: what SQLAlchemy does with each row would take as long as to
    verify it. ``connection`` is in a transaction.
    """
    sql = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        cursor = driver.cursor()
    else:
        # A cursor with a name stays in the server, which sends what is fetched and no more.
        cursor = driver.cursor(name=f"history_{next(_numbers)}", binary=True)
    with closing(cursor):
        cursor.execute(sql)
        while batch := cursor.fetchmany(_BATCH):
            yield from batch


def heads(connection: Connection, after: int = 0) -> Iterator[Head]:
    """Where every chain stands, as its instance says: of the instances ``after`` one.

    The log of accesses counts as one of them.
    """
    own, log = instance.c, history_log.c
    statement = (
        select(own.id, own.seq, own.head)
        .where(own.id > after)
        .union_all(select(log.id, log.seq, log.head).where(log.id > after))
        .order_by("id")
    )
    return (Head(*row) for row in streamed(connection, statement))


def chains(connection: Connection) -> int:
    """How many chains there are."""
    counted = (select(func.count()).select_from(each) for each in (instance, history_log))
    return sum(connection.scalar(each) or 0 for each in counted)


class Ahead:
    """Heads in the order of their instances, taken up to one that is asked for."""

    def __init__(self, heads: Iterator[Head]) -> None:
        self._heads = heads
        self._next = next(heads, None)

    def until(self, instance_id: int | None) -> Iterator[Head]:
        """Those of the instances before one; None stands for the end."""
        while self._next is not None and (
            instance_id is None or self._next.instance_id < instance_id
        ):
            head, self._next = self._next, next(self._heads, None)
            yield head

    def take(self, instance_id: int) -> Head | None:
        """That of one instance, once all before it are taken; None where it has none."""
        head = self._next
        if head is None or head.instance_id != instance_id:
            return None
        self._next = next(self._heads, None)
        return head


def expect_many(connection: Connection) -> None:
    """Have events and payloads read side by side until the transaction ends.

    PostgreSQL would look up a payload for each event, which takes three times as long: it plans
    a cursor for who wants only the first rows.
    """
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET LOCAL enable_nestloop = off")


def one_moment(session: Session) -> Connection:
    """The connection of a session that has read nothing yet, for reading as of one moment."""
    if session.get_bind().dialect.name == "sqlite":
        return session.connection()
    return session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def one_at_a_time(connection: Connection, table: Table) -> None:
    """Keep others who ask the same from going on until the commit; SQLite's commands queue anyway.

    An advisory lock, for a role that may only insert into the record may not lock its tables.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(table.name))))
