"""Signatures, the partner's comments and the answers given inside the university.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidState
from workflows.contract.digest import content_digest
from workflows.contract.models import ContractVersion, PartnerComment, Review, Signature
from workflows.contract.reading import versions_of
from workflows.contract.views import Role

if TYPE_CHECKING:
    from engine.identity import Actor

APP = "Passerelle"
"""Name of this application under the signatures given in it."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, as it is written under the contract."""

    name: str | None = None
    position: str | None = None
    email: str | None = None
    app: str | None = APP
    actor: str | None = None


def sign(
    session: Session,
    version: ContractVersion,
    role: Role,
    signer: Signer,
    *,
    at: datetime,
    timestamp: str | None = None,
    seen_digest: str | None = None,
) -> Signature:
    """Put one party's signature under a version.

    ``timestamp`` is the moment as another application wrote it. ``seen_digest`` is the
    digest the signer was shown: raises Conflict where the content is another by now.
    Raises InvalidState where that role has signed already.
    """
    digest = content_digest(version)
    if seen_digest is not None and seen_digest != digest:
        raise Conflict("The contract has changed since it was shown; read it again.")
    if any(s.role == role for s in version.signatures):
        raise InvalidState("This version already bears that signature.")
    signature = Signature(
        role=role.value,
        signer_name=signer.name,
        signer_position=signer.position,
        signer_email=signer.email,
        signer_app=signer.app,
        timestamp=timestamp or at.isoformat(timespec="seconds"),
        signed_at=at,
        digest=digest,
        actor=signer.actor,
    )
    version.signatures.append(signature)
    session.flush()
    return signature


def add_review(
    session: Session,
    version: ContractVersion,
    *,
    stage: str,
    outcome: str,
    reason: str | None,
    actor: Actor,
    now: datetime,
    checks: Mapping[str, bool | str] | None = None,
) -> Review:
    """Keep an answer given inside the university.

    ``checks`` are the boxes that were ticked, and under ``remark`` an internal remark.
    """
    review = Review(
        stage=stage,
        outcome=outcome,
        reason=reason,
        checks=json.dumps(dict(checks or {}), sort_keys=True),
        actor=actor.id,
        reviewer_name=actor.name,
        at=now,
    )
    version.reviews.append(review)
    session.flush()
    return review


def add_comment(
    session: Session,
    version: ContractVersion,
    text: str,
    signer: Signer,
    *,
    at: datetime,
    timestamp: str | None = None,
    late: bool = False,
) -> PartnerComment:
    """Keep what the receiving institution wrote about a version."""
    comment = PartnerComment(
        text=text,
        signer_name=signer.name,
        signer_position=signer.position,
        signer_email=signer.email,
        signer_app=signer.app,
        timestamp=timestamp or at.isoformat(timespec="seconds"),
        at=at,
        actor=signer.actor,
        late=late,
    )
    version.comments.append(comment)
    session.flush()
    return comment


def verify_signatures(session: Session, mobility_id: int) -> dict[tuple[int, str], bool]:
    """Whether each signature's digest is that of the stored content, recomputed now.

    Keys are (version number, role).
    """
    return {
        (version.number, signature.role): signature.digest == content_digest(version)
        for version in versions_of(session, mobility_id)
        for signature in version.signatures
    }
