"""Services of the grade transfer's diagram: what happens between its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from engine.identity import SYSTEM
from workflows.contract.reading import version_in_force
from workflows.grade_transfer import news
from workflows.grade_transfer.courses import LANGUAGES, collect, courses_of, state_of, stay_of
from workflows.grade_transfer.documents import FILENAMES, KIND, TEMPLATE, paper_of, seal_reason
from workflows.grade_transfer.policy import day_named, deadline, pending, season, text_named
from workflows.grade_transfer.transcripts import ISSUED, SIGNED, issue, latest
from workflows.mobility.services import get_mobility
from workflows.office_work.local_time import ZONE
from workflows.papers import documents
from workflows.papers.sealing import Sealer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext, Service
    from engine.values import Value
    from workflows.mobility.models import Mobility
    from workflows.office import Office


class ReadStay:
    """The service ``grade_transfer.read_stay``: which semester's results end the stay."""

    parameters = frozenset({"mobility"})

    def perform(self, job: Job) -> Value:
        """``autumn`` or ``spring``, by the days that are agreed so far.

        The contract need not be signed yet: nothing is graded before the results are near.
        """
        with job.session() as session:
            return season(_mobility(session, job).agreement)

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """The routing facts of the case: a case that a message has begun may bring none."""
        mobility = _mobility(ctx.session, ctx.job)
        return {
            "season": result,
            "pending": 0,
            "department": mobility.department,
            "partner": mobility.sending_hei_id,
            "academic_year": mobility.receiving_academic_year_id or "",
        }


class OpenSheets:
    """The service ``grade_transfer.open_sheets``: courses from the contract, and until when.

    Sets ``departments`` (those that have something to grade), ``grades_due``,
    ``escalate_on``, ``partial_on`` and ``transcript_due`` (days).
    """

    parameters = frozenset({"mobility"})

    def perform(self, job: Job) -> Value:
        """Nothing outside; raises InvalidState without a signed contract."""
        with job.session() as session:
            if version_in_force(session, _mobility(session, job).id) is None:
                raise InvalidState("The learning agreement is not signed by all parties.")
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Add and update the courses; reckon the days from the decision table's."""
        mobility = _mobility(ctx.session, ctx.job)
        departments = collect(ctx.session, mobility, by=SYSTEM, now=ctx.now)
        days = days_of(
            ctx.job.variables,
            now=ctx.now,
            again=latest(ctx.session, mobility.id, ISSUED) is not None,
        )
        stay_of(ctx.session, mobility).transcript_due = days["transcript_due"]
        return {"departments": list(departments), **days}


def days_of(variables: Mapping[str, Value], *, now: datetime, again: bool) -> dict[str, str]:
    """The days of one round of grading, ISO 8601, from what the decision table has set.

    The first round counts from the publication of results, a later one (``again``) from
    today. RI is never asked to go on before the department had the time of a late round.
    """
    today = now.astimezone(ZONE).date()
    published = day_named(variables, "results_on")
    late = _after(today, text_named(variables, "late_within"))
    within = text_named(variables, "transcript_within")
    partial = _after(published, text_named(variables, "partial_after"))
    due = late if again else published
    return {
        "grades_due": due.isoformat(),
        "escalate_on": _after(due, text_named(variables, "escalate_after")).isoformat(),
        "partial_on": (late if again or partial <= today else partial).isoformat(),
        "transcript_due": _after(late if again else published, within).isoformat(),
    }


def _after(day: date, duration: str) -> date:
    return deadline(day, duration).astimezone(ZONE).date()


@dataclass(frozen=True, slots=True)
class Produce:
    """The service ``grade_transfer.produce``: three sealed documents of the signed version."""

    office: Office
    sealer: Sealer
    parameters = frozenset({"mobility"})

    def perform(self, job: Job) -> Value:
        """Set and seal the transcript in each language, outside every transaction."""
        with job.session() as session:
            mobility = _mobility(session, job)
            row = latest(session, mobility.id, SIGNED)
            if row is None or row.signed_at is None:
                raise InvalidState("There is no signed transcript to be made.")
            before = latest(session, mobility.id, ISSUED)
            number = (before.number or 0) + 1 if before else 1
            papers = {
                language: paper_of(row, language, number=number, before=before, at=job.now)
                for language in LANGUAGES
            }
            row_id = row.id
        made: dict[str, Value] = {
            language: documents.sealed(
                self.office, self.sealer, TEMPLATE, data, reason=seal_reason(language), at=job.now
            )
            for language, data in papers.items()
        }
        return {"transcript": row_id, "documents": made}

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Store them, number the version; it supersedes the one in force."""
        assert isinstance(result, dict)
        assert isinstance(result["documents"], dict)
        mobility = _mobility(ctx.session, ctx.job)
        row = latest(ctx.session, mobility.id, SIGNED, lock=True)
        if row is None or row.id != result["transcript"]:
            raise InvalidState("The signed transcript has changed while its documents were made.")
        before = latest(ctx.session, mobility.id, ISSUED, lock=True)
        number = (before.number or 0) + 1 if before else 1
        stored = {}
        for language, made in result["documents"].items():
            old = before.documents.get(language) if before else None
            stored[language] = documents.keep(
                ctx.session,
                made,
                business_key=str(mobility.id),
                kind=KIND,
                language=language,
                filename=f"{FILENAMES[language]}-{mobility.id}-v{number}.pdf",
                now=ctx.now,
                instead_of=documents.get(ctx.session, old) if old is not None else None,
            ).id
        issue(ctx.session, row, stored, ctx.now)
        assert ctx.job.instance_id is not None
        news.issued(ctx.unit, row, ctx.job.instance_id)
        stay = stay_of(ctx.session, mobility)
        states = [state_of(course) for course in courses_of(ctx.session, mobility.id)]
        waiting = pending(states, withdrawn_on=stay.withdrawn_on)
        return {"transcript": row.id, "pending": len(waiting)}


class Overdue:
    """The service ``grade_transfer.overdue``: the transcript should have been sent by ``due``."""

    parameters = frozenset({"due"})

    def perform(self, job: Job) -> Value:
        """Nothing outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Tell RI, the coordinators and the director, once for one day."""
        mobility = _mobility(ctx.session, ctx.job)
        assert ctx.job.instance_id is not None
        due = str(ctx.job.payload.get("due"))
        news.overdue(ctx.unit, mobility, due=due, instance_id=ctx.job.instance_id)
        return {}


def services(office: Office) -> Mapping[str, Service]:
    """The services by the name a diagram gives them."""
    return {
        "grade_transfer.read_stay": ReadStay(),
        "grade_transfer.open_sheets": OpenSheets(),
        "grade_transfer.produce": Produce(office, Sealer(office)),
        "grade_transfer.overdue": Overdue(),
    }


def _mobility(session: Session, job: Job) -> Mobility:
    if not job.business_key.isdigit():
        raise InvalidState("This case names no mobility.")
    return get_mobility(session, int(job.business_key))
