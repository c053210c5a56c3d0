"""Commands on grade transfer cases: begin, withdraw, correct.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, NotFound
from engine.tables import definition, instance, work_item
from engine.texts import checked
from engine.values import Labels, Value, WorkItemStatus
from workflows.contract.models import ContractVersion
from workflows.contract.reading import version_in_force
from workflows.contract.views import VersionStatus
from workflows.grade_transfer.courses import locked_courses, reopen, stay_of
from workflows.grade_transfer.transcripts import ISSUED, latest
from workflows.mobility.agreement import day_of
from workflows.mobility.models import Mobility
from workflows.mobility.services import case_of, is_outgoing
from workflows.partners.services import institution_name
from workflows.people.services import RI, coordinator_group, student_group

if TYPE_CHECKING:
    from engine import Engine, Unit

PROCESS = "grade_transfer"
CERTIFY = "certify"
CORRECTION = "grade_correction"
WITHDRAWAL = "student_withdrew"
MAX_REASON = 2000

_YEAR = re.compile(r"[0-9]{4}/[0-9]{4}", re.ASCII)


def begin(engine: Engine, unit: Unit, mobility_id: int, *, home_hei_id: str) -> int:
    """Start the grade transfer of an incoming mobility; gives the case's number.

    Raises InvalidInput at ``mobility``: ``not_incoming``, ``not_signed_yet``,
    ``no_academic_year``, ``begun_already``.
    """
    mobility = locked_mobility(unit.session, mobility_id)
    refusal = obstacle(unit.session, mobility, home_hei_id)
    if refusal is not None:
        raise InvalidInput({"mobility": [refusal]})
    started = engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=variables_of(mobility),
        labels=labels_of(unit.session, mobility),
        links=links_of(mobility),
        unit=unit,
    )
    return started.instance_id


def obstacle(session: Session, mobility: Mobility, home_hei_id: str) -> str | None:
    """The code of what keeps a mobility's grade transfer from beginning; None if nothing does."""
    if is_outgoing(mobility, home_hei_id) or mobility.receiving_hei_id != home_hei_id:
        return "not_incoming"
    if version_in_force(session, mobility.id) is None:
        return "not_signed_yet"
    if not _YEAR.fullmatch(mobility.receiving_academic_year_id or ""):
        return "no_academic_year"
    return None if case_of(session, mobility.id, PROCESS) is None else "begun_already"


def to_begin(session: Session, home_hei_id: str, limit: int) -> list[Mobility]:
    """Incoming mobilities with a signed contract whose grade transfer has not begun."""
    signed = select(ContractVersion.mobility_id).where(
        ContractVersion.status == VersionStatus.SIGNED.value
    )
    begun = (
        select(instance.c.business_key)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(definition.c.key == PROCESS)
    )
    statement = (
        select(Mobility)
        .where(
            Mobility.receiving_hei_id == home_hei_id,
            Mobility.sending_hei_id != home_hei_id,
            Mobility.id.in_(signed),
            cast(Mobility.id, Text).not_in(begun),
        )
        .order_by(Mobility.student_family_name, Mobility.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def variables_of(mobility: Mobility) -> dict[str, Value]:
    """The routing facts a case begins with."""
    return {
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.sending_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
    }


def labels_of(session: Session, mobility: Mobility) -> Labels:
    """How the case is shown in lists; the other side is where the student comes from."""
    name = f"{mobility.student_given_names or ''} {mobility.student_family_name or ''}".strip()
    return Labels(
        subject=name or mobility.omobility_id,
        org_unit=mobility.department,
        counterparty=institution_name(session, mobility.sending_hei_id),
    )


def links_of(mobility: Mobility) -> list[str]:
    """The groups that may see the case."""
    student = [student_group(mobility.person_id)] if mobility.person_id else []
    return [*student, coordinator_group(mobility.department), RI]


def locked_mobility(session: Session, mobility_id: int) -> Mobility:
    """A mobility kept from other commands that begin or correct; raises NotFound."""
    statement = select(Mobility).where(Mobility.id == mobility_id).with_for_update()
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def _lock_case(unit: Unit, mobility_id: int) -> int | None:
    """The running case, kept from other commands: an instance is locked before its rows."""
    running = case_of(unit.session, mobility_id, PROCESS, active=True)
    if running is not None:
        unit.connection.execute(
            select(instance.c.id).where(instance.c.id == running).with_for_update()
        )
    return running


def collecting(session: Session, instance_id: int) -> bool:
    """Whether a department is being asked for grades."""
    found = session.execute(
        select(work_item.c.id)
        .where(
            work_item.c.instance_id == instance_id,
            work_item.c.element == CERTIFY,
            work_item.c.status == int(WorkItemStatus.OPEN),
        )
        .limit(1)
    )
    return found.first() is not None


def withdraw(engine: Engine, unit: Unit, mobility_id: int, *, day: str, key: str) -> None:
    """Record that the student has given up, from ``day`` on (ISO 8601).

    Departments that are being asked for grades are asked no longer. ``key`` makes a repeated
    command one. Raises InvalidInput for a day that is none.
    """
    if day_of(day) is None or len(day) != len("2027-01-31"):
        raise InvalidInput({"withdrawn_on": ["not_a_date"]})
    mobility = locked_mobility(unit.session, mobility_id)
    _lock_case(unit, mobility_id)
    stay = stay_of(unit.session, mobility)
    stay.withdrawn_on = stay.last_day = day
    stay.recorded_by, stay.recorded_at = unit.actor.id, unit.now
    unit.session.flush()
    _send(engine, unit, WITHDRAWAL, {}, mobility_id, key)


def correct(
    engine: Engine,
    unit: Unit,
    mobility_id: int,
    course_ids: Iterable[int],
    *,
    reason: str,
    key: str,
) -> None:
    """Open certified marks again, and ask their departments.

    A case that only waits for the partner, or has ended, goes back to its grade sheets; one
    that is collecting grades takes the courses in. Raises InvalidInput without a reason or
    a certified course of this mobility, InvalidState before a transcript was issued or
    while RI is checking or signing one.
    """
    reason = checked("reason", reason, MAX_REASON)
    if not reason:
        raise InvalidInput({"reason": ["required"]})
    mobility = locked_mobility(unit.session, mobility_id)
    running = _lock_case(unit, mobility_id)
    issued = latest(unit.session, mobility.id, ISSUED)
    if issued is None:
        raise InvalidInput({"courses": ["nothing_issued"]})
    courses = locked_courses(unit.session, course_ids).values()
    if not courses or any(c.mobility_id != mobility.id or not c.certified_at for c in courses):
        raise InvalidInput({"courses": ["choose_certified"]})
    for course in courses:
        reopen(unit.session, course, reason=reason, by=unit.actor, now=unit.now)
    stay_of(unit.session, mobility).request = reason
    unit.session.flush()
    if running is not None and collecting(unit.session, running):
        return
    sent = _send(engine, unit, CORRECTION, variables_of(mobility), mobility_id, key)
    if not sent:
        raise InvalidInput({"courses": ["being_checked"]})


def _send(
    engine: Engine, unit: Unit, name: str, payload: dict[str, Value], mobility_id: int, key: str
) -> bool:
    mobility = locked_mobility(unit.session, mobility_id)
    delivery = engine.correlate(
        name,
        payload,
        message_id=f"{name}:{key}",
        business_key=str(mobility_id),
        labels=labels_of(unit.session, mobility),
        links=links_of(mobility),
        actor=unit.actor,
        unit=unit,
    )
    return delivery.delivered
