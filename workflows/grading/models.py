"""The table of grading tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Boolean, Dialect, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from engine.tables.types import BIG, Instant
from workflows.base import Base

Entries = tuple[tuple[str, Decimal], ...]
"""Labels with their counts, the best grade first, passing grades only."""


class EntriesText(TypeDecorator[Entries]):
    """Entries as JSON text; counts keep their digits."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[tuple[str, Decimal]] | None, _: Dialect) -> Any:
        """Entries to JSON."""
        if value is None:
            return None
        listed = [[label, format(count, "f")] for label, count in value]
        return json.dumps(listed, ensure_ascii=False)

    def process_result_value(self, value: Any, _: Dialect) -> Entries | None:
        """JSON to entries."""
        if value is None:
            return None
        return tuple((str(label), Decimal(count)) for label, count in json.loads(value))


class YearsText(TypeDecorator[tuple[str, ...]]):
    """Academic years as one text, parted by commas."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, _: Dialect) -> Any:
        """Years to text."""
        return None if value is None else ",".join(value)

    def process_result_value(self, value: Any, _: Dialect) -> tuple[str, ...] | None:
        """Text to years."""
        return None if value is None else tuple(str(value).split(","))


class GradingTable(Base):
    """How often an institution gives each passing grade (ECTS Users' Guide 2015, 4.3).

    ``isced_f`` has 1 to 4 digits and is empty for the whole institution, ``eqf`` is 0 for
    all levels. Versions are added, never replaced: a decision names the one it used.
    ``counted`` is False where only percentages were published. ``source`` says where the
    figures come from, ``created_by`` names the actor who recorded them.
    """

    __tablename__ = "grading_table"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    hei_id: Mapped[str] = mapped_column(Text)
    isced_f: Mapped[str] = mapped_column(Text)
    eqf: Mapped[int] = mapped_column(Integer)
    years: Mapped[tuple[str, ...]] = mapped_column(YearsText)
    scale: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    entries: Mapped[Entries] = mapped_column(EntriesText)
    counted: Mapped[bool] = mapped_column(Boolean, default=True)
    warnings: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("hei_id", "isced_f", "eqf", "scale", "version"),)
