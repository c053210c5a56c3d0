"""What scenarios can do with an admission."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.admission.services import nominate, of_mobility

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage

_NOMINATION: Mapping[str, object] = {
    "student_given_names": "Inés",
    "student_family_name": "Prado",
    "student_email": "ines.prado@usal.example.org",
    "student_birth_date": "2004-05-17",
    "sending_hei_id": "usal.es",
    "receiving_academic_year_id": "2026/2027",
    "start_date": "2026-09-07",
    "end_date": "2027-01-23",
    "isced_f_code": "0231",
    "language": "fr",
    "cefr_level": "B2",
    "departments": ["lea"],
}


def _nominate(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Record a nomination; gives the mobility's number. Arguments replace its fields."""
    with stage.unit() as unit:
        received = nominate(
            stage.engine,
            unit,
            {**_NOMINATION, **arguments},
            home_hei_id=stage.home_hei_id,
            key=str(uuid.uuid4()),
        )
    stage.opened(received.mobility_id)
    return received.mobility_id


def _failed_rules(stage: Stage, arguments: Mapping[str, Any]) -> list[str]:
    """The conditions the nomination did not meet when it was screened."""
    assert stage.mobility_id is not None
    with stage.engine.reading() as session:
        return list(of_mobility(session, stage.mobility_id).failed)


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {"nominate": _nominate}

FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "failed_rules": _failed_rules,
}
