"""Validation plans: opening one, writing it, its versions, signing; what is in force.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import Conflict, Forbidden, InvalidInput, InvalidState
from engine.values import Value
from workflows.contract.services import Opened
from workflows.contract.signing import Signer
from workflows.contract.views import VersionStatus
from workflows.mobility.agreement import Agreement
from workflows.mobility.models import Mobility
from workflows.mobility.services import get_mobility, labels_for, open_mobility
from workflows.partners.services import ensure_institution, get_department
from workflows.people.models import Person
from workflows.people.services import RI, coordinator_group, student_group
from workflows.validation_plan.digest import plan_digest
from workflows.validation_plan.models import (
    PlanAnswer,
    PlanCourse,
    PlanRow,
    PlanSignature,
    ValidationPlan,
)
from workflows.validation_plan.plans import WrittenPlan, read_plan
from workflows.validation_plan.policy import plan_errors
from workflows.validation_plan.reading import (
    latest_plan,
    plan_in_force,
    plans_of,
    row_view,
    teachers,
)
from workflows.validation_plan.views import RowView

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.identity import Actor

__all__ = ["open_plan", "prepare_plan", "reopen_plan", "rows_in_force", "sign_plan", "submit_plan"]

PROCESS = "validation_plan"


def rows_in_force(session: Session, mobility_id: int) -> tuple[RowView, ...]:
    """The units of the plan that everybody has signed, in their order; none before.

    What is being written anew since then changes nothing in them.
    """
    plan = plan_in_force(session, mobility_id)
    return tuple(row_view(row) for row in plan.rows) if plan else ()


def open_plan(
    engine: Engine,
    unit: Unit,
    *,
    student: Person,
    department: str,
    receiving_hei_id: str,
    academic_year: str,
    home_hei_id: str,
    agreement: Agreement | None = None,
    omobility_id: str | None = None,
) -> Opened:
    """Open a mobility outside Erasmus with an empty plan, and its case at the draft.

    ``agreement`` may hold what is known already. Raises NotFound for an unknown department.
    """
    mobility = prepare_plan(
        unit,
        student=student,
        department=department,
        receiving_hei_id=receiving_hei_id,
        academic_year=academic_year,
        home_hei_id=home_hei_id,
        agreement=agreement,
        omobility_id=omobility_id,
    )
    return _start(engine, unit, mobility)


def prepare_plan(
    unit: Unit,
    *,
    student: Person,
    department: str,
    receiving_hei_id: str,
    academic_year: str,
    home_hei_id: str,
    agreement: Agreement | None = None,
    omobility_id: str | None = None,
) -> Mobility:
    """Open a mobility outside Erasmus with an empty plan, whose case is yet to start.

    As :func:`open_plan`, for whoever starts the case by a message.
    """
    session = unit.session
    home = get_department(session, department)
    partner = ensure_institution(session, receiving_hei_id)
    known = {
        "sending_ounit_name": home.name_fr,
        "sending_ounit_id": home.ounit_id,
        "student_given_names": student.given_names,
        "student_family_name": student.family_name,
        "student_email": student.email,
        "receiving_contact_given_names": partner.contact_given_names,
        "receiving_contact_family_name": partner.contact_family_name,
        "receiving_contact_email": partner.contact_email,
        **(agreement or Agreement()).present(),
        "sending_hei_id": home_hei_id,
        "receiving_hei_id": partner.hei_id,
        "receiving_academic_year_id": academic_year,
    }
    mobility = open_mobility(
        session,
        agreement=Agreement.of({name: value for name, value in known.items() if value}),
        mobility_type="semester",
        department=department,
        omobility_id=omobility_id,
        person_id=student.id,
        now=unit.now,
    )
    add_plan(session, mobility, now=unit.now)
    return mobility


def reopen_plan(engine: Engine, unit: Unit, mobility_id: int) -> Opened:
    """Begin the next version of a signed plan; the signed one stays in force meanwhile.

    Raises Forbidden for anybody but the student, the department and RI; InvalidState where
    nothing is signed or a version is being written already.
    """
    mobility = get_mobility(unit.session, mobility_id)
    parties = {student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI}
    if not parties & unit.actor.groups:
        raise Forbidden
    latest = latest_plan(unit.session, mobility_id, lock=True)
    if latest.status != VersionStatus.SIGNED:
        raise InvalidState("The plan is being written or signed already.")
    _copy(unit.session, mobility, latest, unit.now)
    return _start(engine, unit, mobility)


def _start(engine: Engine, unit: Unit, mobility: Mobility) -> Opened:
    variables: dict[str, Value] = {
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.receiving_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
        "direction": "outgoing",
    }
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=variables,
        labels=labels_for(unit.session, mobility),
        links=[student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI],
        unit=unit,
    )
    mobility.instance_id = started.instance_id
    unit.session.flush()
    return Opened(mobility.id, started.instance_id, tuple(started.work_items))


def add_plan(session: Session, mobility: Mobility, *, now: datetime) -> ValidationPlan:
    """Add the next, empty version of a mobility's plan."""
    earlier = plans_of(session, mobility.id)
    plan = ValidationPlan(
        mobility=mobility,
        mobility_id=mobility.id,
        number=earlier[-1].number + 1 if earlier else 1,
        status=VersionStatus.DRAFT.value,
        agreement=mobility.agreement.to_json(),
        partner_signs=False,
        created_at=now,
    )
    session.add(plan)
    session.flush()
    return plan


def next_plan(
    session: Session, plan: ValidationPlan, *, now: datetime, status: VersionStatus
) -> ValidationPlan:
    """Close ``plan`` as returned or rejected and open its copy as a draft."""
    plan.status = status.value
    return _copy(session, get_mobility(session, plan.mobility_id), plan, now)


def _copy(
    session: Session, mobility: Mobility, plan: ValidationPlan, now: datetime
) -> ValidationPlan:
    copy = add_plan(session, mobility, now=now)
    copy.conversion_method = plan.conversion_method
    copy.conversion_note = plan.conversion_note
    copy.rows = [_row(number, row_view(row)) for number, row in enumerate(plan.rows)]
    session.flush()
    return copy


def submit_plan(
    session: Session,
    mobility_id: int,
    data: Mapping[str, object],
    *,
    partner_signs: bool,
    now: datetime,
) -> ValidationPlan:
    """Keep what the student has written and freeze it.

    Raises InvalidInput by field path for what cannot be kept or is not complete,
    InvalidState once it has been submitted.
    """
    plan = latest_plan(session, mobility_id, lock=True)
    mobility = get_mobility(session, mobility_id)
    if plan.status != VersionStatus.DRAFT:
        raise InvalidState("This version of the plan is no longer a draft.")
    written = read_plan(data, mobility.agreement)
    errors = plan_errors(
        written.agreement,
        written.rows,
        written.conversion_method,
        teachers=frozenset(teachers(session)),
        partner_signs=partner_signs,
    )
    if errors:
        raise InvalidInput(errors)
    _write(session, plan, written)
    mobility.agreement = written.agreement
    plan.partner_signs = partner_signs
    plan.status = VersionStatus.SUBMITTED.value
    plan.submitted_at = now
    session.flush()
    return plan


def _write(session: Session, plan: ValidationPlan, written: WrittenPlan) -> None:
    plan.agreement = written.agreement.to_json()
    plan.conversion_method = written.conversion_method
    plan.conversion_note = written.conversion_note
    plan.rows = []
    session.flush()
    plan.rows = [_row(number, row) for number, row in enumerate(written.rows)]
    session.flush()


def _row(position: int, row: RowView) -> PlanRow:
    return PlanRow(
        position=position,
        lineage=row.lineage,
        unit_code=row.unit_code,
        unit_title=row.unit_title,
        credits=row.credits,
        credits_text=row.credits_text,
        term=row.term,
        teacher_id=row.teacher_id,
        disposition=row.disposition,
        failure_rule=row.failure_rule,
        conditions=row.conditions,
        courses=[
            PlanCourse(
                position=number,
                code=course.code,
                title=course.title,
                credits=course.credits,
                credits_text=course.credits_text,
            )
            for number, course in enumerate(row.courses)
        ],
    )


def add_answer(
    session: Session,
    plan: ValidationPlan,
    *,
    stage: str,
    outcome: str,
    reason: str | None,
    actor: Actor,
    now: datetime,
) -> PlanAnswer:
    """Keep one answer to a version."""
    answer = PlanAnswer(
        stage=stage,
        outcome=outcome,
        reason=reason,
        actor=actor.id,
        answered_by=actor.name,
        at=now,
    )
    plan.answers.append(answer)
    session.flush()
    return answer


def sign_plan(
    session: Session,
    plan: ValidationPlan,
    role: str,
    signer: Signer,
    *,
    at: datetime,
    seen_digest: str | None = None,
) -> PlanSignature:
    """Put one party's signature under a version.

    ``seen_digest`` is the digest the signer was shown: raises Conflict where the content is
    another by now. Raises InvalidState where that role has signed already.
    """
    digest = plan_digest(plan)
    if seen_digest is not None and seen_digest != digest:
        raise Conflict("The plan has changed since it was shown; read it again.")
    if any(each.role == role for each in plan.signatures):
        raise InvalidState("This version already bears that signature.")
    signature = PlanSignature(
        role=role,
        signer_name=signer.name,
        signer_position=signer.position,
        signer_email=signer.email,
        signed_at=at,
        digest=digest,
        actor=signer.actor,
    )
    plan.signatures.append(signature)
    session.flush()
    return signature
