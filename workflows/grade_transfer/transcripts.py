"""Versions of a transcript: frozen when RI has checked it, signed, issued, acknowledged.

The frozen content is one JSON text from which every language is printed, so the numbers of
the three are the same. Numbers in it are texts as they are printed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import Conflict, InvalidInput
from workflows.contract.policy import number_text
from workflows.grade_transfer.courses import LANGUAGES, courses_of, state_of, stay_of
from workflows.grade_transfer.models import Course, Stay, Transcript
from workflows.grade_transfer.policy import is_partial, pending, shown, totals
from workflows.grading.models import GradingTable
from workflows.grading.scales import HOME
from workflows.grading.tables import percentages, table_for
from workflows.mobility.models import Mobility
from workflows.partners.services import find_institution

CHECKED, RETURNED, SIGNED = "checked", "returned", "signed"
ISSUED, SUPERSEDED = "issued", "superseded"
REASONS = ("late_results", "resit", "correction", "contract_changed")
"""Why a version follows another; printed on it."""

SCHEMA = 1


def transcripts_of(session: Session, mobility_id: int) -> list[Transcript]:
    """Every version there was, also those that were returned, oldest first."""
    statement = select(Transcript).where(Transcript.mobility_id == mobility_id)
    return list(session.scalars(statement.order_by(Transcript.id)))


def latest(
    session: Session, mobility_id: int, *statuses: str, lock: bool = False
) -> Transcript | None:
    """The last version in one of these states."""
    statement = (
        select(Transcript)
        .where(Transcript.mobility_id == mobility_id, Transcript.status.in_(statuses))
        .order_by(Transcript.id.desc())
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def freeze(
    session: Session,
    mobility: Mobility,
    *,
    minimum: int,
    reason: str | None,
    actor: str,
    now: datetime,
) -> Transcript:
    """Freeze what is certified now as the version to be signed.

    ``minimum`` is how many students a grading table needs to be printed. Raises
    InvalidInput (``nothing_new``) where the version in force says exactly the same.
    """
    before = latest(session, mobility.id, ISSUED)
    content = content_of(session, mobility, minimum=minimum)
    digest = digest_of(content)
    if before is not None and before.digest == digest:
        raise InvalidInput({"change_reason": ["nothing_new"]})
    states = [state_of(course) for course in courses_of(session, mobility.id)]
    row = Transcript(
        mobility_id=mobility.id,
        status=CHECKED,
        partial=is_partial(states, withdrawn_on=stay_of(session, mobility).withdrawn_on),
        content=content,
        digest=digest,
        reason=reason if before is not None else None,
        checked_by=actor,
        checked_at=now,
    )
    session.add(row)
    session.flush()
    return row


def sign(
    row: Transcript | None, *, name: str, position: str, digest: str, actor: str, now: datetime
) -> None:
    """Sign exactly what was shown; raises Conflict where that has changed since."""
    if row is None or row.digest != digest:
        raise Conflict
    row.status = SIGNED
    row.signatory_name, row.signatory_position = name, position
    row.signed_by, row.signed_at = actor, now


def issue(session: Session, row: Transcript, documents: Mapping[str, int], now: datetime) -> None:
    """Give a signed version its number and its documents; it supersedes the one in force."""
    before = latest(session, row.mobility_id, ISSUED, lock=True)
    if before is not None:
        before.status, before.superseded_at = SUPERSEDED, now
    row.number = (before.number or 0) + 1 if before is not None else 1
    row.status, row.issued_at = ISSUED, now
    stay = session.get(Stay, row.mobility_id)
    if stay is not None:
        stay.transcript_due = None
    for language, number in documents.items():
        setattr(row, f"document_{language}", number)
    session.flush()


def digest_of(content: str) -> str:
    """SHA-256 of a frozen content, hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


def content_of(session: Session, mobility: Mobility, *, minimum: int) -> str:
    """The content of a transcript as it would be now: one JSON text, the same for equal facts."""
    stay = stay_of(session, mobility)
    courses = courses_of(session, mobility.id)
    states = [state_of(course) for course in courses]
    kept = {state.id for state in shown(states)}
    summed = totals(states)
    agreement = mobility.agreement
    return _text(
        {
            "schema": SCHEMA,
            "receiving": _institution(session, mobility.receiving_hei_id),
            "sending": _institution(session, mobility.sending_hei_id),
            "student": {
                "given_names": agreement.student_given_names or "",
                "family_name": agreement.student_family_name or "",
                "birth_date": agreement.student_birth_date or "",
                "esi": agreement.student_global_id or "",
            },
            "programme": stay.programme or "",
            "eqf": agreement.eqf_level_studied_at_departure or "",
            "isced_f": agreement.isced_f_code or "",
            "academic_year": agreement.receiving_academic_year_id or "",
            "first_day": stay.first_day or "",
            "last_day": stay.last_day or "",
            "withdrawn_on": stay.withdrawn_on or "",
            "courses": [_course(c, stay) for c in courses if c.id in kept],
            "scales": sorted({c.scale for c in courses if c.id in kept}),
            "table": _table(session, mobility, minimum=minimum),
            "totals": {
                "contracted": number_text(summed.contracted),
                "earned": number_text(summed.earned),
                "pending": number_text(_to_come(states, stay)),
            },
            "partial": is_partial(states, withdrawn_on=stay.withdrawn_on),
        }
    )


def read(row: Transcript) -> dict[str, Any]:
    """The frozen content of a version."""
    content: dict[str, Any] = json.loads(row.content)
    return content


def _to_come(states: Sequence[Any], stay: Stay) -> Decimal:
    waiting = pending(states, withdrawn_on=stay.withdrawn_on)
    return sum((course.ects for course in waiting), Decimal(0))


def _text(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _institution(session: Session, hei_id: str) -> dict[str, str]:
    found = find_institution(session, hei_id)
    name = found.name if found else hei_id
    return {
        "hei_id": hei_id,
        "name": name,
        "name_en": (found.name_en if found else None) or name,
        "erasmus_code": (found.erasmus_code if found else None) or "",
        "country": (found.country if found else None) or "",
    }


def _course(course: Course, stay: Stay) -> dict[str, object]:
    state = state_of(course)
    mark, status = state.read, state.status
    withdrawn = bool(stay.withdrawn_on) and mark.empty
    return {
        "code": course.code or "",
        "titles": {x: getattr(course, f"title_{x}") or course.title for x in LANGUAGES},
        "term": _term(course),
        "status": "withdrawn" if withdrawn else status.value,
        "grade": mark.grade or "",
        "absence": mark.absence.value if mark.absence else "",
        "resit": mark.resit,
        "compensated": mark.compensated,
        "session": course.session,
        "ects": number_text(course.ects),
        "earned": number_text(course.ects if status == "passed" else Decimal(0)),
        "language": course.language,
        "scale": course.scale,
        "annex": course.lineage is None,
        "dropped": course.dropped,
    }


def _term(course: Course) -> str:
    if not course.term_number:
        return ""
    return (
        f"{course.term_number}/{course.total_terms}" if course.total_terms else course.term_number
    )


def _table(session: Session, mobility: Mobility, *, minimum: int) -> dict[str, object] | None:
    """The grading table that explains the grades; None where none has enough students."""
    level = mobility.eqf_level_studied_at_departure or ""
    found = table_for(
        session,
        mobility.receiving_hei_id,
        isced_f=(mobility.isced_f_code or "")[:4],
        eqf=int(level) if level.isdigit() else 0,
        scale=HOME,
        minimum=minimum,
    )
    return None if found is None else _table_content(found)


def _table_content(table: GradingTable) -> dict[str, object]:
    return {
        "id": table.id,
        "version": table.version,
        "isced_f": table.isced_f,
        "eqf": str(table.eqf or ""),
        "years": list(table.years),
        "total": number_text(sum((count for _, count in table.entries), Decimal(0))),
        "entries": [
            {"label": label, "count": number_text(count), "share": format(share, "f")}
            for (label, count), share in zip(table.entries, percentages(table.entries), strict=True)
        ],
    }
