"""Documents of cases: storing, finding, superseding, revoking; making sealed ones.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import InvalidState, NotFound
from engine.tables import instance
from workflows.papers.codes import new_code, verification
from workflows.papers.models import Document, DocumentContent
from workflows.papers.rendering import render
from workflows.papers.uploads import checked_upload

if TYPE_CHECKING:
    from engine.values import Value
    from workflows.office import Office
    from workflows.papers.sealing import Sealer

__all__ = [
    "Made",
    "by_code",
    "cases_of",
    "checked_upload",
    "content",
    "get",
    "keep",
    "make",
    "of_case",
    "of_instances",
    "revoke",
    "sealed",
    "store",
    "supersede",
]

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Made:
    """A sealed document and the code it carries; nothing is stored yet."""

    content: bytes
    code: str


def make(
    office: Office,
    sealer: Sealer,
    template: str,
    data: Mapping[str, object],
    *,
    reason: str,
    at: datetime,
) -> Made:
    """Set ``template`` with ``data``, a new verification code and its picture, and seal it.

    For the half of a service that runs outside every transaction: it costs about 40 ms.
    ``reason`` stands in the seal. Raises SealUnusable.
    """
    code = new_code()
    shown = {
        **data,
        "verification": verification(office, code),
        "demonstration": office.seal_pkcs12 is None,
    }
    return Made(sealer.seal(render(template, shown, at=at), reason, at=at), code)


def sealed(
    office: Office,
    sealer: Sealer,
    template: str,
    data: Mapping[str, object],
    *,
    reason: str,
    at: datetime,
) -> dict[str, Value]:
    """A document as by :func:`make`, in the form that a service hands to its own second half."""
    made = make(office, sealer, template, data, reason=reason, at=at)
    return {"code": made.code, "content": base64.b64encode(made.content).decode()}


def keep(
    session: Session,
    made: Value,
    *,
    business_key: str,
    kind: str,
    language: str,
    filename: str,
    now: datetime,
    actor_id: str = "system",
    instead_of: Document | None = None,
) -> Document:
    """Store what :func:`sealed` has given, in the place of the document it follows."""
    assert isinstance(made, dict)
    document = store(
        session,
        business_key=business_key,
        kind=kind,
        language=language,
        filename=filename,
        media_type=PDF,
        content=base64.b64decode(str(made["content"])),
        now=now,
        actor_id=actor_id,
        code=str(made["code"]),
    )
    if instead_of is not None:
        supersede(session, instead_of, document)
    return document


def store(
    session: Session,
    *,
    business_key: str,
    kind: str,
    language: str,
    filename: str,
    media_type: str,
    content: bytes,
    now: datetime,
    actor_id: str,
    code: str | None = None,
    instance_id: int | None = None,
) -> Document:
    """Keep a document of a case, and give it its number.

    ``code`` is that of a document made here (:class:`Made`). With ``instance_id`` only who
    may see that one instance may see it. What is stored is never changed.
    """
    document = Document(
        business_key=business_key,
        instance_id=instance_id,
        kind=kind,
        language=language,
        filename=filename,
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        code=code,
        created_at=now,
        created_by=actor_id,
    )
    session.add(document)
    session.flush()
    session.add(DocumentContent(document_id=document.id, content=content))
    session.flush()
    return document


def get(session: Session, document_id: int) -> Document:
    """The document with that number; raises NotFound."""
    found = session.get(Document, document_id)
    if found is None:
        raise NotFound
    return found


def content(session: Session, document_id: int) -> bytes:
    """Its bytes exactly as they were stored; raises NotFound."""
    found = session.get(DocumentContent, document_id)
    if found is None:
        raise NotFound
    return found.content


def of_case(session: Session, business_key: str) -> list[Document]:
    """The documents of a case, newest first, without their bytes."""
    statement = (
        select(Document)
        .where(Document.business_key == business_key)
        .order_by(Document.created_at.desc(), Document.id.desc())
    )
    return list(session.scalars(statement))


def of_instances(session: Session, business_keys: Mapping[int, str]) -> list[Document]:
    """The documents of several instances, by their business keys, newest first."""
    own = or_(Document.instance_id.is_(None), Document.instance_id.in_(business_keys))
    statement = (
        select(Document)
        .where(Document.business_key.in_(set(business_keys.values())), own)
        .order_by(Document.created_at.desc(), Document.id.desc())
    )
    return list(session.scalars(statement))


def cases_of(session: Session, document: Document) -> list[int]:
    """The instances whose participants may see a document."""
    if document.instance_id is not None:
        return [document.instance_id]
    statement = select(instance.c.id).where(instance.c.business_key == document.business_key)
    return list(session.scalars(statement.order_by(instance.c.id)))


def by_code(session: Session, code: str) -> Document | None:
    """The document that carries this verification code."""
    return session.scalar(select(Document).where(Document.code == code))


def supersede(session: Session, document: Document, by: Document) -> None:
    """Let ``by`` take the place of ``document``.

    Again is the same; raises InvalidState where something else has taken its place, or
    where it would take its own.
    """
    if document.superseded_by == by.id:
        return
    if document.superseded_by is not None or document.id == by.id:
        raise InvalidState("Another version has taken this document's place already.")
    document.superseded_by = by.id
    session.flush()


def revoke(session: Session, document: Document, *, now: datetime) -> None:
    """Let a document hold no longer, from ``now`` on; again keeps the first instant."""
    if document.revoked_at is None:
        document.revoked_at = now
        session.flush()
