"""Nominations: recording one, reading it, counting places.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from engine.errors import InvalidInput, NotFound
from engine.texts import unusable
from engine.values import Labels
from workflows.admission.models import IncomingNomination
from workflows.admission.policy import (
    MAX_TEXT,
    OPTIONAL,
    REQUIRED,
    Errors,
    months_of,
    nomination_errors,
)
from workflows.mobility.agreement import Agreement
from workflows.mobility.models import Mobility
from workflows.mobility.services import find_mobility, open_mobility, same_student, stay_like
from workflows.office_work.local_time import ZONE
from workflows.partners.models import Institution
from workflows.partners.services import departments, find_institution, institution_name
from workflows.people.services import RI, account_with, coordinator_group, student_group

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine import Engine, Unit
    from engine.values import Value

PROCESS = "admission"
PENDING, APPROVED, REJECTED, CANCELLED = "pending", "approved", "rejected", "cancelled"
MOST_DEPARTMENTS = 5


@dataclass(frozen=True, slots=True)
class Received:
    """A recorded nomination and its case."""

    mobility_id: int
    instance_id: int


def nominate(
    engine: Engine,
    unit: Unit,
    data: Mapping[str, object],
    *,
    home_hei_id: str,
    key: str,
) -> Received:
    """Record a partner's nomination and start its case.

    ``data`` holds the fields of :data:`REQUIRED` and :data:`OPTIONAL` as text, and
    ``departments``, the codes of those that have to accept. The same ``key``, or the same
    ``omobility_id`` of the same partner, is the same nomination. A mobility whose agreement
    came first is that student's. Raises InvalidInput by field.
    """
    session = unit.session
    codes, errors = _departments(session, data.get("departments"))
    fields = _texts(data)
    agreement, partner = _checked(unit, fields, home_hei_id, errors)
    _lock_partner(session, partner)
    recorded = _recorded(session, IncomingNomination.request_key == key)
    if recorded is not None:
        return recorded
    known = _known(session, agreement, fields.get("omobility_id"))
    if known is not None:
        recorded = _recorded(session, IncomingNomination.mobility_id == known.id)
        if recorded is not None:
            return recorded
    mobility = known or open_mobility(
        session,
        agreement=Agreement.of({**_of_partner(partner), **agreement.present()}),
        mobility_type="semester",
        department=codes[0],
        omobility_id=fields.get("omobility_id"),
        person_id=account_with(session, agreement.student_email),
        now=unit.now,
    )
    nomination = _nomination(unit, mobility, agreement, codes, key)
    nomination.instance_id = _start(engine, unit, mobility, codes)
    if known is None:
        mobility.instance_id = nomination.instance_id
    session.flush()
    return Received(mobility.id, nomination.instance_id)


def _nomination(
    unit: Unit, mobility: Mobility, agreement: Agreement, codes: Sequence[str], key: str
) -> IncomingNomination:
    nomination = IncomingNomination(
        mobility=mobility,
        mobility_id=mobility.id,
        academic_year=mobility.receiving_academic_year_id or "",
        departments=",".join(codes),
        received_at=unit.now,
        received_by=unit.actor.id,
        request_key=key,
        status=PENDING,
        months=months_of(agreement),
    )
    unit.session.add(nomination)
    unit.session.flush()
    return nomination


def _checked(
    unit: Unit, fields: Mapping[str, str], home_hei_id: str, errors: Errors
) -> tuple[Agreement, Institution]:
    agreement = Agreement.of({**fields, "receiving_hei_id": home_hei_id})
    errors |= nomination_errors(agreement, unit.now.astimezone(ZONE).date())
    partner = find_institution(unit.session, fields.get("sending_hei_id", ""))
    if (partner is None or partner.hei_id == home_hei_id) and "sending_hei_id" not in errors:
        errors["sending_hei_id"] = ["not_an_option"]
    if errors or partner is None:
        raise InvalidInput(errors)
    return agreement, partner


def _lock_partner(session: Session, partner: Institution) -> None:
    """Let one partner's nominations be recorded one after the other.

    So the order of their numbers is the order in which they came, by which places go.
    """
    session.execute(select(Institution.id).where(Institution.id == partner.id).with_for_update())


def _known(session: Session, agreement: Agreement, omobility_id: str | None) -> Mobility | None:
    """The mobility a nomination is about where it is known already, from its agreement.

    Raises InvalidInput where the identifier is that of another student's.
    """
    if omobility_id:
        sender = agreement.sending_hei_id or ""
        found = find_mobility(session, sending_hei_id=sender, omobility_id=omobility_id)
        if found is not None:
            if not same_student(found.agreement, agreement):
                raise InvalidInput({"omobility_id": ["of_another_student"]})
            return found
    nominated = Mobility.id.in_(select(IncomingNomination.mobility_id))
    return stay_like(session, agreement, ~nominated)


def _recorded(session: Session, same: ColumnElement[bool]) -> Received | None:
    found = session.scalar(select(IncomingNomination).where(same))
    if found is None or found.instance_id is None:
        return None
    return Received(found.mobility_id, found.instance_id)


def _start(engine: Engine, unit: Unit, mobility: Mobility, codes: Sequence[str]) -> int:
    groups: list[Value] = [coordinator_group(code) for code in codes]
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables={
            "mobility": mobility.id,
            "student": str(mobility.person_id or 0),
            "department": codes[0],
            "reviewers": groups,
            "partner": mobility.sending_hei_id,
            "academic_year": mobility.receiving_academic_year_id or "",
        },
        labels=labels_of(unit.session, mobility),
        links=_links(mobility, codes),
        unit=unit,
    )
    return started.instance_id


def _links(mobility: Mobility, codes: Sequence[str]) -> list[str]:
    """Who sees the case: the departments, RI, and a student who has an account."""
    student = [student_group(mobility.person_id)] if mobility.person_id is not None else []
    return [*student, *(coordinator_group(code) for code in codes), RI]


def labels_of(session: Session, mobility: Mobility) -> Labels:
    """How the case of an incoming student is shown: the student, whence they come."""
    name = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}".strip()
    sender = institution_name(session, mobility.sending_hei_id)
    return Labels(subject=name, org_unit=mobility.department, counterparty=sender)


def of_mobility(session: Session, mobility_id: int, *, lock: bool = False) -> IncomingNomination:
    """The nomination behind a mobility; raises NotFound."""
    statement = select(IncomingNomination).where(IncomingNomination.mobility_id == mobility_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def places_taken(session: Session, nomination: IncomingNomination) -> int:
    """The same partner's earlier nominations of the same year that have not been refused."""
    mobility = nomination.mobility
    statement = (
        select(func.count())
        .select_from(IncomingNomination)
        .join(Mobility, Mobility.id == IncomingNomination.mobility_id)
        .where(
            Mobility.sending_hei_id == mobility.sending_hei_id,
            IncomingNomination.academic_year == nomination.academic_year,
            IncomingNomination.status.in_((PENDING, APPROVED)),
            IncomingNomination.id < nomination.id,
        )
    )
    return session.scalar(statement) or 0


def nominated_before(session: Session, nomination: IncomingNomination) -> int:
    """How often the same student was nominated for the same year by the same partner."""
    mobility = nomination.mobility
    statement = (
        select(func.count())
        .select_from(IncomingNomination)
        .join(Mobility, Mobility.id == IncomingNomination.mobility_id)
        .where(
            Mobility.sending_hei_id == mobility.sending_hei_id,
            Mobility.student_birth_date == mobility.student_birth_date,
            func.lower(Mobility.student_family_name)
            == (mobility.student_family_name or "").lower(),
            IncomingNomination.academic_year == nomination.academic_year,
            IncomingNomination.status.in_((PENDING, APPROVED)),
            IncomingNomination.id != nomination.id,
        )
    )
    return session.scalar(statement) or 0


def _of_partner(partner: Institution) -> dict[str, str]:
    known = {
        "sending_ounit_name": partner.name,
        "sending_contact_given_names": partner.contact_given_names,
        "sending_contact_family_name": partner.contact_family_name,
        "sending_contact_email": partner.contact_email,
    }
    return {name: value for name, value in known.items() if value}


def _texts(data: Mapping[str, object]) -> dict[str, str]:
    errors: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for name, value in data.items():
        if name == "departments":
            continue
        if name not in {*REQUIRED, *OPTIONAL}:
            errors[name] = ["unknown_field"]
        elif not isinstance(value, str):
            errors[name] = ["wrong_type"]
        elif len(value) > MAX_TEXT:
            errors[name] = [f"too_long:{MAX_TEXT}"]
        elif unusable(value):
            errors[name] = ["invalid_characters"]
        elif value.strip():
            texts[name] = value.strip()
    if errors:
        raise InvalidInput(errors)
    return texts


def _departments(session: Session, given: object) -> tuple[tuple[str, ...], Errors]:
    """The codes that are given, and what is wrong with them."""
    codes = given if isinstance(given, list) else [given] if given else []
    known = {each.code for each in departments(session)}
    if not codes:
        return (), {"departments": ["required"]}
    if len(codes) > MOST_DEPARTMENTS or any(code not in known for code in codes):
        return (), {"departments": ["not_an_option"]}
    return tuple(dict.fromkeys(str(code) for code in codes)), {}
