"""Which exams a student abroad is excused from: derived from what was signed, compared with before.

Pure rules, after the domain's brief (P6): a unit that is replaced or waived is not examined
at home while the student is away; a unit that is kept is, and so are the resits of June,
which are there for those who come back. Every date comes from a decision table; an exam
whose days nobody knows may be held on any day of the stay, so that a stay cut short has it
looked at anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeAlias

ADDED, KEPT, REVOKED, LEFT_OUT = "added", "kept", "revoked", "left_out"
"""What becomes of an exam: excused anew, excused as before, no longer, not."""

EXCUSED = frozenset({ADDED, KEPT})

CONTRACT_CHANGED, CUT_SHORT, DAYS_UNKNOWN, TOO_LATE, NOT_PROPOSED = (
    "contract_changed",
    "cut_short",
    "days_unknown",
    "too_late",
    "not_proposed",
)
"""Why an exam is revoked or left out. ``days_unknown``: the stay is cut short, and it is not
known whether the exam begins after its last day."""

CHOICE = frozenset({DAYS_UNKNOWN, TOO_LATE, NOT_PROPOSED})
"""Causes that leave people the choice; what the contract took out, or the stay no longer
reaches, is settled."""

NOTHING, UNCHANGED, DECIDE, REDUCE = "nothing", "unchanged", "decide", "reduce"
"""What follows: there is nothing to excuse, nothing has changed, people decide, or the head
of department alone takes back what a shortened stay no longer needs."""

Identity: TypeAlias = tuple[str, int | None, int]
"""Unit, semester and session: what makes an exam the same in two versions."""

MAIN, RESIT = 1, 2
SEMESTERS = (1, 2)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the home curriculum as the contract or plan names it.

    ``term`` is (number, of how many in the year), None where it is not told. ``june_resit``
    tells that who fails abroad sits the resit of June at home.
    """

    key: str
    code: str | None
    title: str
    credits: str | None
    term: tuple[int, int] | None
    june_resit: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """The first and last day of an exam session."""

    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """A department's exam sessions of a year.

    ``main`` and ``resits`` are by semester; resits stand there only where they are held
    during the year, apart from those of ``june``.
    """

    main: Mapping[int, Period] = field(default_factory=dict)
    resits: Mapping[int, Period] = field(default_factory=dict)
    june: Period | None = None

    @classmethod
    def of(cls, variables: Mapping[str, object]) -> Calendar:
        """The calendar in the outputs of the decision table ``exam_calendar``.

        A session without both days, or that ends before it starts, is left aside.
        """
        june = _period(variables, "june")
        resits = {n: _period(variables, f"resit_{n}") for n in SEMESTERS}
        main = {n: _period(variables, f"main_{n}") for n in SEMESTERS}
        return cls(
            main={n: period for n, period in main.items() if period is not None},
            resits={
                n: period
                for n, period in resits.items()
                if period is not None and not _overlap(period, june)
            },
            june=june,
        )


@dataclass(frozen=True, slots=True)
class Exam:
    """One exam: a unit, a semester (None where it is not told), a session, its days."""

    unit: Unit
    semester: int | None
    session: int
    period: Period | None

    @property
    def identity(self) -> Identity:
        """What makes it the same exam in two versions."""
        return self.unit.key, self.semester, self.session


@dataclass(frozen=True, slots=True)
class Marked:
    """An exam and what becomes of it."""

    exam: Exam
    mark: str
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a list is judged by besides the calendar.

    ``late_days`` is until how many days after a session its exams may still be excused, and
    after ``stay_end`` those whose days are unknown; ``last_day`` the last day of a stay that
    was cut short, ``reviewed`` whether the decision in force knew it; ``declined`` are the
    exams that the decision in force knew and left out.
    """

    today: date
    late_days: int
    stay_end: date | None = None
    last_day: date | None = None
    reviewed: bool = False
    declined: frozenset[Identity] = frozenset()


def exams_of(units: Iterable[Unit], calendar: Calendar) -> list[Exam]:
    """Every exam at home of units that are replaced or waived, in the order of the units."""
    found = []
    for unit in units:
        for semester in semesters_of(unit.term):
            if semester is None:
                found.append(Exam(unit, None, MAIN, None))
                continue
            found.append(Exam(unit, semester, MAIN, calendar.main.get(semester)))
            if semester in calendar.resits and not unit.june_resit:
                found.append(Exam(unit, semester, RESIT, calendar.resits[semester]))
    return found


def semesters_of(term: tuple[int, int] | None) -> tuple[int | None, ...]:
    """The semesters a term lies in: (1, 2) is the first, (1, 1) the whole year."""
    if term is None:
        return (None,)
    number, total = term
    if not 1 <= number <= total:
        return (None,)
    first = (number - 1) * 2 < total
    second = number * 2 > total
    return tuple(n for n, lies in ((1, first), (2, second)) if lies)


def marked(exams: Sequence[Exam], before: Sequence[Exam], now: Circumstances) -> list[Marked]:
    """Each exam with what becomes of it, given the exams excused ``before``.

    Exams that are no longer in the list follow it, revoked.
    """
    known = {exam.identity for exam in before}
    found = [_marked(exam, exam.identity in known, now) for exam in exams]
    wanted = {exam.identity for exam in exams}
    gone = [exam for exam in before if exam.identity not in wanted]
    return found + [Marked(exam, REVOKED, CONTRACT_CHANGED) for exam in gone]


def _marked(exam: Exam, known: bool, now: Circumstances) -> Marked:
    period, declined = exam.period, exam.identity in now.declined
    if now.last_day is not None and period is not None and period.starts_on > now.last_day:
        return Marked(exam, REVOKED if known else LEFT_OUT, CUT_SHORT)
    if now.last_day is not None and period is None and not (now.reviewed or declined):
        return Marked(exam, REVOKED if known else LEFT_OUT, DAYS_UNKNOWN)
    if known:
        return Marked(exam, KEPT)
    if declined:
        return Marked(exam, LEFT_OUT, NOT_PROPOSED)
    ends_on = period.ends_on if period else now.stay_end
    if ends_on is not None and now.today > ends_on + timedelta(days=now.late_days):
        return Marked(exam, LEFT_OUT, TOO_LATE)
    return Marked(exam, ADDED)


def verdict(rows: Sequence[Marked], *, asked: bool) -> str:
    """What follows from a list; ``asked``: somebody has asked for a decision."""
    marks, causes = {row.mark for row in rows}, {row.cause for row in rows}
    if DAYS_UNKNOWN in causes:
        return DECIDE
    if not marks & {ADDED, REVOKED}:
        if asked and causes & {TOO_LATE, NOT_PROPOSED}:
            return DECIDE
        if KEPT in marks:
            return UNCHANGED
        return DECIDE if TOO_LATE in causes else NOTHING
    if ADDED not in marks and all(row.cause == CUT_SHORT for row in rows if row.mark == REVOKED):
        return REDUCE
    return DECIDE


def is_retroactive(rows: Iterable[Marked], today: date) -> bool:
    """Whether exams would be excused whose session has begun already."""
    return any(
        row.mark == ADDED and row.exam.period is not None and row.exam.period.starts_on <= today
        for row in rows
    )


def _period(variables: Mapping[str, object], name: str) -> Period | None:
    first, last = (_day(variables.get(f"{name}_{edge}")) for edge in ("from", "to"))
    if first is None or last is None or last < first:
        return None
    return Period(first, last)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _overlap(period: Period, other: Period | None) -> bool:
    return (
        other is not None
        and period.starts_on <= other.ends_on
        and other.starts_on <= period.ends_on
    )
