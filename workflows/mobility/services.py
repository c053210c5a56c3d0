"""Mobilities: finding them, opening one, and how a case is labelled in lists."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.errors import NotFound
from engine.tables import definition, instance
from engine.values import InstanceStatus, Labels
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


def stay_like(
    session: Session, agreement: Agreement, *where: ColumnElement[bool]
) -> Mobility | None:
    """The one mobility meeting ``where`` that is the stay ``agreement`` speaks of.

    For a side that does not know the network's identifier: it lies between the same two
    universities in the same academic year and is not called off, and the student is known by
    the European Student Identifier or, where one side has none, by names and birth date.
    None where no mobility fits, or several do.
    """
    statement = select(Mobility).where(
        Mobility.sending_hei_id == agreement.sending_hei_id,
        Mobility.receiving_hei_id == agreement.receiving_hei_id,
        Mobility.receiving_academic_year_id == agreement.receiving_academic_year_id,
        Mobility.called_off_at.is_(None),
        *where,
    )
    near = list(session.scalars(statement))
    for is_same in (_same_identifier, _same_person):
        found = [mobility for mobility in near if is_same(mobility.agreement, agreement)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def same_student(one: Agreement, other: Agreement) -> bool:
    """Whether two agreements are of one person, as far as both tell."""
    return _same_identifier(one, other) or _same_person(one, other)


def _same_identifier(one: Agreement, other: Agreement) -> bool:
    return bool(one.student_global_id) and one.student_global_id == other.student_global_id


def _same_person(one: Agreement, other: Agreement) -> bool:
    """Whether names and birth date are the same, and no identifier says otherwise."""
    if one.student_global_id and other.student_global_id:
        return False
    said = (one.student_given_names, one.student_family_name, one.student_birth_date)
    heard = (other.student_given_names, other.student_family_name, other.student_birth_date)
    return all(said) and [_plain(text) for text in said] == [_plain(text) for text in heard]


def _plain(text: str | None) -> str:
    """A text without case, accents and needless blanks, as systems write it differently."""
    letters = unicodedata.normalize("NFKD", text or "")
    return " ".join("".join(c for c in letters if not unicodedata.combining(c)).casefold().split())


def mobility_of_case(session: Session, business_key: str) -> Mobility | None:
    """The mobility that cases with this business key are about; None where they have none."""
    if not (business_key.isascii() and business_key.isdigit()):
        return None
    return session.get(Mobility, int(business_key))


def case_of(
    session: Session, mobility_id: int, process: str, *, active: bool = False
) -> int | None:
    """The last case of a process about a mobility, or the one that runs; None if none does."""
    statement = (
        select(instance.c.id)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(definition.c.key == process, instance.c.business_key == str(mobility_id))
        .order_by(instance.c.id.desc())
        .limit(1)
    )
    if active:
        statement = statement.where(instance.c.status == int(InstanceStatus.ACTIVE))
    found = session.execute(statement).scalar()
    return None if found is None else int(found)


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
