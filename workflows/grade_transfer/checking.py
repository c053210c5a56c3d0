"""RI compares the results with the last signed contract: issue, return, or finish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import InvalidInput, InvalidState
from workflows.grade_transfer.courses import LANGUAGES, courses_of, reopen, state_of, stay_of
from workflows.grade_transfer.models import Course, Stay
from workflows.grade_transfer.news import returned
from workflows.grade_transfer.policy import is_partial
from workflows.grade_transfer.reading import Reader
from workflows.grade_transfer.transcripts import CHECKED, ISSUED, REASONS, RETURNED, freeze, latest
from workflows.mobility.services import get_mobility
from workflows.partners.models import UNASSIGNED, Department

if TYPE_CHECKING:
    from engine.registry import TaskContext
    from engine.values import Value
    from workflows.mobility.models import Mobility

FIELDS = (
    "first_day",
    "last_day",
    "withdrawn_on",
    "programme",
    "titles_fr",
    "titles_en",
    "titles_es",
    "departments",
    "change_reason",
    "partial",
    "reopen",
)
MINIMUM = 1
"""Students a grading table needs where the decision table says nothing."""


class Check:
    """RI checks a student's results, whatever is decided keeps what was corrected here."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Freeze a version, ask departments again, or end."""
        if not ctx.final:
            return {}
        value = ctx.variables.get("mobility")
        if not isinstance(value, int):
            raise InvalidState("This case names no mobility.")
        return _Checking(ctx, get_mobility(ctx.session, value)).run()


class _Checking:
    def __init__(self, ctx: TaskContext, mobility: Mobility) -> None:
        self.ctx = ctx
        self.session = ctx.session
        self.mobility = mobility
        self.reader = Reader(ctx.data)
        self.courses: Sequence[Course] = courses_of(ctx.session, mobility.id, lock=True)
        self.stay: Stay = stay_of(ctx.session, mobility)

    def run(self) -> Mapping[str, Value]:
        self.reader.only(*FIELDS)
        self._keep_stay()
        self._keep_courses()
        if self.ctx.outcome == "issue":
            return self._issue()
        if self.ctx.outcome == "return":
            return self._return()
        self.reader.done()
        return {}

    def _keep_stay(self) -> None:
        issuing = self.ctx.outcome == "issue"
        first = self.reader.day("first_day", required=issuing)
        last = self.reader.day("last_day", required=issuing)
        left = self.reader.day("withdrawn_on")
        if first and last and last < first:
            self.reader.refuse("last_day", "before_start")
        if first and left and left < first:
            self.reader.refuse("withdrawn_on", "before_start")
        given = self.ctx.data
        for name, day in (("first_day", first), ("last_day", last), ("withdrawn_on", left)):
            if name in given:
                setattr(self.stay, name, _iso(day))
        if "programme" in given:
            self.stay.programme = self.reader.text("programme") or None
        self.stay.recorded_by, self.stay.recorded_at = self.ctx.actor.id, self.ctx.now

    def _keep_courses(self) -> None:
        known = {course.id: course for course in self.courses}
        for language in LANGUAGES:
            for number, title in self.reader.by_course(f"titles_{language}", 300).items():
                if number in known:
                    setattr(known[number], f"title_{language}", title or None)
                else:
                    self.reader.refuse(f"titles_{language}.c{number}", "not_on_sheet")
        codes = set(self.session.scalars(select(Department.code))) | {UNASSIGNED}
        for number, code in self.reader.by_course("departments", 80).items():
            if number not in known or code not in codes:
                self.reader.refuse(f"departments.c{number}", "not_an_option")
            elif known[number].certified_at is None:
                known[number].department = code

    def _issue(self) -> Mapping[str, Value]:
        partial = self.reader.flag("partial")
        before = latest(self.session, self.mobility.id, ISSUED)
        reason = self.reader.choice("change_reason", REASONS, required=before is not None)
        states = [state_of(course) for course in self.courses]
        if is_partial(states, withdrawn_on=self.stay.withdrawn_on) and not partial:
            self.reader.refuse("partial", "confirm_partial")
        self.reader.done()
        self.session.flush()
        self._drop_unsigned()
        minimum = self.ctx.variables.get("table_minimum")
        freeze(
            self.session,
            self.mobility,
            minimum=int(minimum) if isinstance(minimum, int | float) else MINIMUM,
            reason=reason or None,
            actor=self.ctx.actor.id,
            now=self.ctx.now,
        )
        return {}

    def _drop_unsigned(self) -> None:
        waiting = latest(self.session, self.mobility.id, CHECKED, lock=True)
        if waiting is not None:
            waiting.status = RETURNED

    def _return(self) -> Mapping[str, Value]:
        chosen = self.reader.by_course("reopen")
        known = {course.id: course for course in self.courses}
        for number in chosen:
            if number not in known:
                self.reader.refuse(f"reopen.c{number}", "not_on_sheet")
        self.reader.done()
        for number in chosen:
            if known[number].certified_at is not None:
                reopen(
                    self.session,
                    known[number],
                    reason=self.ctx.reason,
                    by=self.ctx.actor,
                    now=self.ctx.now,
                )
        asked = {c.department for c in self.courses if not c.certified_at and not c.dropped}
        if not asked:
            raise InvalidInput({"reopen": ["choose_course"]})
        self.stay.request = self.ctx.reason
        returned(self.ctx, self.mobility, asked)
        return {}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
