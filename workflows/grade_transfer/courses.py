"""Courses of incoming students: read from the contract, graded, certified, opened again.

Nothing here commits; every function works inside the transaction of its caller. Rows are
locked in the order of their ids, after any instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.errors import InvalidInput, NotFound
from engine.identity import Actor
from workflows.contract.reading import effective_components, version_in_force
from workflows.contract.views import ComponentView
from workflows.grade_transfer.marks import Mark, Status, Unreadable, read_mark
from workflows.grade_transfer.models import Course, GradeEntry, Stay
from workflows.grade_transfer.policy import CourseState, ects_of, taught_here
from workflows.grading.scales import HOME, scale_of
from workflows.mobility.models import Mobility
from workflows.mobility.stays import last_day_if_shortened

LANGUAGES = ("fr", "en", "es")
SCALES_OF_COURSES = (HOME, "FR-V")
"""How this university marks a course: out of twenty, or passed and not passed."""

RESIT = 2
"""The session whose result follows a mark that was certified as still to come."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of typed cells: how many changed, and what is wrong, by course."""

    changed: int
    errors: Mapping[int, str] = field(default_factory=dict)


def courses_of(session: Session, mobility_id: int, *, lock: bool = False) -> list[Course]:
    """The courses of a mobility in their order; ``lock`` keeps other writers waiting."""
    statement = select(Course).where(Course.mobility_id == mobility_id)
    if lock:
        locked = statement.order_by(Course.id).with_for_update()
        session.scalars(locked.execution_options(populate_existing=True)).all()
    ordered = statement.order_by(Course.lineage.is_(None), Course.position, Course.id)
    return list(session.scalars(ordered))


def locked_courses(session: Session, ids: Iterable[int]) -> dict[int, Course]:
    """Courses by id, locked; raises NotFound where one is missing."""
    wanted = sorted(set(ids))
    statement = select(Course).where(Course.id.in_(wanted)).order_by(Course.id).with_for_update()
    rows = session.scalars(statement.execution_options(populate_existing=True))
    found = {course.id: course for course in rows}
    if len(found) != len(wanted):
        raise NotFound
    return found


def state_of(course: Course) -> CourseState:
    """What the rules need to know of a course; its title is in the language it is taught in."""
    return CourseState(
        id=course.id,
        title=course.title,
        ects=course.ects,
        scale=course.scale,
        mark=course.mark,
        certified=course.certified_at is not None,
        annex=course.lineage is None,
        dropped=course.dropped,
        department=course.department,
        untranslated=tuple(
            language
            for language in LANGUAGES
            if language != course.language and not getattr(course, f"title_{language}")
        ),
    )


def stay_of(session: Session, mobility: Mobility) -> Stay:
    """What is recorded of the stay, added with the planned days where nothing is.

    Until RI has recorded when the student was present, a stay cut short ends when that says.
    """
    found = session.get(Stay, mobility.id)
    if found is None:
        found = Stay(
            mobility_id=mobility.id,
            first_day=mobility.start_date,
            last_day=mobility.end_date,
            programme=mobility.isced_clarification,
        )
        session.add(found)
    shortened = last_day_if_shortened(session, mobility.id)
    if shortened is not None and found.recorded_at is None:
        found.last_day = shortened.isoformat()
    session.flush()
    return found


def collect(session: Session, mobility: Mobility, *, by: Actor, now: datetime) -> list[str]:
    """Bring the courses up to the last signed contract; the departments that have work.

    Results a resit was to give are opened again. None once the student has given up.
    """
    _follow_contract(session, mobility)
    courses = courses_of(session, mobility.id, lock=True)
    if stay_of(session, mobility).withdrawn_on:
        return []
    for course in courses:
        if course.certified_at and state_of(course).status is Status.PENDING:
            reopen(session, course, reason=None, by=by, now=now)
            course.session = RESIT
    waiting = {c.department for c in courses if c.certified_at is None and not c.dropped}
    return sorted(waiting)


def _follow_contract(session: Session, mobility: Mobility) -> None:
    version = version_in_force(session, mobility.id)
    agreed = taught_here(effective_components(version)) if version else []
    known = {c.lineage: c for c in courses_of(session, mobility.id, lock=True) if c.lineage}
    seen: set[str] = set()
    for position, component in enumerate(agreed):
        if component.lineage in seen:
            continue
        seen.add(component.lineage)
        course = known.get(component.lineage)
        if course is None:
            session.add(_course(session, mobility, component, position))
        elif course.certified_at is None:
            _update(course, component, position)
        else:
            course.dropped = False
    for lineage, course in known.items():
        if lineage not in seen:
            course.dropped = True
    session.flush()


def _course(
    session: Session, mobility: Mobility, component: ComponentView, position: int
) -> Course:
    course = Course(
        mobility_id=mobility.id,
        lineage=component.lineage,
        department=mobility.department,
        academic_year=mobility.receiving_academic_year_id or "",
        language=(mobility.language or "fr").lower(),
        scale=HOME,
        session=1,
        mark="",
    )
    _update(course, component, position)
    _remember(session, course)
    return course


def _update(course: Course, component: ComponentView, position: int) -> None:
    course.position = position
    course.dropped = False
    course.code = component.los_code
    course.title = component.title
    course.term_number = component.term_number
    course.total_terms = component.total_terms
    course.ects = ects_of(component)


def _remember(session: Session, course: Course) -> None:
    """Take over what was said of the same course before: whose it is, how it is called."""
    if not course.code:
        return
    before = session.scalar(
        select(Course)
        .where(
            func.lower(Course.code) == course.code.lower(),
            or_(Course.title_fr.is_not(None), Course.certified_at.is_not(None)),
        )
        .order_by(Course.id.desc())
        .limit(1)
    )
    if before is not None and before.title.strip().casefold() == course.title.strip().casefold():
        course.department, course.scale = before.department, before.scale
        course.language = before.language
        for language in LANGUAGES:
            setattr(course, f"title_{language}", getattr(before, f"title_{language}"))


def add_annex(
    session: Session,
    mobility: Mobility,
    *,
    department: str,
    title: str,
    code: str | None,
    ects: Decimal,
    position: int,
) -> Course:
    """Add a course the student follows outside the contract."""
    course = Course(
        mobility_id=mobility.id,
        lineage=None,
        position=position,
        department=department,
        academic_year=mobility.receiving_academic_year_id or "",
        code=code,
        title=title,
        ects=ects,
        language=(mobility.language or "fr").lower(),
        scale=HOME,
        dropped=False,
        session=1,
        mark="",
    )
    session.add(course)
    session.flush()
    return course


def enter(
    session: Session,
    courses: Mapping[int, Course],
    cells: Mapping[int, str],
    *,
    seen: Mapping[int, str],
    by: Actor,
    now: datetime,
) -> Entered:
    """Write what was typed into cells; all of it, or nothing where one cell is wrong.

    ``seen`` is what each cell held when the sheet was opened: a cell nobody touched stays as
    it is, one that somebody else has changed since is refused (``changed_meanwhile``). The
    other codes are those of :func:`read_mark`, and ``certified_already``.
    """
    errors: dict[int, str] = {}
    changes: dict[int, Mark] = {}
    for course_id, typed in cells.items():
        course = courses[course_id]
        try:
            mark = read_mark(typed, scale_of(course.scale))
        except Unreadable as refusal:
            errors[course_id] = refusal.code
            continue
        if mark.text == course.mark or mark.text == seen.get(course_id):
            continue
        if course.certified_at is not None:
            errors[course_id] = "certified_already"
        elif course_id in seen and seen[course_id] != course.mark:
            errors[course_id] = f"changed_meanwhile:{course.mark or '–'}"
        else:
            changes[course_id] = mark
    if errors:
        return Entered(0, errors)
    for course_id, mark in changes.items():
        _write(session, courses[course_id], mark, by=by, now=now)
    session.flush()
    return Entered(len(changes))


def _write(session: Session, course: Course, mark: Mark, *, by: Actor, now: datetime) -> None:
    course.mark = mark.text
    course.entered_by, course.entered_at = by.id, now
    _note(session, course, "entered", None, by=by, now=now)


def certify(session: Session, course: Course, *, by: Actor, now: datetime) -> None:
    """Close a course's mark; raises InvalidInput at ``cells.c<id>`` where there is none."""
    if course.certified_at is not None:
        return
    if not course.mark:
        raise InvalidInput({f"cells.c{course.id}": ["mark_missing"]})
    course.certified_by, course.certified_at = by.id, now
    _note(session, course, "certified", None, by=by, now=now)


def reopen(
    session: Session, course: Course, *, reason: str | None, by: Actor, now: datetime
) -> None:
    """Let a certified mark be changed again; what it was stays in the entries."""
    course.certified_by = course.certified_at = None
    _note(session, course, "reopened", reason, by=by, now=now)


def entries_of(session: Session, course_ids: Sequence[int]) -> list[GradeEntry]:
    """Everything that was done to courses, oldest first."""
    statement = (
        select(GradeEntry)
        .where(GradeEntry.course_id.in_(course_ids))
        .order_by(GradeEntry.at, GradeEntry.id)
    )
    return list(session.scalars(statement))


def _note(
    session: Session, course: Course, kind: str, reason: str | None, *, by: Actor, now: datetime
) -> None:
    session.add(
        GradeEntry(
            course_id=course.id,
            kind=kind,
            mark=course.mark,
            session=course.session,
            reason=reason,
            actor=by.id,
            on_behalf_of=by.on_behalf_of,
            at=now,
        )
    )
