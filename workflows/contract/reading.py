"""From rows to :class:`ContractView`: versions with their marks, totals and warnings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.errors import NotFound
from workflows.contract.components import applied, by_part, marked, plain, totals, view_of
from workflows.contract.digest import content_digest
from workflows.contract.models import ContractVersion
from workflows.contract.policy import warnings_for
from workflows.contract.views import (
    Change,
    CommentView,
    ComponentView,
    ContractView,
    FieldChange,
    Part,
    PartView,
    ReviewView,
    Role,
    SignatureView,
    VersionStatus,
    VersionView,
)
from workflows.mobility.agreement import AGREEMENT_FIELDS, Agreement
from workflows.mobility.services import get_mobility

LETTERS = {Part.STUDIED: "A", Part.RECOGNISED: "B", Part.VIRTUAL: "C"}
"""Labels of the official template; never names in code."""

REMARK = "remark"
"""Key beside the ticked boxes of a review under which an internal remark is kept."""

PARTS_OF_TYPE = {
    "semester": (Part.STUDIED, Part.RECOGNISED, Part.VIRTUAL),
    "blended": (Part.BLENDED, Part.RECOGNISED),
    "doctoral": (Part.DOCTORAL, Part.RECOGNISED),
}
"""Tables shown for each type of mobility, also while they are empty."""


def versions_of(session: Session, mobility_id: int) -> list[ContractVersion]:
    """All versions of a mobility's contract, oldest first."""
    statement = (
        select(ContractVersion)
        .where(ContractVersion.mobility_id == mobility_id)
        .order_by(ContractVersion.number)
        .options(
            selectinload(ContractVersion.components),
            selectinload(ContractVersion.signatures),
            selectinload(ContractVersion.comments),
            selectinload(ContractVersion.reviews),
        )
    )
    return list(session.scalars(statement))


def latest_version(session: Session, mobility_id: int, *, lock: bool = False) -> ContractVersion:
    """The last version; raises NotFound where there is no contract.

    ``lock`` keeps other writers of it waiting, and reads what they have written.
    """
    statement = (
        select(ContractVersion)
        .where(ContractVersion.mobility_id == mobility_id)
        .order_by(ContractVersion.number.desc())
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    version = session.scalar(statement)
    if version is None:
        raise NotFound
    return version


def version_in_force(session: Session, mobility_id: int) -> ContractVersion | None:
    """The last version that all parties have signed; None before there is one.

    What is being proposed, rejected or withdrawn since then changes nothing in it.
    """
    statement = (
        select(ContractVersion)
        .where(
            ContractVersion.mobility_id == mobility_id,
            ContractVersion.status == VersionStatus.SIGNED.value,
        )
        .order_by(ContractVersion.number.desc())
        .limit(1)
    )
    return session.scalar(statement)


def contract_view(session: Session, mobility_id: int) -> ContractView:
    """The whole contract of a mobility; raises NotFound."""
    mobility = get_mobility(session, mobility_id)
    versions = versions_of(session, mobility_id)
    if not versions:
        raise NotFound
    return ContractView(
        mobility_id=mobility.id,
        instance_id=mobility.instance_id,
        omobility_id=mobility.omobility_id,
        department=mobility.department,
        mobility_type=mobility.mobility_type,
        student_person_id=mobility.person_id,
        agreement=mobility.agreement,
        versions=tuple(
            _version(version, _before(versions, version), mobility.mobility_type)
            for version in versions
        ),
    )


def effective_components(version: ContractVersion) -> list[ComponentView]:
    """What the version agrees on, change lists applied to what they change."""
    grouped = _tables(version, None)
    return [
        plain(row) for part in Part for row in grouped[part] if row.change is not Change.REMOVED
    ]


def _before(
    versions: Sequence[ContractVersion], version: ContractVersion
) -> ContractVersion | None:
    """The version that marks refer to.

    It is what a change list applies to, else the last version before this one that left
    the student's hands.
    """
    if version.base is not None:
        return version.base
    earlier = [v for v in versions if v.number < version.number]
    submitted = [v for v in earlier if v.status != VersionStatus.DRAFT]
    return submitted[-1] if submitted else None


def _tables(
    version: ContractVersion, before: ContractVersion | None
) -> dict[Part, tuple[ComponentView, ...]]:
    own = by_part(view_of(row) for row in version.components)
    if version.base is not None:
        base = by_part(effective_components(version.base))
        return {part: applied(own[part], base[part]) for part in Part}
    if before is None:
        return {part: tuple(own[part]) for part in Part}
    old = by_part(effective_components(before))
    return {part: marked(own[part], old[part]) for part in Part}


def _version(
    version: ContractVersion, before: ContractVersion | None, mobility_type: str
) -> VersionView:
    agreement = Agreement.from_json(version.agreement)
    tables = _tables(version, before)
    shown = PARTS_OF_TYPE.get(mobility_type, PARTS_OF_TYPE["semester"])
    digest = content_digest(version)
    return VersionView(
        id=version.id,
        number=version.number,
        status=VersionStatus(version.status),
        kind=version.kind,
        changes_proposal_id=version.changes_proposal_id,
        created_at=version.created_at,
        submitted_at=version.submitted_at,
        digest=digest,
        agreement=agreement,
        field_changes=_field_changes(agreement, before),
        parts=tuple(
            PartView(part, LETTERS.get(part, ""), tables[part], totals(tables[part]))
            for part in Part
            if part in shown or tables[part]
        ),
        compared_with=before.number if before else None,
        signatures=_signatures(version, digest),
        comments=_comments(version),
        reviews=_reviews(version),
        warnings=tuple(
            warnings_for(agreement, mobility_type, {p: _live(rows) for p, rows in tables.items()})
        ),
    )


def _live(rows: Sequence[ComponentView]) -> list[ComponentView]:
    return [replace(row, previous=None) for row in rows if row.change is not Change.REMOVED]


def _field_changes(agreement: Agreement, before: ContractVersion | None) -> tuple[FieldChange, ...]:
    if before is None:
        return ()
    old = Agreement.from_json(before.agreement)
    return tuple(
        FieldChange(name, getattr(old, name), getattr(agreement, name))
        for name in AGREEMENT_FIELDS
        if getattr(old, name) != getattr(agreement, name)
    )


def _signatures(version: ContractVersion, digest: str) -> tuple[SignatureView, ...]:
    order = list(Role)
    views = [
        SignatureView(
            role=Role(row.role),
            signer_name=row.signer_name,
            signer_position=row.signer_position,
            signer_email=row.signer_email,
            signer_app=row.signer_app,
            timestamp=row.timestamp,
            signed_at=row.signed_at,
            digest=row.digest,
            intact=row.digest == digest,
        )
        for row in version.signatures
    ]
    return tuple(sorted(views, key=lambda view: order.index(view.role)))


def _comments(version: ContractVersion) -> tuple[CommentView, ...]:
    return tuple(
        CommentView(
            text=row.text,
            signer_name=row.signer_name,
            signer_position=row.signer_position,
            signer_email=row.signer_email,
            signer_app=row.signer_app,
            timestamp=row.timestamp,
            at=row.at,
            late=row.late,
        )
        for row in version.comments
    )


def _reviews(version: ContractVersion) -> tuple[ReviewView, ...]:
    views = []
    for row in version.reviews:
        checks = json.loads(row.checks)
        views.append(
            ReviewView(
                stage=row.stage,
                outcome=row.outcome,
                reason=row.reason,
                reviewer_name=row.reviewer_name,
                at=row.at,
                remark=checks.pop(REMARK, None),
                checks=checks,
            )
        )
    return tuple(views)
