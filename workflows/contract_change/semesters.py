"""The days on which semesters begin at partner universities."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import Forbidden, InvalidInput
from workflows.contract_change.models import SemesterStart
from workflows.partners.services import find_institution
from workflows.people.services import RI

if TYPE_CHECKING:
    from engine import Unit

YEAR = re.compile(r"(20[0-9]{2})/(20[0-9]{2})")
SEMESTERS = range(1, 10)


def set_semester_start(
    unit: Unit, *, hei_id: str, academic_year: str, semester: str, starts_on: str
) -> SemesterStart:
    """Keep the first day of a semester; the same semester again replaces it.

    Raises Forbidden for anybody but RI, InvalidInput by field. A semester begins in one of
    the two calendar years that its academic year names.
    """
    if RI not in unit.actor.groups:
        raise Forbidden
    errors: dict[str, list[str]] = {}
    partner = find_institution(unit.session, hei_id) if hei_id and "\0" not in hei_id else None
    if partner is None:
        errors["hei_id"] = ["not_an_option" if hei_id else "required"]
    years = YEAR.fullmatch(academic_year)
    if years is None or int(years[2]) - int(years[1]) != 1:
        errors["academic_year"] = ["pattern" if academic_year else "required"]
    number = int(semester) if re.fullmatch(r"[0-9]{1,2}", semester, re.ASCII) else 0
    if number not in SEMESTERS:
        errors["semester"] = [f"out_of_range:{SEMESTERS[0]}:{SEMESTERS[-1]}"]
    day = _day(starts_on)
    if day is None:
        errors["starts_on"] = ["not_a_date" if starts_on else "required"]
    elif years is not None and str(day.year) not in years.groups():
        errors["starts_on"] = ["not_in_year"]
    if errors:
        raise InvalidInput(errors)
    assert partner is not None
    return _kept(unit, partner.hei_id, academic_year, number, starts_on)


def _kept(unit: Unit, hei_id: str, academic_year: str, semester: int, day: str) -> SemesterStart:
    statement = select(SemesterStart).where(
        SemesterStart.hei_id == hei_id,
        SemesterStart.academic_year == academic_year,
        SemesterStart.semester == semester,
    )
    row = unit.session.scalar(statement)
    if row is None:
        row = SemesterStart(
            hei_id=hei_id, academic_year=academic_year, semester=semester, starts_on=day
        )
        unit.session.add(row)
    row.starts_on = day
    unit.session.flush()
    return row


def _day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
