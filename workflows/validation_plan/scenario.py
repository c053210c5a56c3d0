"""What scenarios can do with a validation plan, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from workflows.people.services import get_person
from workflows.validation_plan.reading import plan_views
from workflows.validation_plan.services import open_plan, reopen_plan, rows_in_force
from workflows.validation_plan.views import PlanView

if TYPE_CHECKING:
    from workflows.scenarios.stage import Stage


def _open(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Open a plan; gives the mobility's number.

    Arguments: ``student`` (a member), ``department``, ``partner``, ``academic_year``.
    """
    given = stage.given(
        arguments,
        student="student",
        department="lea",
        partner="usal.es",
        academic_year="2026/2027",
    )
    number = stage.person_id(given["student"])
    with stage.unit() as unit:
        opened = open_plan(
            stage.engine,
            unit,
            student=get_person(unit.session, number),
            department=given["department"],
            receiving_hei_id=given["partner"],
            academic_year=given["academic_year"],
            home_hei_id=stage.home_hei_id,
        )
    stage.opened(opened.mobility_id)
    return opened.mobility_id


def _reopen(stage: Stage, _: Mapping[str, Any]) -> None:
    """Begin the next version of the signed plan."""
    with stage.unit() as unit:
        reopen_plan(stage.engine, unit, stage.mobility)


def _plan(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """A complete plan: a unit replaced, one kept at a distance, one waived.

    Arguments: ``courses`` that replace the first unit, as ``{title: credits}``; ``second_unit``,
    the course of 6 credits that replaces another one; ``teacher`` and ``second_teacher``
    (members), responsible for the first unit and for the others.
    """
    given = stage.given(
        arguments,
        courses={"Curso 1": 6},
        second_unit=None,
        teacher="teacher",
        second_teacher="coordinator",
    )
    first, second = (str(stage.person_id(given[name])) for name in ("teacher", "second_teacher"))
    replaced = [_replaced("LEA501", "Traduction", first, given["courses"])]
    if given["second_unit"]:
        replaced.append(_replaced("LEA504", "Littérature", second, {given["second_unit"]: 6}))
    return {
        "start_date": "2026-09-01",
        "end_date": "2027-01-31",
        "conversion_method": "grid",
        "conversion_note": "Grille votée par le département.",
        "rows": [
            *replaced,
            _kept("LEA502", "Droit", "kept_distance", second),
            _kept("LEA503", "Sport", "waived", second),
        ],
    }


def _replaced(
    code: str, title: str, teacher: str, courses: Mapping[str, object]
) -> dict[str, object]:
    return {
        "unit_code": code,
        "unit_title": title,
        "credits": "6",
        "term": "semester_1",
        "teacher_id": teacher,
        "disposition": "replaced",
        "failure_rule": "resit_equivalent_unit",
        "courses": [
            {"title": course, "code": course[:3].upper(), "credits": str(credits_)}
            for course, credits_ in courses.items()
        ],
    }


def _kept(code: str, title: str, disposition: str, teacher: str) -> dict[str, object]:
    return {
        "unit_code": code,
        "unit_title": title,
        "credits": "3",
        "term": "year",
        "teacher_id": teacher,
        "disposition": disposition,
    }


def _current(stage: Stage) -> PlanView:
    with stage.reading() as session:
        return plan_views(session, stage.mobility)[-1]


def _units(stage: Stage, _: Mapping[str, Any]) -> dict[str, str | None]:
    """What becomes of each unit, as in force."""
    with stage.reading() as session:
        rows = rows_in_force(session, stage.mobility)
    return {row.unit_code or row.unit_title: row.disposition for row in rows}


def _status(stage: Stage, _: Mapping[str, Any]) -> str:
    """Where the last version stands."""
    return _current(stage).status.value


def _signatures(stage: Stage, _: Mapping[str, Any]) -> list[str]:
    """The roles in which the last version is signed."""
    return [each.role for each in _current(stage).signatures]


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "open_plan": _open,
    "reopen_plan": _reopen,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "plan": _plan,
    "plan_status": _status,
    "plan_signatures": _signatures,
    "units_in_force": _units,
}
