"""Mobilities: finding them, opening one, and how a case is labelled in lists."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.values import Labels
from workflows.mobility.agreement import Agreement
from workflows.mobility.models import Mobility
from workflows.partners.services import institution_name


def get_mobility(session: Session, mobility_id: int) -> Mobility:
    """The mobility with that id; raises NotFound."""
    found = session.get(Mobility, mobility_id)
    if found is None:
        raise NotFound
    return found


def find_mobility(session: Session, *, sending_hei_id: str, omobility_id: str) -> Mobility | None:
    """The mobility the EWP network knows under these two identifiers."""
    statement = select(Mobility).where(
        Mobility.sending_hei_id == sending_hei_id, Mobility.omobility_id == omobility_id
    )
    return session.scalar(statement)


def mobility_of_case(session: Session, business_key: str) -> Mobility | None:
    """The mobility that cases with this business key are about; None where they have none."""
    if not (business_key.isascii() and business_key.isdigit()):
        return None
    return session.get(Mobility, int(business_key))


def is_outgoing(mobility: Mobility, home_hei_id: str) -> bool:
    """Whether the university of this installation sends the student."""
    return mobility.sending_hei_id == home_hei_id


def open_mobility(
    session: Session,
    *,
    agreement: Agreement,
    mobility_type: str,
    department: str,
    now: datetime,
    omobility_id: str | None = None,
    person_id: int | None = None,
) -> Mobility:
    """Add a mobility; without an identifier of the network it gets a new one."""
    mobility = Mobility(
        omobility_id=omobility_id or str(uuid.uuid4()),
        mobility_type=mobility_type,
        department=department,
        person_id=person_id,
        created_at=now,
    )
    mobility.agreement = agreement
    session.add(mobility)
    session.flush()
    return mobility


def labels_for(session: Session, mobility: Mobility, *, incoming: bool = False) -> Labels:
    """How the case is shown in lists: the student, the department, the other institution.

    Of an ``incoming`` student the other institution is the sending one.
    """
    other = mobility.sending_hei_id if incoming else mobility.receiving_hei_id
    name = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}".strip()
    return Labels(
        subject=name or mobility.omobility_id,
        org_unit=mobility.department,
        counterparty=institution_name(session, other),
    )
