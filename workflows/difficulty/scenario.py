"""What scenarios can do with a difficulty, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from engine.errors import NotFound
from workflows.difficulty.models import Difficulty
from workflows.difficulty.services import report
from workflows.mobility.agreement import Agreement
from workflows.mobility.services import open_mobility

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _receive(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """An incoming student is here: the mobility alone, without its lifecycles.

    Arguments: ``student`` (a member) and ``department``.
    """
    given = stage.given(arguments, student="student", department="lea")
    agreement = Agreement(
        sending_hei_id="usal.es",
        receiving_hei_id=stage.home_hei_id,
        receiving_academic_year_id="2026/2027",
        student_given_names="Lucía",
        student_family_name="Ortega",
    )
    number = stage.person_id(given["student"])
    with stage.unit() as unit:
        mobility = open_mobility(
            unit.session,
            agreement=agreement,
            mobility_type="semester",
            department=given["department"],
            person_id=number,
            now=unit.now,
        )
        found = mobility.id
    stage.opened(found)
    return found


def _report(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Report a difficulty of the last mobility: ``kind``, ``description``, ``no_health``."""
    given = stage.given(
        arguments,
        kind="exam_clash",
        description="Deux examens le même matin.",
        no_health="true",
    )
    with stage.unit() as unit:
        reported = report(stage.engine, unit, stage.mobility, given, home_hei_id=stage.home_hei_id)
    return reported.difficulty_id


def _latest(stage: Stage) -> Difficulty:
    with stage.reading() as session:
        found = session.scalars(select(Difficulty).order_by(Difficulty.id.desc())).first()
    if found is None:
        raise NotFound
    return found


def _seen_by(stage: Stage, arguments: Mapping[str, Any]) -> bool:
    """Whether a member sees the case of the last difficulty; argument ``member``."""
    given = stage.given(arguments, member="ri")
    try:
        stage.engine.instance(
            _latest(stage).instance_id or 0, actor=stage.actor_of(given["member"])
        )
    except NotFound:
        return False
    return True


def _sees(member: str) -> Callable[[Stage, Mapping[str, Any]], bool]:
    return lambda stage, _: _seen_by(stage, {"member": member})


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "receive_student": _receive,
    "report_difficulty": _report,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "difficulty_state": lambda stage, _: _latest(stage).state,
    "difficulty_measure": lambda stage, _: _latest(stage).measure,
    "difficulty_seen_by_ri": _sees("ri"),
    "difficulty_seen_by_care": _sees("care"),
    "difficulty_seen_by_student": _sees("student"),
}
