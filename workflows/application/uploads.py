"""Documents of an application: added and taken back while the student is writing it.

Nothing here commits; every function works inside the transaction of its caller. What a file
holds has been looked at before (:func:`workflows.papers.documents.checked_upload`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState, NotFound
from workflows.application.models import DOCUMENT_KINDS
from workflows.application.views import Status
from workflows.papers import documents
from workflows.papers.models import Document

if TYPE_CHECKING:
    from engine import Unit
    from workflows.application.file_models import Application

PREFIX = "application."
MAX_DOCUMENTS = 12
WRITING = frozenset({Status.DRAFT, Status.RETURNED})


def documents_of(session: Session, application: Application) -> list[Document]:
    """The documents of an application that have not been taken back, newest first."""
    found = documents.of_case(session, application.business_key)
    return [each for each in found if each.kind.startswith(PREFIX) and each.in_force]


def missing_documents(session: Session, application: Application) -> list[str]:
    """The kinds of documents the campaign asks for that are not there yet."""
    there = {each.kind.removeprefix(PREFIX) for each in documents_of(session, application)}
    return [kind for kind in application.campaign.documents if kind not in there]


def add_document(
    unit: Unit, application: Application, kind: str, media_type: str, filename: str, content: bytes
) -> Document:
    """Keep one more document; raises InvalidInput, InvalidState once it is submitted."""
    _require_writing(application)
    if kind not in DOCUMENT_KINDS:
        raise InvalidInput({"kind": ["not_an_option" if kind else "required"]})
    if len(documents_of(unit.session, application)) >= MAX_DOCUMENTS:
        raise InvalidInput({"file": [f"too_many_documents:{MAX_DOCUMENTS}"]})
    return documents.store(
        unit.session,
        business_key=application.business_key,
        kind=f"{PREFIX}{kind}",
        language="",
        filename=filename,
        media_type=media_type,
        content=content,
        now=unit.now,
        actor_id=unit.actor.id,
    )


def remove_document(unit: Unit, application: Application, document_id: int) -> None:
    """Take one back: it no longer counts; raises NotFound, InvalidState."""
    _require_writing(application)
    for document in documents_of(unit.session, application):
        if document.id == document_id:
            documents.revoke(unit.session, document, now=unit.now)
            return
    raise NotFound


def _require_writing(application: Application) -> None:
    if application.status not in WRITING:
        raise InvalidState("This application has been submitted.")
