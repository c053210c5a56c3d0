"""Services of the recognition's diagram: what happens between its tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from workflows.mobility.services import get_mobility
from workflows.notices.news import queue
from workflows.office_work.local_time import ZONE
from workflows.papers import documents
from workflows.papers.sealing import Sealer
from workflows.people.services import get_person
from workflows.recognition import news
from workflows.recognition.documents import (
    FILENAMES,
    KIND,
    TEMPLATE,
    languages,
    paper_of,
    seal_reason,
)
from workflows.recognition.results import result_of
from workflows.recognition.services import entered

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext, Service
    from engine.values import Value
    from workflows.mobility.models import Mobility
    from workflows.office import Office


@dataclass(frozen=True, slots=True)
class Chase:
    """The service ``recognition.chase``: the partner is asked for the transcript it owes."""

    office: Office
    parameters = frozenset[str]()

    def perform(self, job: Job) -> Value:
        """The mail to the partner's contact; none where the agreement names nobody."""
        with job.session() as session:
            mail = news.chase(
                session, _mobility(session, job), self.office, job_id=job.id, now=job.now
            )
        return [asdict(mail)] if mail else []

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Queue it."""
        return queue(ctx, result)


class Alert:
    """The service ``recognition.alert``: the five weeks are nearly over at the step ``step``."""

    parameters = frozenset({"step"})

    def perform(self, job: Job) -> Value:
        """Nothing outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Tell the director, RI and the coordinators."""
        assert ctx.job.instance_id is not None
        decide_by = datetime.fromisoformat(str(ctx.job.variables.get("decide_by")))
        news.alert(
            ctx.unit,
            _mobility(ctx.session, ctx.job),
            step=str(ctx.job.payload.get("step")),
            decide_by=decide_by.astimezone(ZONE).date().isoformat(),
            instance_id=ctx.job.instance_id,
            job_id=ctx.job.id,
        )
        return {}


@dataclass(frozen=True, slots=True)
class Issue:
    """The service ``recognition.issue``: the sealed decision, and the news of it."""

    office: Office
    sealer: Sealer
    parameters = frozenset[str]()

    def perform(self, job: Job) -> Value:
        """Set and seal the decision in French and the student's language."""
        assert job.instance_id is not None
        with job.session() as session:
            mobility = _mobility(session, job)
            recognition, transcript = entered(session, job.instance_id)
            person = get_person(session, mobility.person_id) if mobility.person_id else None
            papers = {
                language: paper_of(
                    session,
                    mobility,
                    recognition,
                    transcript,
                    language,
                    appeal_months=_appeal_months(job),
                    at=job.now,
                )
                for language in languages(person.locale if person else None)
            }
        return {
            language: documents.sealed(
                self.office, self.sealer, TEMPLATE, data, reason=seal_reason(language), at=job.now
            )
            for language, data in papers.items()
        }

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Store the documents, each in the place of an earlier one; tell the student."""
        assert isinstance(result, dict)
        assert ctx.job.instance_id is not None
        mobility = _mobility(ctx.session, ctx.job)
        recognition, transcript = entered(ctx.session, ctx.job.instance_id)
        decision = result_of(recognition, transcript)
        assert decision is not None, "what has been set in a document was decided"
        before = {
            each.language: each
            for each in documents.of_case(ctx.session, ctx.job.business_key)
            if each.kind == KIND and each.in_force
        }
        for language, made in result.items():
            documents.keep(
                ctx.session,
                made,
                business_key=ctx.job.business_key,
                kind=KIND,
                language=language,
                filename=f"{FILENAMES[language]}-{mobility.id}.pdf",
                now=ctx.now,
                instead_of=before.get(language),
            )
        news.decided(
            ctx.unit, mobility, recognition, decision, appeal_months=_appeal_months(ctx.job)
        )
        return {}


def services(office: Office) -> Mapping[str, Service]:
    """The services by the name a diagram gives them."""
    return {
        "recognition.chase": Chase(office),
        "recognition.alert": Alert(),
        "recognition.issue": Issue(office, Sealer(office)),
    }


def _appeal_months(job: Job) -> str:
    months = job.variables.get("appeal_months")
    if not isinstance(months, str):
        raise InvalidState("The decision table gives no appeal_months.")
    return months


def _mobility(session: Session, job: Job) -> Mobility:
    if not job.business_key.isdigit():
        raise InvalidState("This case names no mobility.")
    return get_mobility(session, int(job.business_key))
