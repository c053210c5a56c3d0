"""Reading what coordinator and jury send: grades, the choice of units, the verdict.

A page sends one mapping, both times the same::

    {"proposal": "3",
     "lines": [{"id": "17", "grade": "14,5", "reason": "..."}],
     "units": [{"id": "4", "recognised": "yes"}],
     "verdict": "partly", "verdict_reason": "..."}          (the jury alone)

Whether something was passed is not among it: that is the host's word. A grade that differs
from what was proposed needs a reason, of which the student is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.errors import Conflict, InvalidInput
from engine.texts import unusable
from workflows.grading.scales import HOME, SCALES
from workflows.recognition.models import (
    PartnerTranscript,
    Recognition,
    RecognitionUnit,
    ResultLine,
)
from workflows.recognition.policy import Rule, Verdict, verdicts_open
from workflows.recognition.standing import Standing, graded, regraded
from workflows.recognition.trace import Outcome

MAX_REASON = 2000
MAX_NUMBER = 20
FIELDS = ("id", "grade", "reason")
_GRADE = re.compile(r"[0-9]{1,2}([.,][0-9]{1,2})?", re.ASCII)


class Stage(StrEnum):
    """Who is at it."""

    PROPOSE = "propose"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Settled:
    """A decision ready to be kept: grades by line with reasons, units, verdict."""

    grades: Mapping[int, tuple[Decimal | None, str | None]]
    units: Sequence[bool] | None
    verdict: Verdict | None = None
    verdict_reason: str | None = None


def read(
    data: Mapping[str, object],
    recognition: Recognition,
    transcript: PartnerTranscript,
    stage: Stage,
    by_rule: Verdict | None = None,
) -> Settled:
    """The decision in ``data``; ``by_rule`` is the verdict the department's rule gives.

    Raises InvalidInput by field path, Conflict where another proposal was shown.
    """
    reader = _Reader(transcript, stage, Rule.from_json(recognition.rule))
    settled = reader.settled(data, by_rule)
    if reader.errors:
        raise InvalidInput(reader.errors)
    if data.get("proposal") != str(recognition.proposal):
        raise Conflict("The proposal has changed since it was shown; read it again.")
    return settled


class _Reader:
    """One pass over a submission, collecting every error."""

    def __init__(self, transcript: PartnerTranscript, stage: Stage, rule: Rule) -> None:
        self.transcript = transcript
        self.stage = stage
        self.rule = rule
        self.lines = {str(line.id): line for line in transcript.lines}
        self.errors: dict[str, list[str]] = {}

    def settled(self, data: Mapping[str, object], by_rule: Verdict | None) -> Settled:
        known = {"proposal", "lines", "units"}
        if self.stage is Stage.DECIDE:
            known |= {"verdict", "verdict_reason"}
        for name in data:
            if name not in known:
                self._refuse(str(name), "unknown_field")
        grades = self._grades(data.get("lines"))
        verdict, reason = self._verdict(data, by_rule, grades)
        lines = regraded(self.transcript, {line: grade for line, (grade, _) in grades.items()})
        standing = Standing(self.transcript, lines, self.rule)
        units = self._units(data.get("units"), verdict, standing)
        return Settled(grades, units, verdict, reason)

    def _grades(self, value: object) -> dict[int, tuple[Decimal | None, str | None]]:
        grades: dict[int, tuple[Decimal | None, str | None]] = {}
        for n, row in enumerate(self._listed("lines", value)):
            path = f"lines.{n}"
            line = self.lines.get(str(row.get("id")))
            if line is None or line.id in grades:
                self._refuse(path, "not_these_lines")
                continue
            for name in row:
                if name not in FIELDS:
                    self._refuse(f"{path}.{name}", self._not_theirs(str(name), line))
            grades[line.id] = self._grade(path, row, line)
        if len(grades) != len(self.lines) and not self.errors:
            self._refuse("lines", "not_these_lines")
        return grades

    def _not_theirs(self, name: str, line: ResultLine) -> str:
        """A result sent along with a line: what was passed cannot be made a fail or a resit."""
        passed = line.outcome in {Outcome.PASSED, Outcome.UNGRADED}
        forged = name in {"outcome", "status", "passed", "resit"}
        return "passed_stays_passed" if passed and forged else "unknown_field"

    def _grade(
        self, path: str, row: Mapping[str, object], line: ResultLine
    ) -> tuple[Decimal | None, str | None]:
        before = line.proposed_grade
        if self.stage is Stage.DECIDE and line.coordinator_set:
            before = line.coordinator_grade
        reason = self._text(f"{path}.reason", row.get("reason"), MAX_REASON) or None
        text = self._text(f"{path}.grade", row.get("grade"), MAX_NUMBER)
        if line.agreed is None or line.outcome not in {Outcome.PASSED, Outcome.FAILED}:
            # An extra course counts nowhere: it keeps what was calculated for it.
            if text:
                self._refuse(f"{path}.grade", "without_grade")
            return before, reason
        grade = self._number(f"{path}.grade", text, line)
        unexplained = line.outcome == Outcome.PASSED and grade is None
        if (grade != before or unexplained) and reason is None and self._clean(path):
            self._refuse(f"{path}.reason", "grade_reason_required")
        return grade, reason

    def _clean(self, path: str) -> bool:
        return not any(name.startswith(f"{path}.") for name in self.errors)

    def _number(self, path: str, text: str, line: ResultLine) -> Decimal | None:
        """A grade on the home scale, on the side of its pass mark where the host has put it."""
        home = SCALES[HOME]
        if not text:
            return None
        if not _GRADE.fullmatch(text) or not home.contains(text):
            self._refuse(path, "out_of_range:0:20")
            return None
        grade = Decimal(text.replace(",", "."))
        passes = home.passes(str(grade))
        if line.outcome == Outcome.PASSED and not passes:
            self._refuse(path, "passed_stays_passed")
        elif line.outcome == Outcome.FAILED and passes:
            self._refuse(path, "failed_stays_failed")
        return grade

    def _verdict(
        self,
        data: Mapping[str, object],
        by_rule: Verdict | None,
        grades: Mapping[int, tuple[Decimal | None, str | None]],
    ) -> tuple[Verdict | None, str | None]:
        if self.stage is not Stage.DECIDE:
            return None, None
        allowed = verdicts_open(graded(self.transcript))
        reason = self._text("verdict_reason", data.get("verdict_reason"), MAX_REASON) or None
        said = data.get("verdict")
        if said is None or said == "":
            self._refuse("verdict", "required")
            return None, reason
        if said not in {each.value for each in Verdict}:
            self._refuse("verdict", "not_an_option")
            return None, reason
        verdict = Verdict(str(said))
        if verdict not in allowed:
            self._refuse("verdict", "passed_stays_passed")
        elif verdict is not within(by_rule, allowed) and reason is None:
            self._refuse("verdict_reason", "verdict_reason_required")
        return verdict, reason

    def _units(
        self, value: object, verdict: Verdict | None, standing: Standing
    ) -> list[bool] | None:
        """Which home units count; the whole group where it is recognised as one."""
        units = self.transcript.units
        if verdict in {Verdict.RECOGNISED, Verdict.NOT_RECOGNISED}:
            return [verdict is Verdict.RECOGNISED] * len(units)
        if value is None:
            return standing.covered()
        chosen: dict[int, bool] = {}
        for n, row in enumerate(self._listed("units", value)):
            unit = self._unit(row)
            if unit is None or unit.id in chosen or not set(row) <= {"id", "recognised"}:
                self._refuse(f"units.{n}", "not_these_lines")
                continue
            chosen[unit.id] = row.get("recognised") == "yes"
        if set(chosen) != {unit.id for unit in units}:
            self._refuse("units", "not_these_lines")
            return None
        flags = [chosen[unit.id] for unit in units]
        for position, code in standing.unit_errors(flags).items():
            self._refuse(f"units.{position}.recognised", code)
        return flags

    def _unit(self, row: Mapping[str, object]) -> RecognitionUnit | None:
        return next((u for u in self.transcript.units if str(u.id) == row.get("id")), None)

    def _listed(self, path: str, value: object) -> list[Mapping[str, object]]:
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self._refuse(path, "wrong_type")
            return []
        return value

    def _text(self, path: str, value: object, longest: int) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            self._refuse(path, "wrong_type")
            return ""
        if unusable(value):
            self._refuse(path, "invalid_characters")
            return ""
        text = value.strip()
        if len(text) > longest:
            self._refuse(path, f"too_long:{longest}")
            return ""
        return text

    def _refuse(self, path: str, code: str) -> None:
        self.errors.setdefault(path, []).append(code)


def within(by_rule: Verdict | None, allowed: Sequence[Verdict]) -> Verdict:
    """The rule's verdict as far as it may go: while something was passed, never nothing."""
    return by_rule if by_rule in allowed and by_rule is not None else allowed[-1]
