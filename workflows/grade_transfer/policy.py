"""Rules of grade transfer: what is complete, what is counted, when everything is due.

Sources: the European Commission's guidelines on the learning agreement (the transcript is
sent within five weeks of the publication of results), ECTS Users' Guide 2015 (credits are
given for what is passed), omobility-las v1.2.0 (the contract's components).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

from engine.errors import InvalidState
from engine.schedule.durations import parse_duration
from engine.values import Value
from workflows.contract.views import ComponentView, Part
from workflows.grade_transfer.marks import EMPTY, Mark, Status, Unreadable, read_mark
from workflows.grading.scales import scale_of
from workflows.mobility.agreement import Agreement
from workflows.office_work.local_time import ZONE

STUDIED = frozenset({Part.STUDIED, Part.VIRTUAL, Part.BLENDED, Part.DOCTORAL})
"""Parts of a contract that are taught by the receiving institution."""

AUTUMN_ENDS_BY_MONTH = 3
"""A stay of the autumn semester is over by March, the first weeks of exams included."""

ECTS = "ects"


@dataclass(frozen=True, slots=True)
class CourseState:
    """What the rules need to know of one course.

    ``untranslated`` are the languages of a transcript in which it has no title: the original
    stands there instead.
    """

    id: int
    title: str
    ects: Decimal
    scale: str
    mark: str
    certified: bool
    annex: bool = False
    dropped: bool = False
    department: str = ""
    untranslated: tuple[str, ...] = ()

    @property
    def read(self) -> Mark:
        """The mark; what is not certified counts as not entered."""
        return mark_of(self.mark, self.scale) if self.certified else EMPTY

    @property
    def status(self) -> Status:
        """Passed, failed or still to come."""
        return self.read.status(scale_of(self.scale))


@dataclass(frozen=True, slots=True)
class Finding:
    """Something RI should know before a transcript is issued; none of them blocks alone.

    Codes: ``missing`` (no certified result), ``resit`` (result still to come), ``annex``
    (not in the contract), ``dropped`` (graded, but taken out of the contract since),
    ``withdrawn`` (the student gave up), ``no_credits``, ``untranslated`` (titles
    that a language has none for; all of a kind in one finding), ``no_table``, ``no_esi``.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    course_id: int | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """Credits of a transcript, exact: contracted, earned, and still to come."""

    contracted: Decimal
    earned: Decimal
    pending: Decimal


def mark_of(text: str, scale: str) -> Mark:
    """A stored mark; one its scale cannot read any more counts as not entered."""
    try:
        return read_mark(text, scale_of(scale))
    except Unreadable:
        return EMPTY


def taught_here(components: Iterable[ComponentView]) -> list[ComponentView]:
    """The components of a contract that the receiving institution grades."""
    return [row for row in components if row.part in STUDIED]


def ects_of(component: ComponentView) -> Decimal:
    """ECTS credits of a component; 0 where it names none."""
    return sum((c.value for c in component.credits if c.scheme == ECTS), Decimal(0))


def shown(courses: Iterable[CourseState]) -> list[CourseState]:
    """What belongs on a transcript: all but what was dropped before anything was certified."""
    return [course for course in courses if not course.dropped or course.certified]


def totals(courses: Iterable[CourseState]) -> Totals:
    """Exact sums; what was dropped from the contract is not contracted but may be earned."""
    zero = Decimal(0)
    listed = shown(courses)
    contracted = sum((c.ects for c in listed if not c.annex and not c.dropped), zero)
    earned = sum((c.ects for c in listed if c.status is Status.PASSED), zero)
    pending = sum((c.ects for c in listed if c.status is Status.PENDING), zero)
    return Totals(contracted, earned, pending)


def findings(
    courses: Sequence[CourseState], *, withdrawn_on: str | None, agreement: Agreement
) -> list[Finding]:
    """What is missing or unusual, against the last signed contract."""
    found = [Finding("withdrawn", {"day": withdrawn_on})] if withdrawn_on else []
    for course in shown(courses):
        title = {"title": course.title}
        mark = course.read
        if mark.empty and not withdrawn_on:
            found.append(Finding("missing", title, course.id))
        elif mark.resit and not withdrawn_on:
            found.append(Finding("resit", title, course.id))
        if course.annex:
            found.append(Finding("annex", title, course.id))
        if course.dropped:
            found.append(Finding("dropped", title, course.id))
        if course.ects == 0:
            found.append(Finding("no_credits", title, course.id))
    found += _untranslated(courses)
    if not agreement.student_global_id:
        found.append(Finding("no_esi"))
    return found


def _untranslated(courses: Iterable[CourseState]) -> list[Finding]:
    """The titles that are the original in another language's transcript, by languages."""
    titles: dict[tuple[str, ...], list[str]] = {}
    for course in shown(courses):
        if course.untranslated:
            titles.setdefault(course.untranslated, []).append(course.title)
    return [
        Finding("untranslated", {"title": " · ".join(named), "languages": ",".join(languages)})
        for languages, named in titles.items()
    ]


def pending(courses: Iterable[CourseState], *, withdrawn_on: str | None) -> list[CourseState]:
    """Courses whose result is still to come; none once the student has given up."""
    if withdrawn_on:
        return []
    return [
        course
        for course in courses
        if course.status is Status.PENDING and not (course.dropped and course.read.empty)
    ]


def is_partial(courses: Iterable[CourseState], *, withdrawn_on: str | None) -> bool:
    """Whether a transcript of these courses would leave a result open."""
    return bool(pending(courses, withdrawn_on=withdrawn_on))


def season(agreement: Agreement) -> str:
    """``autumn`` or ``spring``: the semester whose results end the stay.

    Read from the last day or month; without one, from the first.
    """
    end = agreement.end_date or agreement.end_year_month
    if end:
        return "autumn" if _month(end) <= AUTUMN_ENDS_BY_MONTH or _month(end) >= 11 else "spring"
    start = agreement.start_date or agreement.start_year_month or ""
    return "autumn" if _month(start) >= 7 else "spring"


def deadline(start: datetime | date, duration: str) -> datetime:
    """The instant ``duration`` (ISO 8601) after a day or an instant, in the office's zone.

    Raises InvalidState for a text of a decision table that is no duration.
    """
    if not isinstance(start, datetime):
        start = datetime(start.year, start.month, start.day, tzinfo=ZONE)
    try:
        return parse_duration(duration).after(start, ZONE, None).astimezone(UTC)
    except ValueError as error:
        raise InvalidState(f"The decision table says '{duration}' for a duration.") from error


def day_named(variables: Mapping[str, Value], name: str) -> date:
    """A day that a decision table has set; raises InvalidState where it is none."""
    value = variables.get(name)
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidState(f"The decision table says '{value}' for {name}, no day.") from error


def text_named(variables: Mapping[str, Value], name: str) -> str:
    """A text that a decision table has set; raises InvalidState where there is none."""
    value = variables.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidState(f"The decision table says nothing for {name}.")
    return value


def _month(text: str) -> int:
    month = text[5:7]
    return int(month) if month.isdigit() else 6
