"""Commands of the grade sheet: save cells, certify a course for all its students."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import Conflict, Forbidden, InvalidInput, NotFound
from engine.tables import instance
from workflows.grade_transfer.courses import certify, courses_of, enter, locked_courses
from workflows.grade_transfer.models import Course
from workflows.grade_transfer.sheets import asked, column_of, may_grade

if TYPE_CHECKING:
    from engine import Actor, Engine, Unit
    from workflows.grade_transfer.sheets import Asked


@dataclass
class Certified:
    """What became of certifying one course, student by student (ids of mobilities)."""

    certified: list[int] = field(default_factory=list)
    finished: list[int] = field(default_factory=list)
    without_mark: list[int] = field(default_factory=list)
    not_asked: list[int] = field(default_factory=list)


def save(
    unit: Unit,
    department: str,
    academic_year: str,
    cells: Mapping[int, str],
    *,
    seen: Mapping[int, str],
) -> int:
    """Write the cells of a sheet, all or none; gives how many changed.

    Raises NotFound for a sheet that is not the actor's to fill, InvalidInput by cell
    (``cells.c12``) with the codes of :func:`workflows.grade_transfer.courses.enter`,
    ``not_on_sheet`` and ``not_asked``.
    """
    if not may_grade(unit.actor, department):
        raise NotFound
    touched = {n: text for n, text in cells.items() if seen.get(n) != text}
    courses = _of_sheet(unit, touched, department, academic_year)
    items = asked(unit.session, department)
    errors = {}
    for number, course in courses.items():
        item = items.get(course.mobility_id)
        if course.mark != touched[number] and not (item and item.open_to(unit.actor)):
            errors[f"cells.c{number}"] = [
                "certified_already" if course.certified_at else "not_asked"
            ]
    if errors:
        raise InvalidInput(errors)
    entered = enter(unit.session, courses, touched, seen=seen, by=unit.actor, now=unit.now)
    if entered.errors:
        raise InvalidInput({f"cells.c{n}": [code] for n, code in entered.errors.items()})
    return entered.changed


def _of_sheet(
    unit: Unit, cells: Mapping[int, str], department: str, academic_year: str
) -> dict[int, Course]:
    try:
        courses = locked_courses(unit.session, cells)
    except NotFound:
        known = set(unit.session.scalars(select(Course.id).where(Course.id.in_(cells))))
        unknown = {f"cells.c{n}": ["not_on_sheet"] for n in cells if n not in known}
        raise InvalidInput(unknown) from None
    strange = {
        f"cells.c{number}": ["not_on_sheet"]
        for number, course in courses.items()
        if (course.department, course.academic_year) != (department, academic_year)
    }
    if strange:
        raise InvalidInput(strange)
    return courses


def certify_course(
    engine: Engine, actor: Actor, department: str, academic_year: str, course_id: int
) -> Certified:
    """Certify one course for all its students who have a mark, each case by itself.

    A student whose last open mark it was has the department's task done. Raises NotFound
    for a course that is not on a sheet of the actor's.
    """
    if not may_grade(actor, department):
        raise NotFound
    with engine.reading() as session:
        column = column_of(session, course_id, department, academic_year)
        items = asked(session, department)
        wanted = {course.id: course.mobility_id for course in column if not course.certified_at}
    if not column:
        raise NotFound
    done = Certified()
    for number, mobility_id in wanted.items():
        item = items.get(mobility_id)
        if item is None or not item.open_to(actor):
            done.not_asked.append(mobility_id)
            continue
        try:
            _certify_one(engine, actor, item, number, done)
        except (Conflict, Forbidden):
            # A colleague has taken or finished this student's task in the meantime.
            done.not_asked.append(mobility_id)
    return done


def _certify_one(
    engine: Engine, actor: Actor, item: Asked, course_id: int, done: Certified
) -> None:
    with engine.unit(actor) as unit:
        unit.connection.execute(
            select(instance.c.id).where(instance.c.id == item.instance_id).with_for_update()
        )
        course = locked_courses(unit.session, [course_id])[course_id]
        still = asked(unit.session, course.department).get(course.mobility_id)
        if still is None or not still.open_to(actor) or course.dropped:
            raise Conflict
        if not course.mark:
            done.without_mark.append(course.mobility_id)
            return
        certify(unit.session, course, by=actor, now=unit.now)
        unit.session.flush()
        left = [
            each
            for each in courses_of(unit.session, course.mobility_id)
            if each.department == course.department and not each.certified_at and not each.dropped
        ]
        if not left:
            engine.complete(
                still.item_id, actor=actor, idempotency_key=f"sheet:{still.item_id}", unit=unit
            )
    done.certified.append(course.mobility_id)
    if not left:
        done.finished.append(course.mobility_id)
