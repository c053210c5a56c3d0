"""Tables of applications: the file, its wishes, its points, its results, its nomination."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.sql.base import ExecutableOption

from engine.tables.types import BIG, Instant
from workflows.application.models import Campaign, Place, Ranking
from workflows.base import Base, Exact
from workflows.people.models import Person


class Application(Base):
    """One student's application in one campaign.

    What the student declares may be missing while it is a draft. ``status`` is one of
    :class:`workflows.application.views.Status`. ``isced_f`` is the field of study,
    ``eqf_level`` the level the student studies at, ``erasmus_months`` those already spent
    abroad in this cycle. ``conditional``: the present year is still to be passed.
    ``tie_order`` orders candidates of equal score, ``tie_reason`` says why.
    """

    __tablename__ = "application"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    ranking_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaign_ranking.id"))
    campaign_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaign.id"))
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"))
    instance_id: Mapped[int | None] = mapped_column(BIG)
    status: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    student_number: Mapped[str] = mapped_column(Text, default="")
    enrolled: Mapped[bool | None] = mapped_column(Boolean)
    years_completed: Mapped[int | None] = mapped_column(Integer)
    debts: Mapped[bool | None] = mapped_column(Boolean)
    conditional: Mapped[bool | None] = mapped_column(Boolean)
    eqf_level: Mapped[int | None] = mapped_column(Integer)
    isced_f: Mapped[str] = mapped_column(Text, default="")
    erasmus_months: Mapped[int | None] = mapped_column(Integer)
    motivation: Mapped[str] = mapped_column(Text, default="")
    tie_order: Mapped[int | None] = mapped_column(Integer)
    tie_reason: Mapped[str | None] = mapped_column(Text)

    ranking: Mapped[Ranking] = relationship()
    campaign: Mapped[Campaign] = relationship()
    person: Mapped[Person] = relationship()
    wishes: Mapped[list[Wish]] = relationship(order_by="Wish.rank", cascade="all, delete-orphan")
    languages: Mapped[list[LanguageLevel]] = relationship(
        order_by="LanguageLevel.position", cascade="all, delete-orphan"
    )
    reviews: Mapped[list[ApplicationReview]] = relationship(
        order_by="ApplicationReview.at, ApplicationReview.person_id"
    )
    results: Mapped[list[ApplicationResult]] = relationship(order_by="ApplicationResult.number")
    nomination: Mapped[Nomination | None] = relationship()

    __table_args__ = (
        UniqueConstraint("campaign_id", "person_id"),
        Index(None, "ranking_id"),
        Index(None, "person_id"),
    )

    @property
    def business_key(self) -> str:
        """What the application's process instance is about."""
        return f"application-{self.id}"

    @classmethod
    def whole(cls) -> tuple[ExecutableOption, ...]:
        """Options for reading many with all that belongs to them."""
        parts = (cls.wishes, cls.languages, cls.reviews, cls.results, cls.nomination)
        return tuple(selectinload(part) for part in parts)


_EXCEPTION = text("admitted AND failed <> ''")


class Wish(Base):
    """One of up to three ranked wishes.

    ``failed`` names the rules of eligibility that it does not meet, separated by blanks;
    ``admitted`` says whether it takes part, None while nobody has said.
    """

    __tablename__ = "application_wish"

    application_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("application.id", ondelete="CASCADE"), primary_key=True
    )
    rank: Mapped[int] = mapped_column(Integer, primary_key=True)
    place_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaign_place.id"))
    failed: Mapped[str] = mapped_column(Text, default="")
    admitted: Mapped[bool | None] = mapped_column(Boolean)

    place: Mapped[Place] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("application_id", "place_id"),
        Index(None, "place_id"),
        Index(
            "ix_application_wish_exception",
            "application_id",
            sqlite_where=_EXCEPTION,
            postgresql_where=_EXCEPTION,
        ),
    )

    @property
    def failed_rules(self) -> tuple[str, ...]:
        """The rules this wish does not meet."""
        return tuple(self.failed.split())


class LanguageLevel(Base):
    """A language the student speaks, and how well (CEFR, or NS for native speakers)."""

    __tablename__ = "application_language"

    application_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("application.id", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(Text, primary_key=True)
    cefr: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)


class ApplicationReview(Base):
    """What one reviewer says: points (in :class:`ReviewPoints`), or a conflict of interest."""

    __tablename__ = "application_review"

    application_id: Mapped[int] = mapped_column(BIG, ForeignKey("application.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(BIG, ForeignKey("person.id"), primary_key=True)
    conflict: Mapped[bool] = mapped_column(Boolean, default=False)
    remark: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    person: Mapped[Person] = relationship(lazy="joined")
    points: Mapped[list[ReviewPoints]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class ReviewPoints(Base):
    """Points out of 20 for one criterion."""

    __tablename__ = "application_points"

    application_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    person_id: Mapped[int] = mapped_column(BIG, primary_key=True)
    criterion: Mapped[str] = mapped_column(Text, primary_key=True)
    points: Mapped[Decimal] = mapped_column(Exact)

    __table_args__ = (
        ForeignKeyConstraint(
            ["application_id", "person_id"],
            ["application_review.application_id", "application_review.person_id"],
            ondelete="CASCADE",
        ),
    )


class ApplicationResult(Base):
    """One result, with its reasons; a later one follows it, none is ever changed.

    ``outcome`` and ``reasons`` (JSON: rank, score, and what became of each wish) are those
    of the allocation or of the decision ``cause`` names; ``actor`` is who confirmed it.
    """

    __tablename__ = "application_result"

    application_id: Mapped[int] = mapped_column(BIG, ForeignKey("application.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    cause: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    place_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("campaign_place.id"))
    reasons: Mapped[str] = mapped_column(Text, default="{}")
    remark: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)

    place: Mapped[Place | None] = relationship(lazy="joined")


class Nomination(Base):
    """A candidate named to the partner, and what the partner says.

    ``status`` as in EWP's omobilities v3: pending, approved, rejected, cancelled.
    """

    __tablename__ = "nomination"

    application_id: Mapped[int] = mapped_column(BIG, ForeignKey("application.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(BIG, ForeignKey("campaign_place.id"))
    status: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    sent_by: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_by: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    mobility_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("mobility.id"))

    place: Mapped[Place] = relationship(lazy="joined")
