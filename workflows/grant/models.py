"""Tables of grants: where each stands, and what happened to it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base, Exact

SCHEMES = ("erasmus", "ami", "crous")
"""Erasmus+; the ministry's mobility aid (AMI); the needs-based scholarship CROUS keeps paying."""


_EXCEPTION = text("exception <> ''")


class Grant(Base):
    """One aid for one mobility.

    Amounts are euros, exact to the cent. ``days`` are those the grant is computed on, a
    month counting as the scheme says; ``failed_rules`` the eligibility rules that were not
    met when it was decided, separated by blanks, ``exception`` why it was awarded all the
    same. ``paid`` is the prefinancing as recorded, ``balance`` what is then due to the
    student, or negative: due from them. Nothing here pays anything.
    """

    __tablename__ = "mobility_grant"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    instance_id: Mapped[int | None] = mapped_column(BIG)
    scheme: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    academic_year: Mapped[str] = mapped_column(Text)
    stay_start: Mapped[date | None] = mapped_column(Date)
    stay_end: Mapped[date | None] = mapped_column(Date)
    days: Mapped[int] = mapped_column(Integer, default=0)
    cycle_days: Mapped[int] = mapped_column(Integer, default=0)
    enrolled: Mapped[bool] = mapped_column(Boolean, default=False)
    crous_holder: Mapped[bool] = mapped_column(Boolean, default=False)
    monthly_amount: Mapped[Decimal] = mapped_column(Exact, default=Decimal(0))
    days_per_month: Mapped[int] = mapped_column(Integer, default=30)
    prefinancing_percent: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[Decimal] = mapped_column(Exact, default=Decimal(0))
    prefinancing: Mapped[Decimal] = mapped_column(Exact, default=Decimal(0))
    paid: Mapped[Decimal] = mapped_column(Exact, default=Decimal(0))
    balance: Mapped[Decimal] = mapped_column(Exact, default=Decimal(0))
    failed_rules: Mapped[str] = mapped_column(Text, default="")
    exception: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)

    events: Mapped[list[GrantEvent]] = relationship(
        order_by="GrantEvent.at, GrantEvent.id", lazy="selectin"
    )

    __table_args__ = (
        Index(None, "mobility_id"),
        Index(
            "ix_mobility_grant_exception",
            "instance_id",
            sqlite_where=_EXCEPTION,
            postgresql_where=_EXCEPTION,
        ),
    )


class GrantEvent(Base):
    """Something that happened to a grant; never changed.

    ``day`` is when it happened in the world (a payment's date), ``at`` when it was
    recorded, ``total`` what the grant amounted to from then on.
    """

    __tablename__ = "mobility_grant_event"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    grant_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility_grant.id"))
    kind: Mapped[str] = mapped_column(Text)
    day: Mapped[date | None] = mapped_column(Date)
    amount: Mapped[Decimal | None] = mapped_column(Exact)
    total: Mapped[Decimal] = mapped_column(Exact)
    reference: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    actor: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "grant_id"),)
