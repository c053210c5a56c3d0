"""What completing each user task of the diagram of exam waivers does.

=======================  ===============================================================
exam_waiver.propose      ``exams`` (ids of those to be excused), ``exception`` (why exams
                         that have begun or are over should be); outcome ``approve`` or
                         ``reject`` (with a reason)
exam_waiver.decide       nothing; outcome ``approve``, ``return`` or ``reject`` (both with
                         a reason)
exam_waiver.record       the form ``record``
=======================  ===============================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from engine.texts import checked
from workflows.exam_waiver.models import Waiver, WaiverAnswer, WaiverExam
from workflows.exam_waiver.policy import (
    ADDED,
    CHOICE,
    EXCUSED,
    KEPT,
    LEFT_OUT,
    NOT_PROPOSED,
    REVOKED,
    TOO_LATE,
)
from workflows.exam_waiver.reading import OPEN, Status, waiver_of

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

MAX_EXCEPTION = 2000
NOTHING: Mapping[str, Value] = {}


class Propose:
    """The coordinator proposes which exams to excuse, or refuses."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the choice and say who made it: they will not decide about it."""
        if not ctx.final:
            return NOTHING
        waiver = _undecided(ctx)
        if ctx.outcome == "approve":
            _choose(waiver, ctx.data)
            waiver.status = Status.ENDORSED.value
        else:
            _refuse(ctx, waiver)
        _answered(ctx, waiver, "coordinator")
        return {"proposed_by": ctx.actor.id, "decision": _said(waiver)}


class Decide:
    """The head of department grants the waiver, returns the list, or refuses."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Put the decision in force in place of the one before."""
        if not ctx.final:
            return NOTHING
        if ctx.data:
            raise InvalidInput({str(name): ["unknown_field"] for name in ctx.data})
        waiver = _undecided(ctx)
        if ctx.outcome == "approve":
            _grant(ctx, waiver)
        elif ctx.outcome == "return":
            waiver.status = Status.PROPOSED.value
        else:
            _refuse(ctx, waiver)
        _answered(ctx, waiver, "head")
        return {"decision": _said(waiver)}


class Record:
    """The registrar's office has entered the exams as justified absences."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep who entered it, when, and under which reference."""
        waiver = waiver_of(ctx.session, ctx.variables.get("waiver"))
        reference = ctx.data.get("reference")
        waiver.record_reference = str(reference).strip() or None if reference else None
        waiver.recorded_at = ctx.now
        waiver.recorded_by = ctx.actor.name
        _answered(ctx, waiver, "registrar")
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "exam_waiver.propose": Propose(),
    "exam_waiver.decide": Decide(),
    "exam_waiver.record": Record(),
}
"""Task handlers by the name a diagram gives them."""


def _said(waiver: Waiver) -> str:
    """What the diagram goes by: ``granted``, ``refused``, or nothing yet."""
    return "" if waiver.status in OPEN else waiver.status


def _undecided(ctx: TaskContext) -> Waiver:
    waiver = waiver_of(ctx.session, ctx.variables.get("waiver"))
    if waiver.status not in OPEN:
        raise InvalidState("This exam waiver is not waiting for a decision.")
    return waiver


def _choose(waiver: Waiver, data: Mapping[str, object]) -> None:
    """Mark what is to be excused.

    Raises InvalidInput: ``exams`` for an exam that is not of this list, cannot be chosen,
    or for none at all where none is taken back either; ``exception`` where exams that have
    begun are excused and nobody says why.
    """
    unknown = {str(name): ["unknown_field"] for name in data.keys() - {"exams", "exception"}}
    if unknown:
        raise InvalidInput(unknown)
    chosen = _chosen_ids(data.get("exams", []))
    open_to_choice = {row.id for row in waiver.exams if _may_be_chosen(row.mark, row.cause)}
    if not chosen <= open_to_choice:
        raise InvalidInput({"exams": ["not_an_option"]})
    if not chosen and not any(row.mark == REVOKED for row in waiver.exams):
        raise InvalidInput({"exams": ["no_exam_chosen"]})
    exception = _exception(data.get("exception"))
    late = [row for row in waiver.exams if row.id in chosen and row.cause == TOO_LATE]
    if (late or waiver.retroactive) and chosen and exception is None:
        raise InvalidInput({"exception": ["exception_required"]})
    before = {(row.unit, row.semester, row.session) for row in _excused_before(waiver)}
    for row in waiver.exams:
        if row.id in chosen:
            known = (row.unit, row.semester, row.session) in before
            row.mark, row.cause = (KEPT if known else ADDED), None
        elif row.mark in EXCUSED:
            known = row.mark == KEPT
            row.mark, row.cause = (REVOKED if known else LEFT_OUT), NOT_PROPOSED
    waiver.retroactive = waiver.retroactive or bool(late)
    waiver.exception = exception


def _may_be_chosen(mark: str, cause: str | None) -> bool:
    return mark in EXCUSED or cause in CHOICE


def _excused_before(waiver: Waiver) -> list[WaiverExam]:
    return [
        row for row in (waiver.previous.exams if waiver.previous else ()) if row.mark in EXCUSED
    ]


def _chosen_ids(value: object) -> set[int]:
    values = value if isinstance(value, list) else [value]
    chosen = set()
    for each in values:
        text = str(each) if isinstance(each, int | str) and not isinstance(each, bool) else ""
        if not (text.isascii() and text.isdigit() and len(text) < 20):
            raise InvalidInput({"exams": ["not_an_option"]})
        chosen.add(int(text))
    return chosen


def _exception(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidInput({"exception": ["not_text"]})
    return checked("exception", value, MAX_EXCEPTION) or None


def _grant(ctx: TaskContext, waiver: Waiver) -> None:
    if waiver.previous is not None:
        waiver.previous.status = Status.SUPERSEDED.value
    waiver.status = Status.GRANTED.value
    _decided(ctx, waiver)


def _refuse(ctx: TaskContext, waiver: Waiver) -> None:
    """Refuse; what the contract or the stay no longer justifies is taken back all the same."""
    if any(row.mark == REVOKED and row.cause != NOT_PROPOSED for row in waiver.exams):
        raise InvalidInput({"_schema": ["revocation_stands"]})
    waiver.status = Status.REFUSED.value
    waiver.reason = ctx.reason
    _decided(ctx, waiver)


def _decided(ctx: TaskContext, waiver: Waiver) -> None:
    waiver.decided_at = ctx.now
    waiver.decided_by = ctx.actor.name
    if waiver.request is not None:
        waiver.request.answered = True


def _answered(ctx: TaskContext, waiver: Waiver, stage: str) -> None:
    ctx.session.add(
        WaiverAnswer(
            waiver_id=waiver.id,
            stage=stage,
            outcome=ctx.outcome or "done",
            reason=ctx.reason,
            actor=ctx.actor.id,
            on_behalf_of=ctx.actor.on_behalf_of,
            answered_by=ctx.actor.name,
            at=ctx.now,
        )
    )
    ctx.session.flush()
