"""What completing each user task of the grade transfer does.

All read the mobility from the process variable ``mobility``. What each takes as data:

=============================  ===========================================================
grade_transfer.certify         ``cells`` and ``seen`` (marks by course: ``c12``), ``scales``
                               by course, ``annex`` (courses outside the contract)
grade_transfer.check           the stay's days, ``programme``, ``titles_fr``, ``titles_en``,
                               ``titles_es`` and ``departments`` by course, ``change_reason``,
                               ``partial`` (to be confirmed), ``reopen`` by course; outcome
                               ``issue``, ``return`` or ``no_transcript``
grade_transfer.sign            ``digest`` (of what was shown), ``signer_position``; outcome
                               ``sign`` or ``return``
grade_transfer.acknowledge     ``digest``, ``signer_name``, ``signer_position``; outcome
                               ``acknowledge`` or ``contest``
=============================  ===========================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import Conflict, InvalidInput, InvalidState
from workflows.grade_transfer.checking import Check
from workflows.grade_transfer.courses import (
    SCALES_OF_COURSES,
    add_annex,
    certify,
    courses_of,
    enter,
)
from workflows.grade_transfer.marks import Unreadable, read_mark
from workflows.grade_transfer.models import Course
from workflows.grade_transfer.news import contested
from workflows.grade_transfer.reading import Annex, Reader
from workflows.grade_transfer.transcripts import (
    CHECKED,
    ISSUED,
    RETURNED,
    latest,
    sign,
)
from workflows.grading.scales import HOME, scale_of
from workflows.mobility.services import get_mobility

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

DEFAULT_POSITION = "Service des relations internationales"
NOTHING: Mapping[str, Value] = {}


class Certify:
    """A department's coordinator certifies the marks of one student."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Write the cells, add what is outside the contract, close every mark."""
        reader = Reader(ctx.data)
        reader.only("cells", "seen", "scales", "annex")
        cells, seen = reader.by_course("cells"), reader.by_course("seen")
        scales, annexes = reader.by_course("scales"), reader.annexes("annex")
        reader.done()
        courses = _sheet(ctx)
        _only_of_sheet(courses, cells, scales)
        _rescale(courses, scales)
        _enter(ctx, courses, cells, seen)
        for course in [*courses.values(), *_annexed(ctx, annexes)]:
            certify(ctx.session, course, by=ctx.actor, now=ctx.now)
        return NOTHING


class Sign:
    """RI signs the transcript as it was frozen, or sends it back to be checked."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign exactly what was shown."""
        if not ctx.final:
            return NOTHING
        reader = Reader(ctx.data)
        reader.only("digest", "signer_position")
        position = reader.text("signer_position") or DEFAULT_POSITION
        digest = reader.text("digest")
        reader.done()
        row = latest(ctx.session, mobility_of(ctx), CHECKED, lock=True)
        if ctx.outcome == "sign":
            name = ctx.actor.name or ctx.actor.id
            sign(row, name=name, position=position, digest=digest, actor=ctx.actor.id, now=ctx.now)
        elif row is not None:
            row.status, row.returned = RETURNED, ctx.reason
        return NOTHING


class Acknowledge:
    """The partner says that the transcript has arrived, or what is wrong with it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep who said so, on exactly the version that was shown."""
        if not ctx.final:
            return NOTHING
        reader = Reader(ctx.data)
        reader.only("digest", "signer_name", "signer_position")
        name = reader.text("signer_name", required=ctx.outcome == "acknowledge")
        position, digest = reader.text("signer_position"), reader.text("digest")
        reader.done()
        row = latest(ctx.session, mobility_of(ctx), ISSUED, lock=True)
        if row is None or (digest and digest != row.digest):
            raise Conflict
        if ctx.outcome == "acknowledge":
            row.acknowledged_by = ", ".join(part for part in (name, position) if part)
            row.acknowledged_at = ctx.now
        else:
            row.contested = ctx.reason
            contested(ctx, row)
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "grade_transfer.certify": Certify(),
    "grade_transfer.check": Check(),
    "grade_transfer.sign": Sign(),
    "grade_transfer.acknowledge": Acknowledge(),
}
"""Task handlers by the name a diagram gives them."""


def mobility_of(ctx: TaskContext) -> int:
    """The mobility a task is about; raises InvalidState where the case names none."""
    value = ctx.variables.get("mobility")
    if not isinstance(value, int):
        raise InvalidState("This case names no mobility.")
    return value


def _sheet(ctx: TaskContext) -> dict[int, Course]:
    """The courses the work item asks for, locked."""
    department = ctx.variables.get("grading_department")
    return {
        course.id: course
        for course in courses_of(ctx.session, mobility_of(ctx), lock=True)
        if course.department == department and not course.certified_at and not course.dropped
    }


def _only_of_sheet(
    courses: Mapping[int, Course], cells: Mapping[int, str], scales: Mapping[int, str]
) -> None:
    errors = {f"cells.c{n}": ["not_on_sheet"] for n in cells if n not in courses}
    errors |= {f"scales.c{n}": ["not_on_sheet"] for n in scales if n not in courses}
    errors |= {
        f"scales.c{n}": ["not_an_option"]
        for n, scale in scales.items()
        if scale and scale not in SCALES_OF_COURSES
    }
    if errors:
        raise InvalidInput(errors)


def _rescale(courses: Mapping[int, Course], scales: Mapping[int, str]) -> None:
    for course_id, scale in scales.items():
        course = courses[course_id]
        if scale and scale != course.scale:
            course.scale, course.mark = scale, ""


def _enter(
    ctx: TaskContext,
    courses: Mapping[int, Course],
    cells: Mapping[int, str],
    seen: Mapping[int, str],
) -> None:
    entered = enter(ctx.session, courses, cells, seen=seen, by=ctx.actor, now=ctx.now)
    errors = {f"cells.c{n}": [code] for n, code in entered.errors.items()}
    errors |= {
        f"cells.c{n}": ["mark_missing"]
        for n, course in courses.items()
        if not course.mark and n not in entered.errors and not cells.get(n)
    }
    if errors:
        raise InvalidInput(errors)


def _annexed(ctx: TaskContext, annexes: list[tuple[int, Annex]]) -> list[Course]:
    mobility = get_mobility(ctx.session, mobility_of(ctx))
    added = []
    for number, annex in annexes:
        try:
            mark = read_mark(annex.mark, scale_of(HOME))
        except Unreadable as refusal:
            raise InvalidInput({f"annex.{number}.mark": [refusal.code]}) from refusal
        if mark.empty:
            raise InvalidInput({f"annex.{number}.mark": ["mark_missing"]})
        course = add_annex(
            ctx.session,
            mobility,
            department=str(ctx.variables["grading_department"]),
            title=annex.title,
            code=annex.code,
            ects=annex.ects,
            position=number,
        )
        course.mark = mark.text
        course.entered_by, course.entered_at = ctx.actor.id, ctx.now
        added.append(course)
    return added
