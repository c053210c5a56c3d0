"""What pages, mails and exports read of a contract: immutable values, no rows.

Texts are what the student typed or the producer of a document wrote, character by
character; nothing is trimmed, reformatted or translated here. Templates escape them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from workflows.mobility.agreement import Agreement


class Part(StrEnum):
    """The five lists of components in a learning agreement.

    ``studied`` and ``recognised`` are the official template's tables A and B, ``virtual``
    is C. ``blended`` and ``doctoral`` replace them in short mobilities. Components of one
    part never correspond one to one with those of another: groups replace groups.
    """

    STUDIED = "studied"
    RECOGNISED = "recognised"
    VIRTUAL = "virtual"
    BLENDED = "blended"
    DOCTORAL = "doctoral"


class VersionStatus(StrEnum):
    """Where one version of a contract stands."""

    DRAFT = "draft"  #: the student is writing it
    SUBMITTED = "submitted"  #: being checked and signed
    RETURNED = "returned"  #: sent back inside the university, with a reason
    REJECTED = "rejected"  #: refused by the receiving institution, with a comment
    SIGNED = "signed"  #: all three parties have signed
    SUPERSEDED = "superseded"  #: overtaken by a version that a document brought
    WITHDRAWN = "withdrawn"  #: a proposed change that was taken back


CHANGE = "change"
"""Kind of a version that proposes changes to a signed one during the stay."""


class Change(StrEnum):
    """What became of a component since the version this one is compared with."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    KEPT = "kept"


class Role(StrEnum):
    """In which role somebody signs."""

    STUDENT = "student"
    SENDING = "sending"
    RECEIVING = "receiving"


@dataclass(frozen=True, slots=True)
class CreditView:
    """Credits of one scheme (``ects`` or another). ``text`` is the number as written."""

    scheme: str
    value: Decimal
    text: str


@dataclass(frozen=True, slots=True)
class ComponentView:
    """One educational component.

    ``change`` is None where there is nothing to compare with. ``previous`` is the row as
    it was, for ``changed`` rows; ``changed_fields`` names the attributes that differ
    (``title``, ``credits``, ``los_code``...). Rows with ``removed`` are no longer part of
    the agreement and stay out of the totals. ``status``, ``reason_code`` and
    ``reason_text`` are those of an imported change list.
    """

    part: Part
    position: int
    lineage: str
    los_id: str | None
    los_code: str | None
    title: str
    loi_id: str | None
    term_number: str | None
    total_terms: str | None
    credits: tuple[CreditView, ...]
    recognition_conditions: str | None
    short_description: str | None
    status: str | None = None
    reason_code: str | None = None
    reason_text: str | None = None
    change: Change | None = None
    changed_fields: frozenset[str] = frozenset()
    previous: ComponentView | None = None


@dataclass(frozen=True, slots=True)
class PartView:
    """One table of the contract with its totals by credit scheme (``{"ects": 30}``).

    ``letter`` is the label of the official template (A, B, C), empty for short mobilities.
    """

    part: Part
    letter: str
    rows: tuple[ComponentView, ...]
    totals: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class SignatureView:
    """Who signed, when, in which role, and the digest of exactly what was signed.

    ``timestamp`` is the moment as the signing application wrote it, ``signed_at`` the same
    moment in UTC. ``intact`` is False when the stored content no longer gives ``digest``.
    """

    role: Role
    signer_name: str | None
    signer_position: str | None
    signer_email: str | None
    signer_app: str | None
    timestamp: str
    signed_at: datetime
    digest: str
    intact: bool


@dataclass(frozen=True, slots=True)
class CommentView:
    """What the receiving institution wrote about a version.

    ``late`` marks a comment that arrived once the version was no longer open: it is kept
    and shown, and moved nothing.
    """

    text: str
    signer_name: str | None
    signer_position: str | None
    signer_email: str | None
    signer_app: str | None
    timestamp: str
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One answer given inside the university.

    ``stage`` is ``check`` (coherence), ``student``, ``sending`` or ``admin``; ``outcome``
    ``approve`` or ``return``. ``checks`` holds the boxes ticked by the administration,
    ``remark`` what it wrote for itself: for staff, not for the student.
    """

    stage: str
    outcome: str
    reason: str | None
    reviewer_name: str
    at: datetime
    remark: str | None = None
    checks: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the agreement (not of a component) that differs from the version before."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ContractWarning:
    """Something the reader should know; it never blocks.

    ``code`` is what the front translates, with ``params`` (texts); ``path`` names the
    field or part concerned: ``studied``, ``studied.2.title``, ``learning_outcomes_url``.
    """

    code: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version, complete: the fields of the agreement as they were, and every part.

    ``kind`` is ``agreement`` for one written here, ``change`` for changes proposed here
    during the stay, or the element of the document it came from: ``first-version``,
    ``approved-changes``, ``changes-proposal``. ``compared_with``
    is the number of the version its marks refer to. ``parts`` are in the order of
    :class:`Part`; empty ones that this type of mobility does not use are left out.
    """

    id: int
    number: int
    status: VersionStatus
    kind: str
    changes_proposal_id: str | None
    created_at: datetime
    submitted_at: datetime | None
    digest: str
    agreement: Agreement
    field_changes: tuple[FieldChange, ...]
    parts: tuple[PartView, ...]
    compared_with: int | None
    signatures: tuple[SignatureView, ...]
    comments: tuple[CommentView, ...]
    reviews: tuple[ReviewView, ...]
    warnings: tuple[ContractWarning, ...]

    def part(self, part: Part | str) -> PartView:
        """The table of that part; an empty one where the version has none."""
        for view in self.parts:
            if view.part == part:
                return view
        return PartView(Part(part), "", (), {})

    def signature(self, role: Role | str) -> SignatureView | None:
        """The signature given in that role, if any."""
        return next((s for s in self.signatures if s.role == role), None)


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract with all its versions, oldest first.

    ``current`` is the last version. ``agreement`` are the fields as known today, ``department``
    the code of the composante (``unassigned`` until RI assigns one).
    """

    mobility_id: int
    instance_id: int | None
    omobility_id: str
    department: str
    mobility_type: str
    student_person_id: int | None
    agreement: Agreement
    versions: tuple[VersionView, ...]

    @property
    def current(self) -> VersionView:
        """The latest version."""
        return self.versions[-1]

    @property
    def in_force(self) -> VersionView | None:
        """The last version that all parties have signed, whatever has been proposed since."""
        signed = [v for v in self.versions if v.status is VersionStatus.SIGNED]
        return signed[-1] if signed else None

    def version(self, number: int) -> VersionView | None:
        """The version with that number, if there is one."""
        return next((v for v in self.versions if v.number == number), None)
