"""Tables of institutions and departments."""

from __future__ import annotations

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.tables.types import BIG
from workflows.base import Base

UNASSIGNED = "unassigned"
"""Code of the department of a case that RI has yet to assign."""


class Institution(Base):
    """A university, known by its SCHAC domain (``uu.se``), as the EWP network names it."""

    __tablename__ = "institution"

    id: Mapped[int] = mapped_column(BIG, primary_key=True)
    hei_id: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    erasmus_code: Mapped[str | None] = mapped_column(Text)
    contact_given_names: Mapped[str | None] = mapped_column(Text)
    contact_family_name: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(Text)
    course_catalogue_url: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(Text, default="en")
    """Language of the mails its contact gets."""

    __table_args__ = (UniqueConstraint("hei_id"),)


class Department(Base):
    """A composante of the home institution; ``code`` appears in candidate groups."""

    __tablename__ = "department"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name_fr: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str] = mapped_column(Text)
    name_es: Mapped[str] = mapped_column(Text)
    ounit_id: Mapped[str | None] = mapped_column(Text)
    """Its identifier in the EWP network, where it has one."""

    @property
    def coordinator_group(self) -> str:
        """The candidate group of its coordinators."""
        return f"coordinator:{self.code}"

    def name(self, locale: str) -> str:
        """Its name in fr, en or es; French for any other language."""
        return {"en": self.name_en, "es": self.name_es}.get(locale, self.name_fr)
