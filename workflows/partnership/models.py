"""Tables of partnerships: what each says, and who has said what about it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base

KINDS = ("agreement", "double_degree", "framework")
"""An agreement on mobility; a double degree; a framework without places."""


class Partnership(Base):
    """One agreement with one university.

    An empty ``department`` means all of them. It holds from ``starts_on`` to ``ends_on``
    (both included); ``ends_on`` and ``renewal_on``, when to decide whether to renew it, are
    known once it is signed. The two curricula and ``grade_grid`` are the pedagogical file of
    a double degree. ``renewal_of`` names the one it is to follow.
    """

    __tablename__ = "partnership"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(BIG)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    hei_id: Mapped[str] = mapped_column(Text)
    department: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text)
    isced_f: Mapped[str] = mapped_column(Text, default="")
    places_out: Mapped[int] = mapped_column(Integer, default=0)
    places_in: Mapped[int] = mapped_column(Integer, default=0)
    starts_on: Mapped[date | None] = mapped_column(Date)
    years: Mapped[int] = mapped_column(Integer, default=0)
    ends_on: Mapped[date | None] = mapped_column(Date)
    renewal_on: Mapped[date | None] = mapped_column(Date)
    purpose: Mapped[str] = mapped_column(Text, default="")
    home_curriculum: Mapped[str] = mapped_column(Text, default="")
    partner_curriculum: Mapped[str] = mapped_column(Text, default="")
    grade_grid: Mapped[str] = mapped_column(Text, default="")
    renewal_of: Mapped[int | None] = mapped_column(BIG, ForeignKey("partnership.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime | None] = mapped_column(Instant)

    opinions: Mapped[list[Opinion]] = relationship(
        order_by="Opinion.at, Opinion.id", lazy="selectin"
    )

    __table_args__ = (
        Index(None, "hei_id"),
        Index(None, "renewal_of"),
        CheckConstraint("years >= 0", name="years_not_negative"),
    )


class Opinion(Base):
    """What one body said of a partnership: its group, its answer, its reasons."""

    __tablename__ = "partnership_opinion"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    partnership_id: Mapped[int] = mapped_column(BIG, ForeignKey("partnership.id"))
    body: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "partnership_id"),)
