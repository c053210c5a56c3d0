"""A file from a partner: read where it is XML, kept in any case, shown to be looked over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.errors import InvalidInput
from engine.values import Value
from workflows.mobility.models import Mobility
from workflows.papers import documents
from workflows.recognition.documents import UPLOAD
from workflows.recognition.elmo import CourseRead, TranscriptRead, read_transcript
from workflows.recognition.entry import FIELDS, STATUSES
from workflows.recognition.models import PartnerTranscript
from workflows.recognition.recording import Case, upload

XML = "application/xml"
XML_MARKS = (b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b"\xfe\xff\x00<")
LANGUAGE = "en"
"""Of files whose language nobody has said."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that may be kept: what it says, where it is XML, and a PDF found inside it.

    ``draft`` is the transcript as the page fills it in; empty for files only people read.
    """

    content: bytes
    media_type: str
    filename: str
    read: TranscriptRead | None
    pdf: bytes | None
    draft: dict[str, Value]


def receive(data: bytes, name: str, mobility: Mobility) -> Incoming:
    """Check a file that came for a mobility.

    Raises :class:`workflows.contract.xml.Refused` for XML that is no transcript of this
    mobility, InvalidInput at ``file`` for anything but PDF, JPEG, PNG and XML.
    """
    if not data.lstrip()[:4].startswith(XML_MARKS):
        media_type, filename = documents.checked_upload(data, name)
        return Incoming(data, media_type, filename, None, None, {})
    read = read_transcript(
        data, omobility_id=mobility.omobility_id, partner=mobility.receiving_hei_id
    )
    filename = f"transcript-{mobility.id}.xml"
    return Incoming(data, XML, filename, read, _attached(read), _draft(read))


def take_in(
    session: Session,
    case: Case,
    mobility: Mobility,
    incoming: Incoming,
    *,
    actor: str,
    now: datetime,
) -> PartnerTranscript:
    """Keep the file with its case, and what it says until somebody has looked it over."""
    document = documents.store(
        session,
        business_key=str(mobility.id),
        kind=UPLOAD,
        language=LANGUAGE,
        filename=incoming.filename,
        media_type=incoming.media_type,
        content=incoming.content,
        now=now,
        actor_id=actor,
    )
    if incoming.pdf is not None:
        documents.store(
            session,
            business_key=str(mobility.id),
            kind=UPLOAD,
            language=LANGUAGE,
            filename=f"transcript-{mobility.id}.pdf",
            media_type=documents.PDF,
            content=incoming.pdf,
            now=now,
            actor_id=actor,
        )
    return upload(
        session, case, mobility, incoming.read, document_id=document.id, actor=actor, now=now
    )


def _attached(read: TranscriptRead) -> bytes | None:
    """The PDF inside the document where it is a harmless one; else the XML says it all."""
    if read.pdf is None:
        return None
    try:
        documents.checked_upload(read.pdf, "transcript.pdf")
    except InvalidInput:
        # What the file says has been read; a broken attachment takes nothing from it.
        return None
    return read.pdf


def _draft(read: TranscriptRead) -> dict[str, Value]:
    return {"issued_on": read.issued_on, "rows": [_row(course) for course in read.courses]}


def _row(course: CourseRead) -> Value:
    row: dict[str, Value] = {name: getattr(course, name) or "" for name in FIELDS}
    if course.status not in STATUSES:
        row["status"] = ""
    return row
