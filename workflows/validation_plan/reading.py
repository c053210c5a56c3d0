"""From rows to :class:`PlanView`: versions, what is in force, who may answer for a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from workflows.mobility.agreement import Agreement
from workflows.people.models import Membership, Person
from workflows.people.services import coordinator_group, teacher_group
from workflows.validation_plan.digest import plan_digest
from workflows.validation_plan.models import PlanRow, ValidationPlan
from workflows.validation_plan.views import (
    AnswerView,
    CourseView,
    PlanView,
    RowView,
    SignatureView,
    VersionStatus,
)


def plans_of(session: Session, mobility_id: int) -> list[ValidationPlan]:
    """Every version of a mobility's plan, oldest first."""
    statement = select(ValidationPlan).where(ValidationPlan.mobility_id == mobility_id)
    return list(session.scalars(statement.order_by(ValidationPlan.number)))


def latest_plan(session: Session, mobility_id: int, *, lock: bool = False) -> ValidationPlan:
    """The last version; raises NotFound where there is no plan.

    ``lock`` keeps other writers of it waiting, and reads what they have written.
    """
    statement = (
        select(ValidationPlan)
        .where(ValidationPlan.mobility_id == mobility_id)
        .order_by(ValidationPlan.number.desc())
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def plan_in_force(session: Session, mobility_id: int) -> ValidationPlan | None:
    """The last version that everybody has signed; None before there is one."""
    statement = (
        select(ValidationPlan)
        .where(
            ValidationPlan.mobility_id == mobility_id,
            ValidationPlan.status == VersionStatus.SIGNED.value,
        )
        .order_by(ValidationPlan.number.desc())
        .limit(1)
    )
    return session.scalar(statement)


def plan_views(session: Session, mobility_id: int) -> tuple[PlanView, ...]:
    """Every version of a mobility's plan, oldest first, each compared with the one before."""
    views: list[PlanView] = []
    for plan in plans_of(session, mobility_id):
        view = view_of(plan)
        views.append(_compared(view, views[-1]) if views else view)
    return tuple(views)


def view_of(plan: ValidationPlan) -> PlanView:
    """One version as a value."""
    digest = plan_digest(plan)
    return PlanView(
        id=plan.id,
        mobility_id=plan.mobility_id,
        number=plan.number,
        status=VersionStatus(plan.status),
        agreement=Agreement.from_json(plan.agreement),
        conversion_method=plan.conversion_method,
        conversion_note=plan.conversion_note,
        partner_signs=plan.partner_signs,
        created_at=plan.created_at,
        submitted_at=plan.submitted_at,
        digest=digest,
        rows=tuple(row_view(row) for row in plan.rows),
        answers=tuple(
            AnswerView(
                stage=each.stage,
                outcome=each.outcome,
                reason=each.reason,
                answered_by=each.answered_by,
                actor=each.actor,
                at=each.at,
            )
            for each in plan.answers
        ),
        signatures=tuple(
            SignatureView(
                role=each.role,
                signer_name=each.signer_name,
                signer_position=each.signer_position,
                signer_email=each.signer_email,
                signed_at=each.signed_at,
                digest=each.digest,
                intact=each.digest == digest,
            )
            for each in plan.signatures
        ),
    )


def row_view(row: PlanRow) -> RowView:
    """One row as a value."""
    return RowView(
        lineage=row.lineage,
        unit_code=row.unit_code,
        unit_title=row.unit_title,
        credits=row.credits,
        credits_text=row.credits_text,
        term=row.term,
        teacher_id=row.teacher_id,
        teacher_name=row.teacher.name if row.teacher else "",
        disposition=row.disposition,
        failure_rule=row.failure_rule,
        conditions=row.conditions,
        courses=tuple(
            CourseView(course.code, course.title, course.credits, course.credits_text)
            for course in row.courses
        ),
    )


def teachers(session: Session) -> Mapping[int, str]:
    """Who may be responsible for a unit, by account: teachers and coordinators, by name."""
    role = or_(
        *(Membership.group.startswith(each("")) for each in (teacher_group, coordinator_group))
    )
    statement = (
        select(Person)
        .join(Membership)
        .where(Person.active, role)
        .order_by(Person.family_name, Person.given_names, Person.id)
    )
    return {person.id: person.name for person in session.scalars(statement).unique()}


def _compared(view: PlanView, before: PlanView) -> PlanView:
    old = {row.lineage: row for row in before.rows}
    rows = (replace(row, changed=_plain(old.get(row.lineage)) != row) for row in view.rows)
    return replace(view, rows=tuple(rows))


def _plain(row: RowView | None) -> RowView | None:
    return None if row is None else replace(row, changed=None)
