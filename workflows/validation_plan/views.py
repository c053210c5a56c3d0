"""What pages, mails and other lifecycles read of a validation plan: immutable values.

Texts are what the student typed, character by character.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from workflows.contract.views import VersionStatus
from workflows.mobility.agreement import Agreement

__all__ = ["AnswerView", "CourseView", "PlanView", "RowView", "SignatureView", "VersionStatus"]


@dataclass(frozen=True, slots=True)
class CourseView:
    """A course abroad. ``credits_text`` is the number as written, ``credits`` its value."""

    code: str | None
    title: str
    credits: Decimal | None
    credits_text: str | None


@dataclass(frozen=True, slots=True)
class RowView:
    """A unit of the home curriculum and what becomes of it during the stay.

    ``disposition`` is ``replaced`` (by ``courses``), ``kept_distance``, ``kept_onsite`` or
    ``waived``; ``failure_rule`` what happens if the courses are failed. ``teacher_id`` is the
    account of the teacher responsible for the unit, ``term`` when it is examined. ``changed``
    says that the row is not as it was in the version before; None where there is nothing to
    compare with.
    """

    lineage: str
    unit_code: str | None
    unit_title: str
    credits: Decimal | None
    credits_text: str | None
    term: str | None
    teacher_id: int | None
    teacher_name: str
    disposition: str | None
    failure_rule: str | None
    conditions: str | None
    courses: tuple[CourseView, ...]
    changed: bool | None = None


@dataclass(frozen=True, slots=True)
class SignatureView:
    """Who signed, when, in which role, over which digest.

    ``intact`` is False when the stored content no longer gives ``digest``.
    """

    role: str
    signer_name: str | None
    signer_position: str | None
    signer_email: str | None
    signed_at: datetime
    digest: str
    intact: bool


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One answer: ``stage`` is who was asked, ``outcome`` what they said."""

    stage: str
    outcome: str
    reason: str | None
    answered_by: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PlanView:
    """One version of a plan, complete."""

    id: int
    mobility_id: int
    number: int
    status: VersionStatus
    agreement: Agreement
    conversion_method: str | None
    conversion_note: str | None
    partner_signs: bool
    created_at: datetime
    submitted_at: datetime | None
    digest: str
    rows: tuple[RowView, ...]
    answers: tuple[AnswerView, ...]
    signatures: tuple[SignatureView, ...]

    @property
    def home_credits(self) -> Decimal:
        """ECTS credits of the units that courses abroad replace."""
        found = (row.credits for row in self.rows if row.disposition == "replaced")
        return sum((each for each in found if each is not None), Decimal(0))

    @property
    def abroad_credits(self) -> Decimal:
        """Credits of the courses abroad; one that serves several units counts once."""
        courses = {(c.code, c.title, c.credits) for row in self.rows for c in row.courses}
        return sum((c[2] for c in courses if c[2] is not None), Decimal(0))

    def signature(self, role: str) -> SignatureView | None:
        """The signature given in that role, if any."""
        return next((each for each in self.signatures if each.role == role), None)

    def rows_of(self, teacher_id: int | None) -> tuple[RowView, ...]:
        """The rows a teacher is responsible for."""
        return tuple(row for row in self.rows if row.teacher_id == teacher_id)
