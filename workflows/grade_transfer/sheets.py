"""The grade sheet of a department: its students down, its courses across, one year."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.tables import definition, instance, work_item
from engine.values import WorkItemStatus
from workflows.grade_transfer.cases import CERTIFY, PROCESS
from workflows.grade_transfer.models import Course
from workflows.mobility.models import Mobility
from workflows.partners.models import UNASSIGNED
from workflows.partners.services import institution_name
from workflows.people.services import RI, coordinator_group

if TYPE_CHECKING:
    from engine.identity import Actor


class CellState(StrEnum):
    """What may be done with a cell."""

    OPEN = "open"  #: may be written
    CERTIFIED = "certified"  #: closed by its certification
    TAKEN = "taken"  #: a colleague has claimed the student's task
    WAITING = "waiting"  #: the department is not being asked for it now


@dataclass(frozen=True, slots=True)
class Cell:
    """One mark of one student."""

    course_id: int
    mark: str
    state: CellState
    scale: str
    session: int
    entered_by: str | None
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """One course; ``key`` is the id of one of its marks, by which forms name it."""

    key: int
    code: str
    title: str
    ects: str
    term: str
    total: int
    entered: int
    certified: int
    open: int


@dataclass(frozen=True, slots=True)
class Row:
    """One student, with a cell for each course, None where they do not follow it."""

    mobility_id: int
    student: str
    partner: str
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a department has to grade in one academic year."""

    department: str
    academic_year: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def total(self) -> int:
        """How many marks there are to give."""
        return sum(column.total for column in self.columns)

    @property
    def entered(self) -> int:
        """How many are entered."""
        return sum(column.entered for column in self.columns)

    @property
    def certified(self) -> int:
        """How many are certified."""
        return sum(column.certified for column in self.columns)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a department is with one academic year."""

    department: str
    academic_year: str
    students: int
    total: int
    certified: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The open work item by which a department is asked for one student."""

    item_id: int
    instance_id: int
    definition_id: int
    candidate: str
    assignee: str | None

    def open_to(self, actor: Actor) -> bool:
        """Whether the actor may do it now: asked or holding, or standing in for who is."""
        acting = actor.acting_on(self)
        return (
            acting.asked(self.candidate) if self.assignee is None else acting.holds(self.assignee)
        )


def candidate_of(department: str) -> str:
    """The group that grades for a department; RI where none is assigned yet."""
    return RI if department == UNASSIGNED else coordinator_group(department)


def may_grade(actor: Actor, department: str) -> bool:
    """Whether the actor grades for the department."""
    return candidate_of(department) in actor.groups


def departments_of(actor: Actor) -> list[str]:
    """The departments the actor grades for."""
    prefix = coordinator_group("")
    return sorted(each.removeprefix(prefix) for each in actor.groups if each.startswith(prefix))


def progress(session: Session, departments: Iterable[str] | None = None) -> list[Progress]:
    """The sheets there are, the newest year first; None asks for every department."""
    statement = (
        select(
            Course.department,
            Course.academic_year,
            func.count(func.distinct(Course.mobility_id)),
            func.count(),
            func.count(Course.certified_at),
        )
        .where(Course.dropped.is_(False))
        .group_by(Course.department, Course.academic_year)
        .order_by(Course.academic_year.desc(), Course.department)
    )
    if departments is not None:
        statement = statement.where(Course.department.in_(list(departments)))
    return [Progress(*row) for row in session.execute(statement)]


def asked(session: Session, department: str) -> dict[int, Asked]:
    """By mobility, the open work items that ask a department for grades."""
    statement = (
        select(
            work_item.c.id,
            work_item.c.instance_id,
            work_item.c.definition_id,
            work_item.c.candidate,
            work_item.c.assignee,
            instance.c.business_key,
        )
        .join(instance, instance.c.id == work_item.c.instance_id)
        .join(definition, definition.c.id == instance.c.definition_id)
        .where(
            definition.c.key == PROCESS,
            work_item.c.element == CERTIFY,
            work_item.c.status == int(WorkItemStatus.OPEN),
            work_item.c.candidate == candidate_of(department),
        )
    )
    return {
        int(row.business_key): Asked(
            row.id, row.instance_id, row.definition_id, row.candidate, row.assignee
        )
        for row in session.execute(statement)
        if row.business_key.isdigit()
    }


def sheet(session: Session, department: str, academic_year: str, actor: Actor) -> Sheet:
    """The sheet as ``actor`` may use it; without rows where there is none."""
    statement = (
        select(Course, Mobility)
        .join(Mobility, Mobility.id == Course.mobility_id)
        .where(Course.department == department, Course.academic_year == academic_year)
        .order_by(Mobility.id)
    )
    found = [
        (course, mobility)
        for course, mobility in session.execute(statement)
        if not course.dropped or course.certified_at is not None
    ]
    items = asked(session, department)
    placed = _columns([course for course, _ in found])
    cells = {
        (course.mobility_id, placed[course.id]): _cell(course, items, actor) for course, _ in found
    }
    keys = sorted(set(placed.values()))
    by_key: dict[_Key, list[Course]] = {}
    for course, _ in found:
        by_key.setdefault(placed[course.id], []).append(course)
    rows = {mobility.id: mobility for _, mobility in found}
    names: dict[str, str] = {}
    return Sheet(
        department,
        academic_year,
        tuple(_column(by_key[key], [c for (_, k), c in cells.items() if k == key]) for key in keys),
        tuple(
            sorted(
                (_row(session, mobility, keys, cells, names) for mobility in rows.values()),
                key=lambda row: (folded(row.student), row.mobility_id),
            )
        ),
    )


def column_of(session: Session, course_id: int, department: str, year: str) -> list[Course]:
    """The marks of every student who follows the same course as ``course_id``."""
    rows = session.scalars(
        select(Course)
        .where(Course.department == department, Course.academic_year == year)
        .order_by(Course.id)
    ).all()
    placed = _columns(rows)
    wanted = placed.get(course_id)
    return [course for course in rows if placed[course.id] == wanted] if wanted else []


def folded(name: str) -> str:
    """A name as people order and compare it: without regard to case and accents."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


_Key = tuple[str, str, str, int]


def _columns(courses: Sequence[Course]) -> dict[int, _Key]:
    """To which column each mark belongs: by code, else by title, and by term.

    A student who follows the same course twice has it in two columns.
    """
    seen: dict[tuple[int, str, str, str], int] = {}
    placed: dict[int, _Key] = {}
    for course in sorted(courses, key=lambda each: each.id):
        code = (course.code or "").strip().casefold()
        title = "" if code else course.title.strip().casefold()
        term = f"{course.term_number or ''}/{course.total_terms or ''}"
        who = (course.mobility_id, code, title, term)
        seen[who] = seen.get(who, 0) + 1
        placed[course.id] = (code, title, term, seen[who])
    return placed


def _cell(course: Course, items: Mapping[int, Asked], actor: Actor) -> Cell:
    item = items.get(course.mobility_id)
    if course.certified_at is not None:
        state = CellState.CERTIFIED
    elif item is None or not may_grade(actor, course.department):
        state = CellState.WAITING
    else:
        state = CellState.OPEN if item.open_to(actor) else CellState.TAKEN
    return Cell(
        course.id,
        course.mark,
        state,
        course.scale,
        course.session,
        course.entered_by,
        course.entered_at,
    )


def _column(courses: Sequence[Course], cells: Sequence[Cell]) -> Column:
    first = courses[0]
    return Column(
        key=first.id,
        code=first.code or "",
        title=first.title,
        ects=format(first.ects.normalize(), "f"),
        term="/".join(part for part in (first.term_number, first.total_terms) if part),
        total=len(cells),
        entered=sum(bool(cell.mark) for cell in cells),
        certified=sum(cell.state is CellState.CERTIFIED for cell in cells),
        open=sum(cell.state is CellState.OPEN for cell in cells),
    )


def _row(
    session: Session,
    mobility: Mobility,
    keys: Sequence[_Key],
    cells: Mapping[tuple[int, _Key], Cell],
    names: dict[str, str],
) -> Row:
    hei_id = mobility.sending_hei_id
    if hei_id not in names:
        names[hei_id] = institution_name(session, hei_id)
    name = f"{mobility.student_family_name or ''} {mobility.student_given_names or ''}".strip()
    return Row(
        mobility_id=mobility.id,
        student=name or mobility.omobility_id,
        partner=names[hei_id],
        cells=tuple(cells.get((mobility.id, key)) for key in keys),
    )
