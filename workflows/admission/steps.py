"""What completing each user task of the admission's diagram does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errors import InvalidInput
from workflows.admission.models import DepartmentAnswer, IncomingNomination
from workflows.admission.notices import tell_outcome
from workflows.admission.services import APPROVED, CANCELLED, REJECTED, of_mobility
from workflows.mobility.agreement import day_of
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

EARLIEST = timedelta(days=120)
"""How long before the agreed first day somebody may arrive."""

NOTHING: Mapping[str, Value] = {}


class Admissibility:
    """RI admits the nomination, or refuses it with a reason the partner reads."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Refused, the nomination is over."""
        _nothing_typed(ctx)
        if ctx.final and ctx.outcome != "approve":
            _refuse(ctx, nomination_of(ctx), REJECTED)
        return NOTHING


class Review:
    """One department after the other, in any order, says whether it takes the student."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep each department's answer; the last one, or the first refusal, decides."""
        _nothing_typed(ctx)
        nomination = nomination_of(ctx)
        department = ctx.work_item.candidate.partition(":")[2]
        vote = ctx.outcome or ""
        nomination.answers.append(
            DepartmentAnswer(
                department=department,
                outcome=vote,
                reason=ctx.reason,
                answered_at=ctx.now,
                answered_by=ctx.actor.id,
            )
        )
        if ctx.final and ctx.outcome == "approve":
            nomination.status = APPROVED
            tell_outcome(ctx.unit, nomination, "accepted")
        elif ctx.final:
            _refuse(ctx, nomination, REJECTED)
        return NOTHING


class Register:
    """The registrar's office enrols the student, or notes that the student withdrew."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the student number."""
        if not ctx.final:
            return NOTHING
        nomination = nomination_of(ctx)
        if ctx.outcome != "approve":
            _refuse(ctx, nomination, CANCELLED)
            return NOTHING
        number = str(ctx.data.get("student_number") or "").strip()
        if not number:
            raise InvalidInput({"student_number": ["required"]})
        nomination.student_number = number
        return NOTHING


class Arrival:
    """RI notes the day of arrival, or that the student did not come."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the day; it is neither to come nor long before the agreed stay."""
        if not ctx.final:
            return NOTHING
        nomination = nomination_of(ctx)
        if ctx.outcome != "approve":
            _refuse(ctx, nomination, CANCELLED)
            return NOTHING
        nomination.arrived_on = _day_of_arrival(ctx, nomination)
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "admission.admissibility": Admissibility(),
    "admission.review": Review(),
    "admission.register": Register(),
    "admission.arrival": Arrival(),
}
"""Task handlers by the name a diagram gives them."""


def nomination_of(ctx: TaskContext) -> IncomingNomination:
    """The nomination the case is about, locked against other writers."""
    return of_mobility(ctx.session, int(str(ctx.variables["mobility"])), lock=True)


def _refuse(ctx: TaskContext, nomination: IncomingNomination, status: str) -> None:
    nomination.status = status
    nomination.reason = ctx.reason
    nomination.mobility.called_off_at = ctx.now
    tell_outcome(ctx.unit, nomination, "refused" if status == REJECTED else "cancelled")


def _day_of_arrival(ctx: TaskContext, nomination: IncomingNomination) -> str:
    day = day_of(str(ctx.data.get("arrived_on") or ""))
    if day is None:
        raise InvalidInput({"arrived_on": ["required"]})
    if day > ctx.now.astimezone(ZONE).date():
        raise InvalidInput({"arrived_on": ["in_the_future"]})
    agreed = day_of(nomination.mobility.start_date)
    if agreed is not None and day < agreed - EARLIEST:
        raise InvalidInput({"arrived_on": ["before_the_stay"]})
    return day.isoformat()


def _nothing_typed(ctx: TaskContext) -> None:
    if ctx.data:
        raise InvalidInput({name: ["unknown_field"] for name in ctx.data})
