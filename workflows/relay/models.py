"""Tables of the correspondence on mobilities."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base
from workflows.papers.models import Document

PARTIES = ("student", "coordinator", "ri", "partner")
"""Who writes to whom; each party is a side of the mobility, not a person."""


class Letter(Base):
    """One message, from one party to others; never changed.

    ``author`` is the actor and ``author_name`` what they are called; ``key`` makes sending
    it twice the same as once. Its own party and those it is to can read it, nobody else.
    """

    __tablename__ = "relay_letter"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    party: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(Text)
    to_student: Mapped[bool] = mapped_column(Boolean, default=False)
    to_coordinator: Mapped[bool] = mapped_column(Boolean, default=False)
    to_ri: Mapped[bool] = mapped_column(Boolean, default=False)
    to_partner: Mapped[bool] = mapped_column(Boolean, default=False)
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    enclosures: Mapped[list[Enclosure]] = relationship(
        order_by="Enclosure.document_id", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("mobility_id", "author", "key"),)

    @property
    def to(self) -> tuple[str, ...]:
        """The parties it is to."""
        return tuple(party for party in PARTIES if getattr(self, f"to_{party}"))

    def read_by(self, party: str) -> bool:
        """Whether a party can read it."""
        return party == self.party or party in self.to


class Enclosure(Base):
    """A document sent with a letter; whoever can read the letter can fetch it."""

    __tablename__ = "relay_enclosure"

    document_id: Mapped[int] = mapped_column(BIG, ForeignKey("document.id"), primary_key=True)
    letter_id: Mapped[int] = mapped_column(BIG, ForeignKey("relay_letter.id"))

    document: Mapped[Document] = relationship(lazy="joined")

    __table_args__ = (Index(None, "letter_id"),)
