"""Tables of campaigns: what is offered, and whose ranking it is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.application.policy.scoring import CRITERIA
from workflows.base import Base, Exact

DRAFT, PUBLISHED, CLOSED = "draft", "published", "closed"
"""Where a campaign stands: being prepared, open to applications in its time, over."""

ERASMUS, OUTSIDE = "erasmus", "outside"
PROGRAMMES = (ERASMUS, OUTSIDE)
"""Under which programme a place lies: Erasmus, whose stays rest on a learning agreement, or
none, whose stays rest on a validation plan."""

DOCUMENT_KINDS = ("letter", "cv", "transcript", "language_proof", "project")
"""What a candidate may have to add: motivation letter, CV, transcripts, language, courses."""


class Campaign(Base):
    """One call for applications of an academic year.

    Applications are taken from ``opens_at`` until ``closes_at``. ``allow_debt`` admits
    students who owe units of an earlier year (AJAC). ``min_score`` (out of 20) is the score
    below which nobody is placed; None for no threshold. ``required_documents`` are kinds,
    separated by blanks. ``revision`` guards every change.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    academic_year: Mapped[str] = mapped_column(Text)
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(Text, default=DRAFT)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    allow_debt: Mapped[bool] = mapped_column(Boolean, default=False)
    min_score: Mapped[Decimal | None] = mapped_column(Exact)
    required_documents: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)

    rankings: Mapped[list[Ranking]] = relationship(
        order_by="Ranking.department", back_populates="campaign", lazy="selectin"
    )

    def open_at(self, now: datetime) -> bool:
        """Whether applications are taken at that moment."""
        return self.status == PUBLISHED and self.opens_at <= now < self.closes_at

    @property
    def threshold(self) -> Fraction | None:
        """The least score as an exact number."""
        return None if self.min_score is None else Fraction(self.min_score)

    @property
    def documents(self) -> tuple[str, ...]:
        """The kinds of documents every candidate must add."""
        return tuple(self.required_documents.split())


class Ranking(Base):
    """One department's part in a campaign: its criteria, its reviewers, its ranking.

    The weights say how much each criterion counts. ``quorum`` is how many of the commission
    must have given points, 0 for all; without a commission one coordinator does. Each
    change of anything that can change a result counts ``revision`` up: whoever decides
    something decides about one revision. ``allocated_at`` is when the places were given.
    """

    __tablename__ = "campaign_ranking"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaign.id"))
    department: Mapped[str] = mapped_column(Text)
    weight_motivation: Mapped[int] = mapped_column(Integer)
    weight_language: Mapped[int] = mapped_column(Integer)
    weight_results: Mapped[int] = mapped_column(Integer)
    weight_coherence: Mapped[int] = mapped_column(Integer)
    quorum: Mapped[int] = mapped_column(Integer, default=0)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    allocated_at: Mapped[datetime | None] = mapped_column(Instant)
    allocated_by: Mapped[str | None] = mapped_column(Text)

    campaign: Mapped[Campaign] = relationship(back_populates="rankings")
    places: Mapped[list[Place]] = relationship(
        order_by="Place.position, Place.id", back_populates="ranking", lazy="selectin"
    )
    commission: Mapped[list[CommissionMember]] = relationship(
        order_by="CommissionMember.person_id", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("campaign_id", "department"),)

    @property
    def weights(self) -> dict[str, int]:
        """The weight of each criterion."""
        return {name: int(getattr(self, f"weight_{name}")) for name in CRITERIA}


class CommissionMember(Base):
    """Somebody who gives points in a ranking."""

    __tablename__ = "campaign_commission"

    ranking_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("campaign_ranking.id", ondelete="CASCADE"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"), primary_key=True)


class Place(Base):
    """What an agreement offers to a department: so many places for so many months.

    ``isced_f`` and ``eqf_level`` say for which field and level the agreement was made;
    ``language`` (BCP 47) and ``cefr`` what the partner asks for, an empty ``cefr`` nothing.
    ``programme`` is one of :data:`PROGRAMMES`.
    """

    __tablename__ = "campaign_place"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    ranking_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaign_ranking.id"))
    position: Mapped[int] = mapped_column(Integer)
    hei_id: Mapped[str] = mapped_column(Text)
    isced_f: Mapped[str] = mapped_column(Text)
    eqf_level: Mapped[int] = mapped_column(Integer)
    months: Mapped[int] = mapped_column(Integer)
    language: Mapped[str] = mapped_column(Text)
    cefr: Mapped[str] = mapped_column(Text, default="")
    programme: Mapped[str] = mapped_column(Text, default=ERASMUS)

    ranking: Mapped[Ranking] = relationship(back_populates="places")
    seats: Mapped[list[Seat]] = relationship(
        order_by="Seat.number", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (
        Index(None, "ranking_id"),
        CheckConstraint("months > 0", name="months_positive"),
    )


class Seat(Base):
    """One place of those an agreement offers; it has one holder or none.

    There are as many rows as places, and an application holds one at most: the database
    itself refuses to give a place twice.
    """

    __tablename__ = "campaign_seat"

    place_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("campaign_place.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    application_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("application.id"))

    __table_args__ = (UniqueConstraint("application_id"),)
