"""What is told about a grade transfer beside its tasks: who gets which mail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.grade_transfer.transcripts import ISSUED, latest
from workflows.mobility.services import mobility_of_case
from workflows.notices.news import tell
from workflows.notices.partner import Contact, contact_of_mobility
from workflows.people.services import RI, coordinator_group, head_group, people_in, student_group

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Unit
    from engine.registry import TaskContext
    from workflows.grade_transfer.models import Transcript
    from workflows.mobility.models import Mobility
    from workflows.office import Office
    from workflows.people.models import Person

MAILS = "workflows.grade_transfer"


def contact(session: Session, business_key: str, office: Office) -> Contact | None:
    """Who receives the transcript at the sending institution; the link is bound to its content."""
    found = contact_of_mobility(session, business_key, office)
    mobility = mobility_of_case(session, business_key)
    transcript = latest(session, mobility.id, ISSUED) if mobility else None
    if found is None or transcript is None:
        return found
    values = {"number": str(transcript.number or "")}
    return replace(found, digest=transcript.digest, values=values)


def returned(ctx: TaskContext, mobility: Mobility, departments: Iterable[str]) -> None:
    """RI has returned results: the departments asked again learn why."""
    people = _coordinators(ctx.unit, departments)
    values = {**_about(mobility), "reason": ctx.reason or ""}
    _tell(ctx.unit, "returned", ctx.work_item.id, people, values, ctx.instance_id)


def contested(ctx: TaskContext, transcript: Transcript) -> None:
    """The partner has said what is wrong with a transcript: RI and the coordinators learn it."""
    mobility = transcript.mobility
    people = [
        *people_in(ctx.session, RI),
        *people_in(ctx.session, coordinator_group(mobility.department)),
    ]
    values = {
        **_about(mobility),
        "reason": ctx.reason or "",
        "number": str(transcript.number or ""),
    }
    _tell(ctx.unit, "contested", ctx.work_item.id, people, values, ctx.instance_id)


def issued(unit: Unit, transcript: Transcript, instance_id: int) -> None:
    """A transcript has gone to the partner: the student learns it."""
    mobility = transcript.mobility
    if mobility.person_id is None:
        return
    to = people_in(unit.session, student_group(mobility.person_id))
    values = {**_about(mobility), "number": str(transcript.number or "")}
    _tell(unit, "issued", transcript.id, to, values, instance_id)


def overdue(unit: Unit, mobility: Mobility, *, due: str, instance_id: int) -> None:
    """The five weeks are over: RI, the coordinators and the director of the department learn it."""
    people = [
        *people_in(unit.session, RI),
        *people_in(unit.session, head_group(mobility.department)),
        *_coordinators(unit, [mobility.department]),
    ]
    values = {**_about(mobility), "due": due}
    _tell(unit, "overdue", f"{mobility.id}-{due}", people, values, instance_id)


def _tell(
    unit: Unit,
    kind: str,
    about: int | str,
    to: Sequence[Person],
    values: Mapping[str, str],
    instance_id: int,
) -> None:
    news = f"grade-transfer-{kind}-{about}"
    link = f"/cases/{instance_id}"
    tell(unit, mails=MAILS, kind=kind, news=news, to=to, values=values, link=link)


def _coordinators(unit: Unit, departments: Iterable[str]) -> list[Person]:
    found: list[Person] = []
    for department in sorted(departments):
        found += people_in(unit.session, coordinator_group(department))
    return found


def _about(mobility: Mobility) -> dict[str, str]:
    student = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}".strip()
    return {"student": student, "year": mobility.receiving_academic_year_id or ""}
