"""Tables of contracts: versions, components with their credits, signatures, answers."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.tables.types import BIG, Instant
from workflows.base import Base, Exact
from workflows.mobility.models import Mobility


class ContractVersion(Base):
    """One version of a mobility's contract; versions are added, never replaced.

    ``agreement`` is the frozen copy of the agreement's fields (JSON of
    :class:`workflows.mobility.agreement.Agreement`); it follows the mobility while the
    version is a draft and no longer afterwards. ``base_id`` is the version a change list
    applies to; its own rows are then only the inserted and deleted ones.
    """

    __tablename__ = "contract_version"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="agreement")
    changes_proposal_id: Mapped[str | None] = mapped_column(Text)
    base_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("contract_version.id"))
    agreement: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)

    mobility: Mapped[Mobility] = relationship()
    base: Mapped[ContractVersion | None] = relationship(remote_side="ContractVersion.id")
    components: Mapped[list[Component]] = relationship(
        order_by="Component.part, Component.position", cascade="all, delete-orphan"
    )
    signatures: Mapped[list[Signature]] = relationship(order_by="Signature.signed_at, Signature.id")
    comments: Mapped[list[PartnerComment]] = relationship(
        order_by="PartnerComment.at, PartnerComment.id"
    )
    reviews: Mapped[list[Review]] = relationship(order_by="Review.at, Review.id")

    __table_args__ = (UniqueConstraint("mobility_id", "number"),)


class Component(Base):
    """One educational component of one version, in one of the five parts.

    ``lineage`` stays with the component from version to version, so that marks show what
    changed in it. ``status``, ``reason_code`` and ``reason_text`` are those of a change
    list (omobility-las v1.2.0).
    """

    __tablename__ = "contract_component"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract_version.id"))
    part: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer)
    lineage: Mapped[str] = mapped_column(Text)
    los_id: Mapped[str | None] = mapped_column(Text)
    los_code: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    loi_id: Mapped[str | None] = mapped_column(Text)
    term_number: Mapped[str | None] = mapped_column(Text)
    total_terms: Mapped[str | None] = mapped_column(Text)
    recognition_conditions: Mapped[str | None] = mapped_column(Text)
    short_description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str | None] = mapped_column(Text)
    reason_code: Mapped[str | None] = mapped_column(Text)
    reason_text: Mapped[str | None] = mapped_column(Text)

    credits: Mapped[list[ComponentCredit]] = relationship(
        order_by="ComponentCredit.position", cascade="all, delete-orphan", lazy="selectin"
    )

    __table_args__ = (UniqueConstraint("version_id", "part", "position"),)


class ComponentCredit(Base):
    """Credits of one scheme; ``text`` is the number as it was written."""

    __tablename__ = "contract_component_credit"

    component_id: Mapped[int] = mapped_column(
        BIG, ForeignKey("contract_component.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    scheme: Mapped[str] = mapped_column(Text)
    value: Mapped[Decimal] = mapped_column(Exact)
    text: Mapped[str] = mapped_column(Text)


class Signature(Base):
    """One party's signature under one version.

    ``digest`` is the content digest at the moment of signing; ``timestamp`` the moment as
    the signing application wrote it; ``actor`` who did it here (None when imported).
    """

    __tablename__ = "contract_signature"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract_version.id"))
    role: Mapped[str] = mapped_column(Text)
    signer_name: Mapped[str | None] = mapped_column(Text)
    signer_position: Mapped[str | None] = mapped_column(Text)
    signer_email: Mapped[str | None] = mapped_column(Text)
    signer_app: Mapped[str | None] = mapped_column(Text)
    timestamp: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(Instant)
    digest: Mapped[str] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (UniqueConstraint("version_id", "role"),)


class PartnerComment(Base):
    """What the receiving institution wrote about a version.

    ``late`` marks one that came once the version was no longer open.
    """

    __tablename__ = "contract_partner_comment"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract_version.id"))
    text: Mapped[str] = mapped_column(Text)
    signer_name: Mapped[str | None] = mapped_column(Text)
    signer_position: Mapped[str | None] = mapped_column(Text)
    signer_email: Mapped[str | None] = mapped_column(Text)
    signer_app: Mapped[str | None] = mapped_column(Text)
    timestamp: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(Text)
    late: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (Index(None, "version_id"),)


class Review(Base):
    """One answer given inside the university; ``checks`` is JSON of ticked boxes."""

    __tablename__ = "contract_review"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    version_id: Mapped[int] = mapped_column(BIG, ForeignKey("contract_version.id"))
    stage: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    checks: Mapped[str] = mapped_column(Text, default="{}")
    actor: Mapped[str] = mapped_column(Text)
    reviewer_name: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "version_id"),)
