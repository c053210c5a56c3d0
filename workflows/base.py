"""What the domain's tables share: one declarative base on the product's one metadata."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Dialect, Numeric, Text
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from engine.tables import metadata as product_metadata


class Base(DeclarativeBase):
    """Declarative base of the domain; its tables live beside the engine's."""

    metadata = product_metadata


class Exact(TypeDecorator[Decimal]):
    """A decimal number, exact on both databases.

    PostgreSQL has NUMERIC; SQLite would round through a float, so it keeps the digits.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """TEXT on SQLite, NUMERIC elsewhere."""
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Decimal to digits where the database has no exact type."""
        if value is None or dialect.name != "sqlite":
            return value
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Digits to Decimal."""
        return None if value is None else Decimal(value)
