"""Waivers as pages, letters and rules read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidState
from workflows.exam_waiver.models import Waiver, WaiverExam, WaiverRequest
from workflows.exam_waiver.policy import (
    DAYS_UNKNOWN,
    EXCUSED,
    LEFT_OUT,
    NOT_PROPOSED,
    REVOKED,
    Exam,
    Identity,
    Period,
    Unit,
)


class Status(StrEnum):
    """Where a waiver stands."""

    PROPOSED = "proposed"  #: the coordinator considers the list
    ENDORSED = "endorsed"  #: the head of department decides
    GRANTED = "granted"  #: in force
    REFUSED = "refused"  #: refused with a reason
    SUPERSEDED = "superseded"  #: another decision has taken its place
    WITHDRAWN = "withdrawn"  #: overtaken before anybody decided


DECLINED = frozenset({NOT_PROPOSED, DAYS_UNKNOWN})
"""Why an exam that could have been chosen is not excused by a decision."""

OPEN = (Status.PROPOSED.value, Status.ENDORSED.value)


@dataclass(frozen=True, slots=True)
class ExamView:
    """One exam as a page shows it; codes as in :mod:`workflows.exam_waiver.policy`."""

    id: int
    code: str | None
    title: str
    credits: str | None
    semester: int | None
    session: int
    starts_on: date | None
    ends_on: date | None
    mark: str
    cause: str | None

    @property
    def excused(self) -> bool:
        """Whether the student need not sit it."""
        return self.mark in EXCUSED


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What somebody answered at a stage: ``coordinator``, ``head`` or ``registrar``."""

    stage: str
    outcome: str
    reason: str | None
    answered_by: str
    on_behalf_of: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class WaiverView:
    """One waiver, complete."""

    id: int
    number: int
    status: Status
    basis_kind: str
    basis_number: int
    basis_digest: str
    academic_year: str
    retroactive: bool
    exception: str | None
    reason: str | None
    request_reason: str | None
    asked_by: str | None
    last_day: date | None
    created_at: datetime
    decided_at: datetime | None
    decided_by: str | None
    recorded_at: datetime | None
    recorded_by: str | None
    record_reference: str | None
    document_id: int | None
    previous_number: int | None
    exams: tuple[ExamView, ...]
    answers: tuple[AnswerView, ...]

    @property
    def excused(self) -> tuple[ExamView, ...]:
        """The exams the student need not sit."""
        return tuple(exam for exam in self.exams if exam.excused)

    @property
    def revoked(self) -> tuple[ExamView, ...]:
        """Those the student has to sit again."""
        return tuple(exam for exam in self.exams if exam.mark == REVOKED)

    @property
    def left_out(self) -> tuple[ExamView, ...]:
        """Those that are not excused, though their unit is replaced."""
        return tuple(exam for exam in self.exams if exam.mark == LEFT_OUT)

    @property
    def of_unknown_days(self) -> tuple[ExamView, ...]:
        """Those that could be on any day of the stay: no semester told, or none in the calendar."""
        return tuple(exam for exam in self.exams if exam.starts_on is None)

    @property
    def compares(self) -> bool:
        """Whether there was a decision before that it adds to or takes from."""
        return self.previous_number is not None


def waivers_of(session: Session, mobility_id: int) -> list[Waiver]:
    """Every waiver of a mobility, oldest first."""
    statement = select(Waiver).where(Waiver.mobility_id == mobility_id).order_by(Waiver.number)
    return list(session.scalars(statement))


def waiver_in_force(session: Session, mobility_id: int) -> Waiver | None:
    """The decision in force; None before there is one."""
    return _last(session, mobility_id, (Status.GRANTED.value,))


def open_waiver(session: Session, mobility_id: int) -> Waiver | None:
    """The list that waits for a decision; None where there is none."""
    return _last(session, mobility_id, OPEN)


def _last(session: Session, mobility_id: int, statuses: Sequence[str]) -> Waiver | None:
    statement = (
        select(Waiver)
        .where(Waiver.mobility_id == mobility_id, Waiver.status.in_(statuses))
        .order_by(Waiver.number.desc())
        .limit(1)
    )
    return session.scalar(statement)


def waiver_of(session: Session, waiver_id: object) -> Waiver:
    """The waiver a case is at; raises InvalidState where the case names none."""
    found = session.get(Waiver, waiver_id) if isinstance(waiver_id, int) else None
    if found is None:
        raise InvalidState("This case names no exam waiver.")
    return found


def open_request(session: Session, mobility_id: int) -> WaiverRequest | None:
    """The newest request that no decision has taken into account yet."""
    statement = (
        select(WaiverRequest)
        .where(WaiverRequest.mobility_id == mobility_id, WaiverRequest.answered.is_(False))
        .order_by(WaiverRequest.id.desc())
        .limit(1)
    )
    return session.scalar(statement)


def excused_exams(waiver: Waiver | None) -> list[Exam]:
    """The exams a decision excuses, as the rules compare them."""
    return [_exam(row) for row in (waiver.exams if waiver else ()) if row.mark in EXCUSED]


def declined_exams(waiver: Waiver | None) -> frozenset[Identity]:
    """The exams a decision knew and left out, because nobody proposed them."""
    rows = waiver.exams if waiver else ()
    return frozenset(_exam(row).identity for row in rows if row.cause in DECLINED)


def _exam(row: WaiverExam) -> Exam:
    unit = Unit(row.unit, row.code, row.title, row.credits, term=None)
    days = _day(row.starts_on), _day(row.ends_on)
    period = Period(*days) if days[0] and days[1] else None  # type: ignore[arg-type]
    return Exam(unit, row.semester, row.session, period)


def view_of(waiver: Waiver) -> WaiverView:
    """A waiver as a value."""
    request, previous = waiver.request, waiver.previous
    return WaiverView(
        id=waiver.id,
        number=waiver.number,
        status=Status(waiver.status),
        basis_kind=waiver.basis_kind,
        basis_number=waiver.basis_number,
        basis_digest=waiver.basis_digest,
        academic_year=waiver.academic_year,
        retroactive=waiver.retroactive,
        exception=waiver.exception,
        reason=waiver.reason,
        request_reason=request.reason if request else None,
        asked_by=request.asked_by if request else None,
        last_day=_day(waiver.last_day),
        created_at=waiver.created_at,
        decided_at=waiver.decided_at,
        decided_by=waiver.decided_by,
        recorded_at=waiver.recorded_at,
        recorded_by=waiver.recorded_by,
        record_reference=waiver.record_reference,
        document_id=waiver.document_id,
        previous_number=previous.number if previous else None,
        exams=_exams(waiver.exams),
        answers=tuple(
            AnswerView(
                row.stage, row.outcome, row.reason, row.answered_by, row.on_behalf_of, row.at
            )
            for row in waiver.answers
        ),
    )


def _exams(rows: Iterable[WaiverExam]) -> tuple[ExamView, ...]:
    return tuple(
        ExamView(
            id=row.id,
            code=row.code,
            title=row.title,
            credits=row.credits,
            semester=row.semester,
            session=row.session,
            starts_on=_day(row.starts_on),
            ends_on=_day(row.ends_on),
            mark=row.mark,
            cause=row.cause,
        )
        for row in rows
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
