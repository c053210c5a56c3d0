"""What was decided, as one value: for pages, documents, mails and exchange formats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from workflows.recognition.conversion import rounded
from workflows.recognition.models import (
    PartnerTranscript,
    Recognition,
    RecognitionAnswer,
    ResultLine,
)
from workflows.recognition.policy import Verdict
from workflows.recognition.trace import Outcome

MEAN_STEP = Decimal("0.01")


class Status(StrEnum):
    """The status of a resultOfRecognition in ELMO 2.1.1, by the words of its schema."""

    POSITIVE = "Positive"
    NEGATIVE = "Negative"
    PARTIALLY_POSITIVE = "Partially Positive"


STATUS_OF = {
    Verdict.RECOGNISED: Status.POSITIVE,
    Verdict.PARTLY: Status.PARTIALLY_POSITIVE,
    Verdict.NOT_RECOGNISED: Status.NEGATIVE,
}


@dataclass(frozen=True, slots=True)
class LineResult:
    """One component abroad with its result here; ``reasons`` why its grade was set by hand."""

    code: str
    title: str
    credits: Decimal | None
    local_grade: str
    outcome: Outcome
    grade: Decimal | None
    agreed: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit of the diploma, and whether the stay stands for it.

    ``failure_rule`` is what a validation plan says about failing its courses.
    """

    code: str
    title: str
    credits: Decimal | None
    recognised: bool
    failure_rule: str


@dataclass(frozen=True, slots=True)
class ResultOfRecognition:
    """The decision of the jury: per component, per unit, in total.

    ``status`` and the two groups are what ELMO 2.1.1 writes as recognitionBasis,
    recognitionResult and the mapping between them: all of one stands for all of the other.
    """

    status: Status
    verdict: Verdict
    verdict_reason: str
    decided_at: datetime
    basis: tuple[LineResult, ...]
    units: tuple[UnitResult, ...]
    credits_awarded: Decimal
    mean: Decimal | None
    rule: str
    proposed: RecognitionAnswer | None
    decided: RecognitionAnswer
    registered: RecognitionAnswer | None


def last_answer(recognition: Recognition, stage: str) -> RecognitionAnswer | None:
    """The last answer of a stage that let the case go on."""
    found = [
        each
        for each in recognition.answers
        if each.stage == stage and each.outcome in {"approve", "done"}
    ]
    return found[-1] if found else None


def result_of(
    recognition: Recognition, transcript: PartnerTranscript
) -> ResultOfRecognition | None:
    """What the jury decided; None while it has not."""
    decided = last_answer(recognition, "decide")
    if decided is None or recognition.verdict is None:
        return None
    verdict = Verdict(recognition.verdict)
    return ResultOfRecognition(
        status=STATUS_OF[verdict],
        verdict=verdict,
        verdict_reason=recognition.verdict_reason or "",
        decided_at=decided.at,
        basis=tuple(_line(line) for line in transcript.lines),
        units=tuple(
            UnitResult(
                unit.code or "",
                unit.title,
                unit.credits,
                unit.recognised,
                unit.failure_rule or "",
            )
            for unit in transcript.units
        ),
        credits_awarded=recognition.credits_awarded or Decimal(0),
        mean=mean_of(recognition),
        rule=recognition.rule,
        proposed=last_answer(recognition, "propose"),
        decided=decided,
        registered=last_answer(recognition, "register"),
    )


def mean_of(recognition: Recognition) -> Decimal | None:
    """The average as it is written, in hundredths; the exact one decides."""
    if recognition.mean is None:
        return None
    return rounded(Fraction(recognition.mean), MEAN_STEP)


def _line(line: ResultLine) -> LineResult:
    reasons = (line.coordinator_reason, line.jury_reason)
    return LineResult(
        code=line.code or "",
        title=line.title,
        credits=line.credits,
        local_grade=line.grade,
        outcome=Outcome(line.outcome),
        grade=line.final_grade,
        agreed=line.agreed_id is not None,
        reasons=tuple(reason for reason in reasons if reason),
    )
