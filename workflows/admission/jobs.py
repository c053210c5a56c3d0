"""Services of the admission's diagram: screening a nomination, certifying the arrival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import InvalidState
from workflows.admission.models import IncomingNomination
from workflows.admission.notices import tell_outcome
from workflows.admission.policy import Rules, failed_rules
from workflows.admission.services import nominated_before, of_mobility, places_taken
from workflows.notices.news import spoken
from workflows.papers import documents
from workflows.papers.rendering import words
from workflows.papers.sealing import Sealer
from workflows.partners.services import find_institution, institution_name

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.registry import Job, JobContext, Service
    from engine.values import Value
    from workflows.office import Office

TEMPLATE = "admission/arrival"
KIND = "admission.arrival"


class Screen:
    """The service ``admission.screen``: which conditions the nomination does not meet."""

    parameters = frozenset({"mobility"})

    def perform(self, job: Job) -> Value:
        """Nothing outside."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Note the failed conditions; places are counted in this very transaction."""
        nomination = of_mobility(ctx.session, _mobility_id(ctx.job), lock=True)
        try:
            rules = Rules.of(ctx.job.variables)
        except (KeyError, ValueError) as error:
            raise InvalidState(f"The decision table 'admission_rules' is wrong: {error}") from error
        failed = failed_rules(
            nomination.mobility.agreement,
            rules,
            taken=places_taken(ctx.session, nomination),
            already_here=nominated_before(ctx.session, nomination),
        )
        nomination.failed_rules = ",".join(failed)
        return {}


@dataclass(frozen=True, slots=True)
class Certificate:
    """The service ``admission.certificate``: the sealed certificate of arrival."""

    office: Office
    sealer: Sealer
    parameters = frozenset({"mobility"})

    def perform(self, job: Job) -> Value:
        """Set and seal the document, outside every transaction."""
        with job.session() as session:
            nomination = of_mobility(session, _mobility_id(job))
            language = _language(session, nomination)
            data = _paper(session, nomination, language, self.office.home_hei_id)
        reason = words("admission", language)["title"]
        made = documents.sealed(self.office, self.sealer, TEMPLATE, data, reason=reason, at=job.now)
        return {"language": language, **made}

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Store it, and tell the partner and the student."""
        assert isinstance(result, dict)
        nomination = of_mobility(ctx.session, _mobility_id(ctx.job), lock=True)
        language = str(result["language"])
        documents.keep(
            ctx.session,
            result,
            business_key=str(nomination.mobility_id),
            kind=KIND,
            language=language,
            filename=f"{words('admission', language)['filename']}-{nomination.mobility_id}.pdf",
            now=ctx.now,
        )
        tell_outcome(ctx.unit, nomination, "arrived")
        return {}


def _mobility_id(job: Job) -> int:
    found = job.payload.get("mobility")
    if not isinstance(found, int):
        raise InvalidState("The service needs the number of a mobility.")
    return found


def _language(session: Session, nomination: IncomingNomination) -> str:
    partner = find_institution(session, nomination.mobility.sending_hei_id)
    return spoken(partner.locale if partner else "en")


def _paper(
    session: Session, nomination: IncomingNomination, language: str, home_hei_id: str
) -> dict[str, Any]:
    mobility = nomination.mobility
    said = words("admission", language)
    names = (mobility.student_given_names, mobility.student_family_name)
    return {
        "language": language,
        "title": said["title"],
        "issuer": institution_name(session, home_hei_id),
        "student": " ".join(name for name in names if name),
        "birth_date": mobility.student_birth_date or "",
        "student_number": nomination.student_number or "",
        "sender": institution_name(session, mobility.sending_hei_id),
        "academic_year": nomination.academic_year,
        "arrived_on": nomination.arrived_on or "",
        "start_date": mobility.start_date or "",
        "end_date": mobility.end_date or "",
    }


def services(office: Office) -> Mapping[str, Service]:
    """The services by the name a diagram gives them."""
    return {
        "admission.screen": Screen(),
        "admission.certificate": Certificate(office, Sealer(office)),
    }
