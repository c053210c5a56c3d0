"""What a decision changes: grades, units, the verdict; who gave it, and whether they may.

Nothing here commits; every function works inside the transaction of its caller.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from engine.errors import InvalidInput
from workflows.recognition.agreed import sending_signers
from workflows.recognition.decision import Settled, Stage
from workflows.recognition.models import (
    PartnerTranscript,
    Recognition,
    RecognitionAnswer,
    ResultLine,
)
from workflows.recognition.policy import Rule, Verdict, weighted_mean
from workflows.recognition.standing import Standing, graded

if TYPE_CHECKING:
    from engine.registry import TaskContext


def apply(
    session: Session,
    recognition: Recognition,
    transcript: PartnerTranscript,
    settled: Settled,
    stage: Stage,
) -> None:
    """Keep a decision: grades with their reasons, units; the jury's with what follows."""
    rule = Rule.from_json(recognition.rule)
    for line in transcript.lines:
        if line.id in settled.grades:
            _set(line, stage, *settled.grades[line.id])
    if stage is Stage.PROPOSE:
        recognition.proposal += 1
    if settled.verdict is not None:
        recognition.verdict = settled.verdict.value
        recognition.verdict_reason = settled.verdict_reason
    verdict = settled.verdict or Verdict.PARTLY
    lines = graded(transcript)
    awarded = Standing(transcript, lines, rule).awarded(verdict)
    if settled.units is not None:
        for unit, yes in zip(transcript.units, settled.units, strict=True):
            unit.recognised = yes
    if stage is Stage.DECIDE:
        recognition.credits_awarded = awarded
    mean = weighted_mean(lines, rule.counted)
    recognition.mean = None if mean is None else str(mean)
    session.flush()


def answer(
    session: Session,
    recognition: Recognition,
    ctx: TaskContext,
    stage: str,
    *,
    reference: str | None = None,
) -> RecognitionAnswer:
    """Keep who answered what at a stage, and for whom."""
    row = RecognitionAnswer(
        stage=stage,
        outcome=ctx.outcome or "done",
        reason=ctx.reason,
        reference=reference,
        actor=ctx.actor.id,
        on_behalf_of=ctx.actor.on_behalf_of,
        name=ctx.actor.name,
        at=ctx.now,
    )
    recognition.answers.append(row)
    session.flush()
    return row


def _set(line: ResultLine, stage: Stage, grade: Decimal | None, reason: str | None) -> None:
    """Set a grade; one that says what stands already is no change of it."""
    if stage is Stage.PROPOSE:
        line.coordinator_set = grade != line.proposed_grade
        line.coordinator_grade = grade if line.coordinator_set else None
        line.coordinator_reason = reason
        line.jury_set, line.jury_grade, line.jury_reason = False, None, None
        return
    before = line.coordinator_grade if line.coordinator_set else line.proposed_grade
    line.jury_set = grade != before
    line.jury_grade = grade if line.jury_set else None
    line.jury_reason = reason


def check_separation(recognition: Recognition, ctx: TaskContext, stage: Stage) -> None:
    """Refuse who has a part in the other side of the decision.

    Nobody signs both as sending coordinator and as president of the jury on one case, for
    themselves or in somebody's place. Raises InvalidInput at ``_schema``.
    """
    here = {ctx.actor.id, ctx.actor.on_behalf_of} - {None}
    if stage is Stage.DECIDE:
        signed = sending_signers(ctx.session, recognition.mobility_id)
        there = signed | _who(recognition, Stage.PROPOSE)
        code = "coordinator_and_jury"
    else:
        there = _who(recognition, Stage.DECIDE)
        code = "jury_and_coordinator"
    if here & there:
        raise InvalidInput({"_schema": [code]})


def _who(recognition: Recognition, stage: Stage) -> set[str]:
    """Who agreed at a stage, and in whose place."""
    agreed = [a for a in recognition.answers if a.stage == stage and a.outcome == "approve"]
    return {name for a in agreed for name in (a.actor, a.on_behalf_of) if name is not None}
