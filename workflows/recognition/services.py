"""Recognitions: beginning one, finding it, what its case is about.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, InvalidState
from engine.tables import definition, instance
from engine.values import InstanceStatus, Value
from workflows.contract.reading import version_in_force
from workflows.mobility.models import Mobility
from workflows.mobility.services import is_outgoing, labels_for
from workflows.partners.models import UNASSIGNED
from workflows.people.services import RI, coordinator_group, jury_group, student_group
from workflows.recognition.models import PartnerTranscript, Recognition

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.values import Started

PROCESS = "recognition"
_YEAR = re.compile(r"[0-9]{4}/[0-9]{4}", re.ASCII)


def obstacle(session: Session, mobility: Mobility, home_hei_id: str) -> str | None:
    """The code of what keeps a recognition from beginning; None if nothing does."""
    if not is_outgoing(mobility, home_hei_id):
        return "recognition_is_for_outgoing"
    if version_in_force(session, mobility.id) is None:
        return "not_signed_yet"
    if mobility.department == UNASSIGNED:
        return "without_department"
    if not _YEAR.fullmatch(mobility.receiving_academic_year_id or ""):
        return "without_academic_year"
    return "recognition_under_way" if under_way(session, mobility.id) else None


def under_way(session: Session, mobility_id: int) -> int | None:
    """The running recognition case of a mobility; None where there is none."""
    statement = (
        select(instance.c.id)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(
            definition.c.key == PROCESS,
            instance.c.business_key == str(mobility_id),
            instance.c.status == int(InstanceStatus.ACTIVE),
        )
        .order_by(instance.c.id.desc())
        .limit(1)
    )
    found = session.execute(statement).scalar()
    return None if found is None else int(found)


def begin(engine: Engine, unit: Unit, mobility_id: int, *, home_hei_id: str) -> Started:
    """Begin the recognition of an outgoing mobility.

    Raises InvalidInput at ``_schema`` with the code of :func:`obstacle`, InvalidState for a
    mobility that is not there. Two at once begin one.
    """
    session = unit.session
    statement = select(Mobility).where(Mobility.id == mobility_id).with_for_update()
    mobility = session.scalar(statement.execution_options(populate_existing=True))
    if mobility is None:
        raise InvalidState("There is no such mobility.")
    code = obstacle(session, mobility, home_hei_id)
    if code is not None:
        raise InvalidInput({"_schema": [code]})
    return engine.start(
        PROCESS,
        actor=unit.actor,
        business_key=str(mobility.id),
        variables=variables_of(mobility),
        labels=labels_for(session, mobility),
        links=links_of(mobility),
        unit=unit,
    )


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
