"""The letter that tells a student what was decided, made and sealed once the head has decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from babel.dates import format_date

from workflows.exam_waiver.news import tell_decision
from workflows.exam_waiver.policy import EXCUSED, REVOKED
from workflows.exam_waiver.reading import (
    ExamView,
    Status,
    WaiverView,
    view_of,
    waiver_of,
)
from workflows.mobility.services import labels_for
from workflows.office_work.local_time import ZONE
from workflows.papers import documents
from workflows.papers.rendering import words
from workflows.papers.sealing import Sealer
from workflows.partners.models import UNASSIGNED, Department
from workflows.partners.services import institution_name
from workflows.people.services import get_person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext
    from engine.values import Value
    from workflows.exam_waiver.models import Waiver
    from workflows.mobility.models import Mobility
    from workflows.office import Office

KIND = "exam_waiver.decision"
TEMPLATE = "exam_waiver/decision"
DEFAULT_LANGUAGE = "fr"
FOLDER = "exam_waiver"


class Issue:
    """The service ``exam_waiver.issue``: makes the letter, keeps it, and tells who waits for it.

    A decision whose letter exists already gets no second one.
    """

    parameters: frozenset[str] = frozenset()

    def __init__(self, office: Office) -> None:
        self._office = office
        self._sealer = Sealer(office)

    def perform(self, job: Job) -> Value:
        """Set and seal the letter, outside every transaction."""
        with job.session() as session:
            waiver = waiver_of(session, job.variables.get("waiver"))
            if waiver.document_id is not None:
                return None
            data = letter(session, waiver, self._office)
            at = waiver.decided_at or job.now
        return documents.sealed(
            self._office, self._sealer, TEMPLATE, data, reason=str(data["title"]), at=at
        )

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Keep the letter in place of the one before, and tell student and coordinators."""
        waiver = waiver_of(ctx.session, ctx.job.variables.get("waiver"))
        if isinstance(result, dict) and waiver.document_id is None:
            _keep(ctx, waiver, result)
            tell_decision(ctx.unit, waiver)
        return {}


def _keep(ctx: JobContext, waiver: Waiver, made: Value) -> None:
    """A granted waiver's letter replaces the one in force; a refusal leaves it in force."""
    language = language_of(ctx.session, waiver.mobility)
    granted = waiver.status == Status.GRANTED
    kept = documents.keep(
        ctx.session,
        made,
        business_key=ctx.job.business_key,
        kind=KIND,
        language=language,
        filename=f"{words(FOLDER, language)['filename']}-{waiver.number}.pdf",
        now=ctx.now,
        actor_id=ctx.unit.actor.id,
        instead_of=waiver.previous.document if granted and waiver.previous else None,
    )
    waiver.document_id = kept.id
    ctx.session.flush()


def language_of(session: Session, mobility: Mobility) -> str:
    """The student's language; French where none is known."""
    if mobility.person_id is None:
        return DEFAULT_LANGUAGE
    return get_person(session, mobility.person_id).locale or DEFAULT_LANGUAGE


def letter(session: Session, waiver: Waiver, office: Office) -> dict[str, object]:
    """What the template of the letter shows, in the student's language."""
    mobility, view = waiver.mobility, view_of(waiver)
    language = language_of(session, mobility)
    said = words(FOLDER, language)
    granted = view.status is not Status.REFUSED
    return {
        "language": language,
        "title": said["title_granted" if granted else "title_refused"],
        "issuer": institution_name(session, office.home_hei_id),
        "department": _department(session, mobility.department, language),
        "student": labels_for(session, mobility).subject,
        "academic_year": view.academic_year,
        "partner": institution_name(session, mobility.receiving_hei_id),
        "stay": _stay(mobility, view, language),
        "basis": view.basis_kind,
        "basis_number": str(view.basis_number),
        "basis_digest": view.basis_digest[:16],
        "number": str(view.number),
        "decided_on": _long(view.decided_at, language),
        "decided_by": view.decided_by or "",
        "stage": view.answers[-1].stage if view.answers else "head",
        "granted": granted,
        "retroactive": view.retroactive and granted,
        "exception": view.exception or "",
        "reason": view.reason or "",
        "last_day": _day(view.last_day, language),
        "appeal_months": str(waiver.appeal_months),
        "excused": _rows(view.exams, EXCUSED if granted else (), language),
        "revoked": _rows(view.exams, (REVOKED,) if granted else (), language),
    }


def _department(session: Session, code: str, language: str) -> str:
    """Its name; nothing while RI has assigned none."""
    found = session.get(Department, code)
    return found.name(language) if found and code != UNASSIGNED else ""


def _rows(exams: Iterable[ExamView], marks: Iterable[str], language: str) -> list[list[str]]:
    """Code, unit, credits, semester, session, days, mark of each exam with one of the marks."""
    wanted = frozenset(marks)
    return [
        [
            exam.code or "",
            exam.title,
            exam.credits or "",
            str(exam.semester or ""),
            str(exam.session),
            _period(exam, language),
            exam.mark,
        ]
        for exam in exams
        if exam.mark in wanted
    ]


def _period(exam: ExamView, language: str) -> str:
    if exam.starts_on is None or exam.ends_on is None:
        return ""
    days = (format_date(day, "short", locale=language) for day in (exam.starts_on, exam.ends_on))
    return " – ".join(days)


def _stay(mobility: Mobility, view: WaiverView, language: str) -> str:
    agreement = mobility.agreement
    first = agreement.start_date or agreement.start_year_month
    last = agreement.end_date or agreement.end_year_month
    if view.last_day is not None:
        last = view.last_day.isoformat()
    return " – ".join(_written(text, language) for text in (first, last) if text)


def _written(text: str, language: str) -> str:
    """A day or a month of the agreement in words; other text as it was written."""
    pattern, day = ("MMMM y", f"{text}-01") if len(text) == len("2027-01") else ("d MMMM y", text)
    try:
        return format_date(date.fromisoformat(day), pattern, locale=language)
    except ValueError:
        return text


def _day(day: date | None, language: str) -> str:
    return format_date(day, "d MMMM y", locale=language) if day else ""


def _long(at: datetime | None, language: str) -> str:
    return _day(at.astimezone(ZONE).date(), language) if at else ""
