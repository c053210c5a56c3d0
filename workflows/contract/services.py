"""Contracts: opening one, writing its draft, its versions, reading it.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState
from engine.values import Value
from workflows.contract.components import by_part, row_of, rows_of, view_of
from workflows.contract.digest import content_digest
from workflows.contract.drafts import read_draft
from workflows.contract.models import ContractVersion
from workflows.contract.notices import announce_signed
from workflows.contract.policy import structure_errors
from workflows.contract.reading import (
    contract_view,
    effective_components,
    latest_version,
    version_in_force,
    versions_of,
)
from workflows.contract.views import CHANGE, ComponentView, Part, VersionStatus
from workflows.mobility.agreement import Agreement
from workflows.mobility.models import MOBILITY_TYPES, Mobility
from workflows.mobility.services import get_mobility, labels_for, open_mobility
from workflows.partners.models import Department, Institution
from workflows.partners.services import ensure_institution, get_department
from workflows.people.models import Person
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from engine import Engine, Unit

__all__ = [
    "Opened",
    "add_version",
    "content_digest",
    "contract_view",
    "latest_version",
    "next_version",
    "open_contract",
    "prepare_contract",
    "save_draft",
    "start_case",
    "submit",
    "version_in_force",
    "versions_of",
]

PROCESS = "contract"


@dataclass(frozen=True, slots=True)
class Opened:
    """A new contract: its mobility, its case, and the first work items."""

    mobility_id: int
    instance_id: int
    work_items: tuple[int, ...]


def open_contract(
    engine: Engine,
    unit: Unit,
    *,
    student: Person,
    department: str,
    receiving_hei_id: str,
    academic_year: str,
    home_hei_id: str,
    mobility_type: str = "semester",
    agreement: Agreement | None = None,
    omobility_id: str | None = None,
) -> Opened:
    """Open a mobility with an empty first version and start its case at the draft.

    ``agreement`` may hold what is known already (contacts, language, dates). Raises
    InvalidInput for an unknown type of mobility, NotFound for an unknown department.
    """
    mobility = prepare_contract(
        unit,
        student=student,
        department=department,
        receiving_hei_id=receiving_hei_id,
        academic_year=academic_year,
        home_hei_id=home_hei_id,
        mobility_type=mobility_type,
        agreement=agreement,
        omobility_id=omobility_id,
    )
    return start_case(engine, unit, mobility, entry="draft")


def prepare_contract(
    unit: Unit,
    *,
    student: Person,
    department: str,
    receiving_hei_id: str,
    academic_year: str,
    home_hei_id: str,
    mobility_type: str = "semester",
    agreement: Agreement | None = None,
    omobility_id: str | None = None,
) -> Mobility:
    """Open a mobility with an empty first version of its contract, whose case is yet to start.

    As :func:`open_contract`, for whoever starts the case by a message.
    """
    if mobility_type not in MOBILITY_TYPES:
        raise InvalidInput({"mobility_type": ["not_an_option"]})
    session = unit.session
    home = get_department(session, department)
    partner = ensure_institution(session, receiving_hei_id)
    fields = {
        **_known_from_the_start(student, home, partner),
        **(agreement or Agreement()).present(),
        "sending_hei_id": home_hei_id,
        "receiving_hei_id": partner.hei_id,
        "receiving_academic_year_id": academic_year,
    }
    mobility = open_mobility(
        session,
        agreement=Agreement.of(fields),
        mobility_type=mobility_type,
        department=department,
        omobility_id=omobility_id,
        person_id=student.id,
        now=unit.now,
    )
    add_version(session, mobility, rows=(), now=unit.now)
    return mobility


def _known_from_the_start(
    student: Person, home: Department, partner: Institution
) -> dict[str, str]:
    """The agreement's fields that the two institutions and the student's account tell."""
    known = {
        "sending_ounit_name": home.name_fr,
        "sending_ounit_id": home.ounit_id,
        "student_given_names": student.given_names,
        "student_family_name": student.family_name,
        "student_email": student.email,
        "receiving_contact_given_names": partner.contact_given_names,
        "receiving_contact_family_name": partner.contact_family_name,
        "receiving_contact_email": partner.contact_email,
        "learning_outcomes_url": partner.course_catalogue_url,
    }
    return {name: value for name, value in known.items() if value}


def start_case(
    engine: Engine, unit: Unit, mobility: Mobility, *, entry: str, direction: str = "outgoing"
) -> Opened:
    """Start the contract's process for ``mobility`` at ``entry``.

    ``entry`` is one of ``draft``, ``sign_student``, ``sign_sending``, ``admin``,
    ``partner``, ``signed`` and, as receiving institution, ``review`` and ``awaited``: where
    the diagram's first gateway leads. ``direction`` is ``outgoing`` or ``incoming``.
    """
    incoming = direction == "incoming"
    student = str(mobility.person_id or 0)
    variables: dict[str, Value] = {
        "mobility": mobility.id,
        "student": student,
        "department": mobility.department,
        "partner": mobility.sending_hei_id if incoming else mobility.receiving_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
        "direction": direction,
        "entry": entry,
    }
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=variables,
        labels=labels_for(unit.session, mobility, incoming=incoming),
        links=[student_group(mobility.person_id or 0), coordinator_group(mobility.department), RI],
        unit=unit,
    )
    mobility.instance_id = started.instance_id
    unit.session.flush()
    if started.finished:
        announce_signed(unit, mobility, started.instance_id)
    return Opened(mobility.id, started.instance_id, tuple(started.work_items))


def add_version(
    session: Session,
    mobility: Mobility,
    *,
    rows: Iterable[ComponentView],
    now: datetime,
    status: VersionStatus = VersionStatus.DRAFT,
    kind: str = "agreement",
    agreement: Agreement | None = None,
    changes_proposal_id: str | None = None,
    base: ContractVersion | None = None,
) -> ContractVersion:
    """Add the next version of a mobility's contract with the given components."""
    earlier = versions_of(session, mobility.id)
    version = ContractVersion(
        mobility=mobility,
        mobility_id=mobility.id,
        number=earlier[-1].number + 1 if earlier else 1,
        status=status.value,
        kind=kind,
        changes_proposal_id=changes_proposal_id,
        base=base,
        agreement=(agreement or mobility.agreement).to_json(),
        created_at=now,
        submitted_at=None if status is VersionStatus.DRAFT else now,
        components=rows_of(by_part(rows)),
    )
    session.add(version)
    session.flush()
    return version


def save_draft(session: Session, mobility_id: int, data: Mapping[str, object]) -> ContractVersion:
    """Keep what the student has written so far; it need not be complete.

    Takes the mapping of :mod:`workflows.contract.drafts`. Raises InvalidInput by field
    path for what cannot be kept, InvalidState once the draft has been submitted.
    """
    version = latest_version(session, mobility_id, lock=True)
    mobility = get_mobility(session, mobility_id)
    _must_be(version, VersionStatus.DRAFT)
    draft = read_draft(data, mobility.agreement)
    mobility.agreement = draft.agreement
    version.agreement = draft.agreement.to_json()
    version.components = []
    session.flush()
    version.components = [
        row_of(view, number)
        for part in Part
        for number, view in enumerate(draft.parts.get(part, ()))
    ]
    session.flush()
    return version


def submit(session: Session, mobility_id: int, now: datetime) -> ContractVersion:
    """Freeze the draft and hand it to the coordinator.

    Raises InvalidInput by field path while the structure is incomplete.
    """
    version = latest_version(session, mobility_id, lock=True)
    mobility = get_mobility(session, mobility_id)
    _must_be(version, VersionStatus.DRAFT)
    parts = by_part(view_of(row) for row in version.components)
    errors = structure_errors(mobility.agreement, mobility.mobility_type, parts)
    if errors:
        raise InvalidInput(errors)
    version.agreement = mobility.agreement.to_json()
    version.status = VersionStatus.SUBMITTED.value
    version.submitted_at = now
    session.flush()
    return version


def next_version(
    session: Session, version: ContractVersion, *, now: datetime, status: VersionStatus
) -> ContractVersion:
    """Close ``version`` as ``returned`` or ``rejected`` and open its copy as a draft.

    The closed version keeps its components, signatures and comments for good. The copy of
    a change is a change to the same signed version.
    """
    version.status = status.value
    mobility = get_mobility(session, version.mobility_id)
    if version.kind != CHANGE:
        return add_version(session, mobility, rows=effective_components(version), now=now)
    return add_version(
        session,
        mobility,
        rows=[view_of(row) for row in version.components],
        now=now,
        kind=CHANGE,
        agreement=Agreement.from_json(version.agreement),
        base=version.base,
    )


def _must_be(version: ContractVersion, status: VersionStatus) -> None:
    if version.status != status.value:
        raise InvalidState("This version of the contract is no longer a draft.")
