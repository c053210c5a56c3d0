"""The transcript of records as a document: what its template is given, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflows.grade_transfer.models import Transcript
from workflows.grade_transfer.transcripts import read
from workflows.office_work.local_time import ZONE
from workflows.papers.rendering import words

TEMPLATE = "grade_transfer/transcript"
KIND = "grade_transfer.transcript"
FILENAMES = {
    "fr": "releve-de-notes",
    "en": "transcript-of-records",
    "es": "certificado-academico",
}


def paper_of(
    row: Transcript, language: str, *, number: int, before: Transcript | None, at: datetime
) -> dict[str, Any]:
    """What the template shows of a signed version, to be issued ``at`` under ``number``.

    Every number comes from the frozen content as it stands, whatever the language.
    """
    content = read(row)
    said = words("grade_transfer", language)
    return {
        **content,
        "language": language,
        "title": said["title"],
        "issuer": _name(content["receiving"], language),
        "sender": _name(content["sending"], language),
        "number": str(number),
        "supersedes": _superseded(before),
        "reason": row.reason or "",
        "issued_on": _day(at),
        "signatory": {
            "name": row.signatory_name or "",
            "position": row.signatory_position or "",
        },
    }


def seal_reason(language: str) -> str:
    """What readers show beside the seal."""
    return words("grade_transfer", language)["title"]


def _superseded(before: Transcript | None) -> dict[str, str] | None:
    if before is None or before.issued_at is None:
        return None
    return {"number": str(before.number), "issued_on": _day(before.issued_at)}


def _day(at: datetime) -> str:
    return at.astimezone(ZONE).date().isoformat()


def _name(institution: Mapping[str, str], language: str) -> str:
    return institution["name_en"] if language == "en" else institution["name"]
