"""Recognitions: beginning one, finding it, what its case is about.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState
from engine.tables import work_item
from engine.values import Value
from workflows.mobility.models import Mobility
from workflows.mobility.services import case_of, is_outgoing, labels_for
from workflows.partners.models import UNASSIGNED
from workflows.people.services import RI, coordinator_group, jury_group, student_group
from workflows.recognition.agreed import agreed_in_force
from workflows.recognition.models import PartnerTranscript, Recognition

if TYPE_CHECKING:
    from engine import Engine, Unit

PROCESS = "recognition"
RECEIVED = "transcript_received"
"""The message that starts a recognition."""

_YEAR = re.compile(r"[0-9]{4}/[0-9]{4}", re.ASCII)


def obstacle(session: Session, mobility: Mobility, home_hei_id: str) -> str | None:
    """The code of what keeps a recognition from beginning; None if nothing does."""
    if not is_outgoing(mobility, home_hei_id):
        return "recognition_is_for_outgoing"
    agreed = agreed_in_force(session, mobility)
    if agreed is None:
        return "not_signed_yet"
    if not agreed.components:
        return "nothing_agreed_abroad"
    if mobility.department == UNASSIGNED:
        return "without_department"
    if not _YEAR.fullmatch(mobility.receiving_academic_year_id or ""):
        return "without_academic_year"
    running = case_of(session, mobility.id, PROCESS, active=True)
    return None if running is None else "recognition_under_way"


def begin(engine: Engine, unit: Unit, mobility_id: int, *, home_hei_id: str) -> int:
    """Say that a mobility's transcript is here or awaited; gives the case this has started.

    The message ``transcript_received`` starts the recognition, as it does from elsewhere.
    Raises InvalidInput at ``_schema`` with the code of :func:`obstacle`, InvalidState for a
    mobility that is not there. Two at once begin one.
    """
    session = unit.session
    mobility = session.get(Mobility, mobility_id)
    if mobility is None:
        raise InvalidState("There is no such mobility.")
    code = obstacle(session, mobility, home_hei_id)
    if code is not None:
        raise InvalidInput({"_schema": [code]})
    delivery = engine.correlate(
        RECEIVED,
        variables_of(mobility),
        message_id=f"{RECEIVED} {uuid.uuid4()}",
        business_key=str(mobility.id),
        labels=labels_for(session, mobility),
        links=links_of(mobility),
        unit=unit,
    )
    case = case_of(session, mobility.id, PROCESS, active=True)
    if case is None or case not in delivery.started:
        raise InvalidInput({"_schema": ["recognition_under_way"]})
    return case


def first_task(session: Session, case: int) -> int:
    """The task that a case has just begun with."""
    statement = select(work_item.c.id).where(work_item.c.instance_id == case)
    return int(session.execute(statement.order_by(work_item.c.id).limit(1)).scalar_one())


def variables_of(mobility: Mobility) -> dict[str, Value]:
    """The routing facts a case begins with."""
    return {
        "mobility": mobility.id,
        "student": str(mobility.person_id or 0),
        "department": mobility.department,
        "partner": mobility.receiving_hei_id,
        "academic_year": mobility.receiving_academic_year_id or "",
    }


def links_of(mobility: Mobility) -> list[str]:
    """The groups that may see the case."""
    student = [student_group(mobility.person_id)] if mobility.person_id else []
    department = mobility.department
    return [*student, coordinator_group(department), jury_group(department), RI]


def recognition_of(session: Session, instance_id: int) -> Recognition | None:
    """The recognition of a case; None before its first transcript."""
    return session.scalar(select(Recognition).where(Recognition.instance_id == instance_id))


def entered(session: Session, instance_id: int) -> tuple[Recognition, PartnerTranscript]:
    """A case's recognition with the transcript that counts; raises InvalidState before that."""
    recognition = recognition_of(session, instance_id)
    transcript = recognition.transcript if recognition else None
    if recognition is None or transcript is None:
        raise InvalidState("No transcript has been entered yet.")
    return recognition, transcript
