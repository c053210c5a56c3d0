"""Deletes rows together with those that cannot be without them, as the foreign keys say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ForeignKeyConstraint,
    Table,
    delete,
    select,
    tuple_,
    update,
)

from engine.tables import metadata

_AT_ONCE = 400


def delete_rows(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    """Delete rows, and rows of other tables that point to them; gives how many went.

    Where a pointer may be empty the row that points stays, and points nowhere.
    """
    rows = [row._mapping for row in connection.execute(select(table).where(*where))]
    gone = 0
    for other, key in _pointing_to(table):
        columns = [column.parent for column in key.elements]
        named = [element.column.name for element in key.elements]
        for some in _batches([tuple(row[name] for name in named) for row in rows]):
            pointing = (
                tuple_(*columns).in_(some)
                if len(columns) > 1
                else columns[0].in_([value for (value,) in some])
            )
            if all(column.nullable for column in columns):
                empty: dict[str, Any] = {column.name: None for column in columns}
                connection.execute(update(other).where(pointing).values(empty))
            else:
                gone += delete_rows(connection, other, pointing)
    return gone + connection.execute(delete(table).where(*where)).rowcount


def children_of(table: Table) -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    """The tables whose rows cannot be without one of this table, and by which key."""
    for other, key in _pointing_to(table):
        if not all(element.parent.nullable for element in key.elements):
            yield other, key


def _pointing_to(table: Table) -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    for other in metadata.sorted_tables:
        for key in other.foreign_key_constraints:
            if key.referred_table is table:
                yield other, key


def _batches(keys: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    rest = iter(keys)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
