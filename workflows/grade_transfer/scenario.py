"""What scenarios can do with a grade transfer, and look up in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from workflows.contract.components import component
from workflows.contract.services import add_version
from workflows.contract.views import CreditView, Part, VersionStatus
from workflows.grade_transfer.cases import begin, correct, withdraw
from workflows.grade_transfer.courses import courses_of
from workflows.grade_transfer.models import Transcript
from workflows.grade_transfer.transcripts import ISSUED, latest, read, transcripts_of
from workflows.mobility.agreement import Agreement
from workflows.mobility.services import open_mobility

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from workflows.scenarios.stage import Stage

_COURSES = {"LEA501": "6", "LEA502": "4.5"}
_STUDENT = {
    "sending_hei_id": "usal.es",
    "sending_contact_given_names": "Carmen",
    "sending_contact_family_name": "Sánchez",
    "sending_contact_email": "carmen@usal.example.org",
    "receiving_academic_year_id": "2026/2027",
    "student_given_names": "Inés",
    "student_family_name": "Ortega",
    "student_birth_date": "2005-02-28",
    "student_global_id": "urn:schac:personalUniqueCode:int:esi:es:12345",
    "start_date": "2027-01-18",
    "end_date": "2027-06-19",
    "eqf_level_studied_at_departure": "6",
    "isced_f_code": "0231",
    "language": "fr",
}


def _receive(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Receive a student of Salamanca whose contract is signed by all.

    Arguments: ``courses``, credits by code; ``department``. Gives the mobility's number.
    """
    given = stage.given(arguments, courses=_COURSES, department="lea")
    with stage.unit() as unit:
        mobility = open_mobility(
            unit.session,
            agreement=Agreement.of({**_STUDENT, "receiving_hei_id": stage.home_hei_id}),
            mobility_type="semester",
            department=given["department"],
            now=unit.now,
        )
        rows = [
            replace(
                component(Part.STUDIED, number, code, title=code, los_code=code, term_number="2"),
                credits=(CreditView("ects", Decimal(str(ects)), str(ects)),),
            )
            for number, (code, ects) in enumerate(given["courses"].items())
        ]
        add_version(unit.session, mobility, rows=rows, now=unit.now, status=VersionStatus.SIGNED)
        number = mobility.id
    stage.opened(number)
    return number


def _begin(stage: Stage, arguments: Mapping[str, Any]) -> int:
    """Begin the grade transfer of the last student; gives the case's number."""
    stage.given(arguments)
    with stage.unit() as unit:
        return begin(stage.engine, unit, stage.mobility, home_hei_id=stage.home_hei_id)


def _correct(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """Open certified marks again. Arguments: ``courses`` (codes), ``reason``."""
    given = stage.given(arguments, courses=[], reason="")
    with stage.unit() as unit:
        ids = [_ids(stage)[code] for code in given["courses"]]
        key = stage.clock.at.isoformat()
        correct(stage.engine, unit, stage.mobility, ids, reason=given["reason"], key=key)


def _withdraw(stage: Stage, arguments: Mapping[str, Any]) -> None:
    """The student gives up. Argument: ``day``."""
    given = stage.given(arguments, day="")
    with stage.unit() as unit:
        key = stage.clock.at.isoformat()
        withdraw(stage.engine, unit, stage.mobility, day=str(given["day"]), key=key)


def _marks(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """The sheet filled in; arguments are marks by code of the course."""
    ids = _ids(stage)
    return {"cells": {f"c{ids[code]}": str(mark) for code, mark in arguments.items()}}


def _look_again(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """The check page with results ticked to be looked at again. Argument: ``courses``."""
    given = stage.given(arguments, courses=[])
    return {"reopen": {f"c{_ids(stage)[code]}": "true" for code in given["courses"]}}


def _signature(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """What the page that signs sends: the digest of what it shows."""
    stage.given(arguments)
    with stage.reading() as session:
        return {"digest": transcripts_of(session, stage.mobility)[-1].digest}


def transcript_names(session: Session) -> dict[str, Any]:
    """How a scenario names what a transcript's signatory has seen, by its digest."""
    return dict.fromkeys(session.scalars(select(Transcript.digest)), "$transcript_digest")


def _ids(stage: Stage) -> dict[str, int]:
    with stage.reading() as session:
        return {c.code or c.title: c.id for c in courses_of(session, stage.mobility)}


def _in_force(stage: Stage, arguments: Mapping[str, Any]) -> dict[str, object]:
    """What the transcript in force says: its number, whether it is partial, grades, credits."""
    stage.given(arguments)
    with stage.reading() as session:
        row = latest(session, stage.mobility, ISSUED)
        if row is None:
            return {}
        content = read(row)
        return {
            "number": row.number,
            "partial": row.partial,
            "grades": {c["code"]: c["grade"] or c["absence"] for c in content["courses"]},
            "earned": content["totals"]["earned"],
        }


ACTIONS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "receive_signed_student": _receive,
    "begin_grade_transfer": _begin,
    "correct_grades": _correct,
    "student_gives_up": _withdraw,
}
FILLERS: Mapping[str, Callable[[Stage, Mapping[str, Any]], Any]] = {
    "marks": _marks,
    "look_again": _look_again,
    "transcript_signature": _signature,
    "transcript_digest": lambda stage, arguments: _signature(stage, arguments)["digest"],
    "transcript_in_force": _in_force,
}
