"""The table of mobilities."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG, Instant
from workflows.base import Base
from workflows.mobility.agreement import AGREEMENT_FIELDS, Agreement

MOBILITY_TYPES = ("semester", "blended", "doctoral")
"""One or more semesters; a short blended stay; a short doctoral stay."""


class Mobility(Base):
    """One student's stay at one institution.

    ``(sending_hei_id, omobility_id)`` names it in the EWP network. ``called_off_at`` is when
    it was decided that it does not take place: refused, or given up. The columns after
    ``created_at`` are the fields of the agreement as known today, as text
    (:class:`workflows.mobility.agreement.Agreement`); each version of a contract keeps
    its own frozen copy.
    """

    __tablename__ = "mobility"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    omobility_id: Mapped[str] = mapped_column(Text)
    mobility_type: Mapped[str] = mapped_column(Text, default="semester")
    department: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(BIG, ForeignKey("person.id"))
    instance_id: Mapped[int | None] = mapped_column(BIG)
    created_at: Mapped[datetime] = mapped_column(Instant)

    sending_hei_id: Mapped[str] = mapped_column(Text)
    sending_ounit_name: Mapped[str | None] = mapped_column(Text)
    sending_ounit_id: Mapped[str | None] = mapped_column(Text)
    sending_contact_given_names: Mapped[str | None] = mapped_column(Text)
    sending_contact_family_name: Mapped[str | None] = mapped_column(Text)
    sending_contact_email: Mapped[str | None] = mapped_column(Text)
    sending_contact_phone_e164: Mapped[str | None] = mapped_column(Text)
    sending_contact_phone_ext: Mapped[str | None] = mapped_column(Text)
    sending_contact_phone_other_format: Mapped[str | None] = mapped_column(Text)
    receiving_hei_id: Mapped[str] = mapped_column(Text)
    receiving_ounit_name: Mapped[str | None] = mapped_column(Text)
    receiving_ounit_id: Mapped[str | None] = mapped_column(Text)
    receiving_contact_given_names: Mapped[str | None] = mapped_column(Text)
    receiving_contact_family_name: Mapped[str | None] = mapped_column(Text)
    receiving_contact_email: Mapped[str | None] = mapped_column(Text)
    receiving_contact_phone_e164: Mapped[str | None] = mapped_column(Text)
    receiving_contact_phone_ext: Mapped[str | None] = mapped_column(Text)
    receiving_contact_phone_other_format: Mapped[str | None] = mapped_column(Text)
    receiving_academic_year_id: Mapped[str | None] = mapped_column(Text)
    student_given_names: Mapped[str | None] = mapped_column(Text)
    student_family_name: Mapped[str | None] = mapped_column(Text)
    student_global_id: Mapped[str | None] = mapped_column(Text)
    student_birth_date: Mapped[str | None] = mapped_column(Text)
    student_citizenship: Mapped[str | None] = mapped_column(Text)
    student_gender: Mapped[str | None] = mapped_column(Text)
    student_email: Mapped[str | None] = mapped_column(Text)
    start_date: Mapped[str | None] = mapped_column(Text)
    start_year_month: Mapped[str | None] = mapped_column(Text)
    end_date: Mapped[str | None] = mapped_column(Text)
    end_year_month: Mapped[str | None] = mapped_column(Text)
    eqf_level_studied_at_departure: Mapped[str | None] = mapped_column(Text)
    isced_f_code: Mapped[str | None] = mapped_column(Text)
    isced_clarification: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    cefr_level: Mapped[str | None] = mapped_column(Text)
    learning_outcomes_url: Mapped[str | None] = mapped_column(Text)
    provisions_url: Mapped[str | None] = mapped_column(Text)
    called_off_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (
        UniqueConstraint("sending_hei_id", "omobility_id"),
        Index(None, "person_id"),
        Index(None, "instance_id"),
    )

    @property
    def agreement(self) -> Agreement:
        """The fields of the agreement as known today."""
        return Agreement(**{name: getattr(self, name) for name in AGREEMENT_FIELDS})

    @agreement.setter
    def agreement(self, agreement: Agreement) -> None:
        for name in AGREEMENT_FIELDS:
            setattr(self, name, getattr(agreement, name))


class ShortenedStay(Base):
    """That a stay ends before its time, as RI told it; the newest row of a mobility counts."""

    __tablename__ = "shortened_stay"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    mobility_id: Mapped[int] = mapped_column(BIG, ForeignKey("mobility.id"))
    last_day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    told_by: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "mobility_id"),)
