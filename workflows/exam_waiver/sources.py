"""What a waiver rests on: the units of the contract or validation plan that is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workflows.contract.digest import content_digest
from workflows.contract.policy import term_of
from workflows.contract.reading import effective_components, version_in_force
from workflows.contract.views import ComponentView, Part
from workflows.exam_waiver.policy import Unit
from workflows.mobility.models import Mobility
from workflows.validation_plan.digest import plan_digest
from workflows.validation_plan.models import PlanRow
from workflows.validation_plan.policy import REPLACED, TERMS, WAIVED
from workflows.validation_plan.reading import plan_in_force

CONTRACT, VALIDATION_PLAN = "contract", "validation_plan"
NOT_EXAMINED = frozenset({REPLACED, WAIVED})
"""Dispositions of a unit that is not examined at home while the student is away."""

RESIT_AT_HOME = "resit_equivalent_unit"
"""The failure rule by which a student who fails abroad sits the resit at home."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What was signed: which kind, which version of it, its digest, the units it replaces."""

    kind: str
    number: int
    digest: str
    units: tuple[Unit, ...]


def basis_of(session: Session, mobility: Mobility) -> Basis | None:
    """What the waiver of a mobility rests on; None while nothing is signed by all.

    A mobility has a learning agreement or, outside Erasmus, a validation plan.
    """
    version = version_in_force(session, mobility.id)
    if version is not None:
        rows = effective_components(version)
        return Basis(CONTRACT, version.number, content_digest(version), units_of_contract(rows))
    plan = plan_in_force(session, mobility.id)
    if plan is not None:
        return Basis(VALIDATION_PLAN, plan.number, plan_digest(plan), units_of_plan(plan.rows))
    return None


def units_of_contract(rows: Iterable[ComponentView]) -> tuple[Unit, ...]:
    """The units a learning agreement recognises: all of them are studied abroad instead."""
    return tuple(
        Unit(
            key=row.lineage,
            code=row.los_code,
            title=row.title,
            credits=" + ".join(f"{each.text} {each.scheme.upper()}" for each in row.credits)
            or None,
            term=term_of(row),
        )
        for row in rows
        if row.part is Part.RECOGNISED
    )


def units_of_plan(rows: Iterable[PlanRow]) -> tuple[Unit, ...]:
    """The units of a validation plan that are replaced or waived; kept ones are examined."""
    return tuple(
        Unit(
            key=row.lineage,
            code=row.unit_code,
            title=row.unit_title,
            credits=f"{row.credits_text} ECTS" if row.credits_text else None,
            term=TERMS.get(row.term or ""),
            june_resit=row.failure_rule == RESIT_AT_HOME,
        )
        for row in rows
        if row.disposition in NOT_EXAMINED
    )
