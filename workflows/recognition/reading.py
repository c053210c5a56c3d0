"""What pages read of a recognition: immutable values, no rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from workflows.mobility.models import Mobility
from workflows.recognition.matching import Difference
from workflows.recognition.models import (
    AgreedComponent,
    PartnerTranscript,
    Recognition,
    RecognitionAnswer,
    RecognitionUnit,
    ResultLine,
)
from workflows.recognition.policy import (
    Facts,
    Rule,
    Verdict,
    settled,
    verdicts_open,
    weighted_mean,
)
from workflows.recognition.standing import Standing, credit_differences, regraded
from workflows.recognition.tables import Unusable, brought
from workflows.recognition.trace import Outcome, Trace, from_json


@dataclass(frozen=True, slots=True)
class ComponentShown:
    """A component abroad, or a unit of the diploma, as it was agreed.

    ``failure_rule`` is what a validation plan says about failing the unit's courses.
    """

    id: int
    code: str
    title: str
    credits: Decimal | None
    recognised: bool = False
    failure_rule: str = ""


@dataclass(frozen=True, slots=True)
class LineShown:
    """One line: what the host says, how its grade is found, what people made of it.

    ``overtaken`` marks a fail of a component that another session has passed;
    ``difference`` how the credits differ from those agreed.
    """

    id: int
    agreed: ComponentShown | None
    present: bool
    code: str
    title: str
    credits: Decimal | None
    grade: str
    outcome: Outcome
    trace: Trace | None
    proposed: Decimal | None
    before: Decimal | None
    final: Decimal | None
    coordinator_set: bool
    coordinator_reason: str
    jury_set: bool
    jury_reason: str
    overtaken: bool
    difference: Difference | None

    @property
    def has_grade(self) -> bool:
        """Whether a grade can be set in this line: not in one that counts nowhere."""
        return self.agreed is not None and self.outcome in {Outcome.PASSED, Outcome.FAILED}


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """Who answered at a stage."""

    stage: str
    outcome: str
    reason: str
    reference: str
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """What the grades as they stand amount to.

    ``passed`` and ``agreed`` are credits abroad, ``units`` those of the group here;
    ``awarded`` what is awarded where only the passed credits are.
    """

    passed: Decimal
    agreed: Decimal
    units: Decimal
    awarded: Decimal
    mean: Fraction | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class RecognitionShown:
    """A recognition as it stands, with its last transcript."""

    id: int
    proposal: int
    rule: Rule
    source: str
    issuer: str
    issued_on: str
    received_on: str
    scale: str
    document_id: int | None
    warnings: tuple[tuple[str, Mapping[str, str]], ...]
    unusable: tuple[Unusable, ...]
    lines: tuple[LineShown, ...]
    agreed: tuple[ComponentShown, ...]
    units: tuple[ComponentShown, ...]
    on_plan: bool
    covered: tuple[bool, ...]
    open_verdicts: tuple[Verdict, ...]
    totals: Totals
    verdict: Verdict | None
    verdict_reason: str
    credits_awarded: Decimal | None
    answers: tuple[AnswerShown, ...]

    def last(self, stage: str) -> AnswerShown | None:
        """The last answer of a stage."""
        found = [answer for answer in self.answers if answer.stage == stage]
        return found[-1] if found else None


def shown(
    session: Session,
    recognition: Recognition,
    transcript: PartnerTranscript,
    grades: Mapping[int, Decimal | None] | None = None,
) -> RecognitionShown:
    """A recognition as pages show it; ``grades`` are those being typed, by line id."""
    mobility = session.get_one(Mobility, recognition.mobility_id)
    rule = Rule.from_json(recognition.rule)
    lines = regraded(transcript, grades or {})
    differences = credit_differences(transcript)
    standing = Standing(transcript, lines, rule)
    totals = _totals(standing)
    return RecognitionShown(
        id=recognition.id,
        proposal=recognition.proposal,
        rule=rule,
        source=transcript.source,
        issuer=transcript.issuer or "",
        issued_on=transcript.issued_on or "",
        received_on=transcript.received_on or "",
        scale=transcript.scale or "",
        document_id=transcript.document_id,
        warnings=warnings_of(transcript),
        unusable=tuple(brought(transcript, mobility.receiving_hei_id)[1]),
        lines=_lines(transcript, differences),
        agreed=tuple(_component(each) for each in transcript.agreed),
        units=tuple(_unit(each) for each in transcript.units),
        on_plan=transcript.on_plan,
        covered=tuple(standing.covered()),
        open_verdicts=verdicts_open(lines),
        totals=totals,
        verdict=Verdict(recognition.verdict) if recognition.verdict else None,
        verdict_reason=recognition.verdict_reason or "",
        credits_awarded=recognition.credits_awarded,
        answers=tuple(_answer(each) for each in recognition.answers),
    )


def warnings_of(transcript: PartnerTranscript) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """What was noticed when an uploaded transcript was read: codes with their parameters."""
    return tuple((code, params) for code, params in json.loads(transcript.warnings))


def _totals(standing: Standing) -> Totals:
    lines = standing.lines
    return Totals(
        passed=_sum([each.credits for each in settled(lines) if _passes(each.outcome)]),
        agreed=_sum([each.credits for each in standing.transcript.agreed]),
        units=_sum(standing.credits),
        awarded=standing.awarded(Verdict.PARTLY),
        mean=weighted_mean(lines, standing.rule.counted),
        facts=standing.facts,
    )


def _answer(row: RecognitionAnswer) -> AnswerShown:
    return AnswerShown(
        row.stage, row.outcome, row.reason or "", row.reference or "", row.name, row.at
    )


def _lines(
    transcript: PartnerTranscript, differences: Mapping[int, Difference]
) -> tuple[LineShown, ...]:
    passed = {line.agreed_id for line in transcript.lines if _passes(Outcome(line.outcome))}
    return tuple(
        _line(line, passed, differences.get(line.agreed_id or 0)) for line in transcript.lines
    )


def _line(line: ResultLine, passed: set[int | None], difference: Difference | None) -> LineShown:
    outcome = Outcome(line.outcome)
    failed = outcome is Outcome.FAILED
    return LineShown(
        id=line.id,
        agreed=_component(line.agreed) if line.agreed else None,
        present=line.present,
        code=line.code or "",
        title=line.title,
        credits=line.credits,
        grade=line.grade,
        outcome=outcome,
        trace=from_json(json.loads(line.trace)) if line.trace else None,
        proposed=line.proposed_grade,
        before=line.coordinator_grade if line.coordinator_set else line.proposed_grade,
        final=line.final_grade,
        coordinator_set=line.coordinator_set,
        coordinator_reason=line.coordinator_reason or "",
        jury_set=line.jury_set,
        jury_reason=line.jury_reason or "",
        overtaken=failed and line.agreed_id is not None and line.agreed_id in passed,
        difference=difference,
    )


def _component(row: AgreedComponent) -> ComponentShown:
    return ComponentShown(row.id, row.code or "", row.title, row.credits)


def _unit(unit: RecognitionUnit) -> ComponentShown:
    return ComponentShown(
        unit.id,
        unit.code or "",
        unit.title,
        unit.credits,
        unit.recognised,
        unit.failure_rule or "",
    )


def _passes(outcome: Outcome) -> bool:
    return outcome in {Outcome.PASSED, Outcome.UNGRADED}


def _sum(numbers: Sequence[Decimal | None]) -> Decimal:
    return sum((each or Decimal(0) for each in numbers), Decimal(0))
