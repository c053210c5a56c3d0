"""The service that derives a list of exams, whenever what it rests on has changed.

It runs at the start of a case and again each time a changed contract is signed or a stay
cut short, so every list says what it adds to the decision in force and what it takes away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from engine.values import Value
from workflows.exam_waiver.models import Waiver, WaiverExam
from workflows.exam_waiver.policy import (
    DECIDE,
    NOTHING,
    REDUCE,
    UNCHANGED,
    Calendar,
    Circumstances,
    Marked,
    exams_of,
    is_retroactive,
    marked,
    verdict,
)
from workflows.exam_waiver.reading import (
    Status,
    declined_exams,
    excused_exams,
    open_request,
    open_waiver,
    waiver_in_force,
)
from workflows.exam_waiver.sources import Basis, basis_of
from workflows.mobility.agreement import stay
from workflows.mobility.models import Mobility
from workflows.mobility.services import is_outgoing, mobility_of_case
from workflows.mobility.stays import last_day_if_shortened
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext
    from workflows.office import Office


RESUME = "resume"
"""The decision in force stands, and its letter or its record is still to be made."""


def _said(waiver: int, verdict: str, decision: str = "") -> Mapping[str, Value]:
    """The variables of the case; whoever proposed an earlier list has no part in this one."""
    return {"waiver": waiver, "verdict": verdict, "decision": decision, "proposed_by": ""}


_NOTHING = _said(0, NOTHING)


class Derive:
    """The service ``exam_waiver.derive``.

    Reads the case's variables (the outputs of the decision tables ``exam_calendar`` and
    ``deadlines`` among them); sets ``waiver`` (the number of the list or decision, 0 for
    none), ``verdict`` (``nothing``, ``unchanged``, ``resume``, ``decide`` or ``reduce``),
    ``decision`` (``granted`` where one is in force to go on with, else empty) and
    ``proposed_by`` (nobody yet).
    """

    parameters: frozenset[str] = frozenset()

    def __init__(self, office: Office) -> None:
        self._office = office

    def perform(self, job: Job) -> Value:
        """Nothing outside is needed."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Derive the list and keep it where somebody is to decide about it."""
        session, job = ctx.session, ctx.job
        mobility = mobility_of_case(session, job.business_key)
        if mobility is None or not is_outgoing(mobility, self._office.home_hei_id):
            return _NOTHING
        pending = open_waiver(session, mobility.id)
        if pending is not None:
            pending.status = Status.WITHDRAWN.value
        basis = basis_of(session, mobility)
        if basis is None:
            return _NOTHING
        assert job.instance_id is not None
        return _Derivation(session, mobility, basis, job.variables, ctx.now).run(job.instance_id)


class _Derivation:
    """One run over one mobility."""

    def __init__(
        self,
        session: Session,
        mobility: Mobility,
        basis: Basis,
        variables: Mapping[str, Value],
        now: datetime,
    ) -> None:
        self._session = session
        self._mobility = mobility
        self._basis = basis
        self._variables = variables
        self._now = now
        self._request = open_request(session, mobility.id)
        self._before = waiver_in_force(session, mobility.id)
        self._last_day = last_day_if_shortened(session, mobility.id)

    def run(self, instance_id: int) -> Mapping[str, Value]:
        rows = self._rows()
        found = verdict(rows, asked=self._request is not None)
        if found in {DECIDE, REDUCE}:
            waiver = self._keep(rows, instance_id)
            return _said(waiver.id, found)
        if self._request is not None:
            self._request.answered = True
        if self._before is None:
            return _NOTHING
        unfinished = self._before.document_id is None or self._before.recorded_at is None
        found = RESUME if unfinished else UNCHANGED
        return _said(self._before.id, found, Status.GRANTED.value)

    def _rows(self) -> list[Marked]:
        today = self._now.astimezone(ZONE).date()
        exams = exams_of(self._basis.units, Calendar.of(self._variables))
        now = Circumstances(
            today=today,
            late_days=_number(self._variables.get("late_days")),
            stay_end=stay(self._mobility.agreement)[1],
            last_day=self._last_day,
            reviewed=self._before is not None and self._before.last_day == _text(self._last_day),
            declined=declined_exams(self._before),
        )
        return marked(exams, excused_exams(self._before), now)

    def _keep(self, rows: Sequence[Marked], instance_id: int) -> Waiver:
        today = self._now.astimezone(ZONE).date()
        waiver = Waiver(
            mobility_id=self._mobility.id,
            number=self._next_number(),
            instance_id=instance_id,
            status=Status.PROPOSED.value,
            basis_kind=self._basis.kind,
            basis_number=self._basis.number,
            basis_digest=self._basis.digest,
            academic_year=self._mobility.receiving_academic_year_id or "",
            retroactive=is_retroactive(rows, today),
            appeal_months=_number(self._variables.get("appeal_months")),
            request_id=self._request.id if self._request else None,
            last_day=_text(self._last_day),
            previous_id=self._before.id if self._before else None,
            created_at=self._now,
            exams=[_row(number, row) for number, row in enumerate(rows)],
        )
        self._session.add(waiver)
        self._session.flush()
        return waiver

    def _next_number(self) -> int:
        statement = select(func.max(Waiver.number)).where(Waiver.mobility_id == self._mobility.id)
        return (self._session.scalar(statement) or 0) + 1


def _row(position: int, row: Marked) -> WaiverExam:
    exam = row.exam
    return WaiverExam(
        position=position,
        unit=exam.unit.key,
        code=exam.unit.code,
        title=exam.unit.title,
        credits=exam.unit.credits,
        semester=exam.semester,
        session=exam.session,
        starts_on=_text(exam.period.starts_on if exam.period else None),
        ends_on=_text(exam.period.ends_on if exam.period else None),
        mark=row.mark,
        cause=row.cause,
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _number(value: Value) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0
