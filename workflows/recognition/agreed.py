"""What was agreed before the stay, by the paper in force.

A mobility has a learning agreement or, outside Erasmus, a validation plan (plan de
validation). In the first, components abroad replace units as a group; in the second every
unit names the courses that replace it, what failing them leads to, and all of them the
method by which grades are converted. Units that a plan keeps or waives are asked nowhere
abroad.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from workflows.contract.digest import content_digest
from workflows.contract.models import ContractVersion, Signature
from workflows.contract.policy import ECTS, MAIN_PART
from workflows.contract.reading import effective_components, version_in_force
from workflows.contract.views import ComponentView, Part, Role
from workflows.mobility.models import Mobility
from workflows.recognition.policy import Rule
from workflows.recognition.trace import Method
from workflows.validation_plan.digest import plan_digest
from workflows.validation_plan.models import PlanCourse, PlanSignature, ValidationPlan
from workflows.validation_plan.policy import REPLACED
from workflows.validation_plan.reading import plan_in_force

METHODS: Mapping[str, Method] = {
    "tables": Method.TABLES,
    "grid": Method.GRID,
    "formula": Method.FORMULA,
    "pass_only": Method.NONE,
}
"""What each conversion method of a plan is called in a trace."""


@dataclass(frozen=True, slots=True)
class Component:
    """A component abroad."""

    los_id: str | None
    code: str | None
    title: str
    credits: Decimal | None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the diploma; ``replaced_by`` are the places of a plan's components for it."""

    code: str | None
    title: str
    credits: Decimal | None
    replaced_by: tuple[int, ...] = ()
    failure_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What one paper agrees, which paper, and its digest.

    ``method`` is the conversion a plan agrees on; a contract agrees on none.
    """

    digest: str
    components: tuple[Component, ...]
    units: tuple[Unit, ...]
    contract_version_id: int | None = None
    validation_plan_id: int | None = None
    method: Method | None = None

    def terms(self, rule: Rule) -> Rule:
        """The department's rule as far as the paper leaves things to it."""
        return rule if self.method is None else rule.on_plan(self.method)


def agreed_in_force(session: Session, mobility: Mobility) -> Agreed | None:
    """What the contract or the plan in force agrees; None while all have signed neither."""
    version = version_in_force(session, mobility.id)
    if version is not None:
        return _of_contract(version, mobility)
    plan = plan_in_force(session, mobility.id)
    return None if plan is None else _of_plan(plan)


def sending_signers(session: Session, mobility_id: int) -> set[str]:
    """Who has signed any version of a mobility's papers for this university."""
    contracts = (
        select(Signature.actor)
        .join(ContractVersion, ContractVersion.id == Signature.version_id)
        .where(ContractVersion.mobility_id == mobility_id, Signature.role == Role.SENDING.value)
    )
    plans = (
        select(PlanSignature.actor)
        .join(ValidationPlan, ValidationPlan.id == PlanSignature.plan_id)
        .where(ValidationPlan.mobility_id == mobility_id, PlanSignature.role == Role.SENDING.value)
    )
    return {actor for actor in session.scalars(union(contracts, plans)) if actor is not None}


def _of_contract(version: ContractVersion, mobility: Mobility) -> Agreed:
    rows = effective_components(version)
    main = MAIN_PART.get(mobility.mobility_type, Part.STUDIED)
    return Agreed(
        digest=content_digest(version),
        contract_version_id=version.id,
        components=tuple(
            Component(row.los_id, row.los_code, row.title, _ects(row))
            for row in _of(rows, main, Part.VIRTUAL)
        ),
        units=tuple(
            Unit(row.los_code, row.title, _ects(row)) for row in _of(rows, Part.RECOGNISED)
        ),
    )


def _of(rows: Iterable[ComponentView], *parts: Part) -> list[ComponentView]:
    return [row for part in parts for row in rows if row.part is part]


def _ects(row: ComponentView) -> Decimal | None:
    found = [credit.value for credit in row.credits if credit.scheme.lower() == ECTS]
    return sum(found, Decimal(0)) if found else None


def _of_plan(plan: ValidationPlan) -> Agreed:
    """A course that replaces several units is one component."""
    rows = [row for row in plan.rows if row.disposition == REPLACED]
    courses = list(dict.fromkeys(_component(course) for row in rows for course in row.courses))
    return Agreed(
        digest=plan_digest(plan),
        validation_plan_id=plan.id,
        components=tuple(courses),
        units=tuple(
            Unit(
                row.unit_code,
                row.unit_title,
                row.credits,
                tuple(dict.fromkeys(courses.index(_component(course)) for course in row.courses)),
                row.failure_rule,
            )
            for row in rows
        ),
        method=METHODS[plan.conversion_method or ""],
    )


def _component(course: PlanCourse) -> Component:
    return Component(None, course.code, course.title, course.credits)
