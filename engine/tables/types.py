"""Column types shared by every table of the product, and how instants are kept.

Instants are whole microseconds since 1970-01-01T00:00:00Z: both databases
order, compare and index them the same way, and no driver guesses a zone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy.types import TypeDecorator

BIG = BigInteger().with_variant(Integer, "sqlite")
"""A 63-bit integer; on SQLite the row id itself."""

FAR = 253_402_300_799_000_000
"""9999-12-31T23:59:59Z: "no due date", kept as a value so that keyset paging
needs no special case for nulls."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(at: datetime) -> int:
    """Microseconds since the epoch of an aware datetime.

    Raises ValueError for a naive one.
    """
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return (at - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The aware UTC datetime of ``micros`` microseconds since the epoch."""
    return _EPOCH + timedelta(microseconds=micros)


def due_to_micros(at: datetime | None) -> int:
    """Like :func:`to_micros`, with "none" kept as :data:`FAR`."""
    return FAR if at is None else to_micros(at)


def due_from_micros(micros: int) -> datetime | None:
    """Like :func:`from_micros`, with :data:`FAR` read as "none"."""
    return None if micros >= FAR else from_micros(micros)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as microseconds; for tables read by the ORM."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """SQLite's INTEGER, BIGINT elsewhere."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Datetime to microseconds."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Microseconds to datetime."""
        return None if value is None else from_micros(value)
