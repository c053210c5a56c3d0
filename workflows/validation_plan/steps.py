"""What completing each user task of the plan's diagram does.

All read the mobility from the process variable ``mobility`` and work on the latest version.
What each takes as data:

===============================  =======================================================
validation_plan.draft            the mapping of :mod:`workflows.validation_plan.plans`
validation_plan.teacher          nothing; each teacher ``approve`` or ``return``
validation_plan.check            nothing; ``approve`` or ``return``
validation_plan.sign_student     ``digest``; ``approve`` or ``return``
validation_plan.sign_sending     ``digest``, ``signer_position``; ``approve`` or ``return``
validation_plan.partner_answer   ``digest``, ``signer_name``, ``signer_position``,
                                 ``signer_email``; ``approve`` or ``reject``
===============================  =======================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from workflows.contract.signing import Signer
from workflows.contract.steps import email_of, mobility_of, only, partner_signer, student_signer
from workflows.contract.views import VersionStatus
from workflows.people.services import actor_id
from workflows.validation_plan.models import ValidationPlan
from workflows.validation_plan.news import announce_signed
from workflows.validation_plan.reading import latest_plan
from workflows.validation_plan.services import add_answer, next_plan, sign_plan, submit_plan

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

NOTHING: Mapping[str, Value] = {}


class Draft:
    """The student hands in the plan; its rows must be complete."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep what was sent, freeze it, and name the teachers who are asked."""
        partner_signs = ctx.variables.get("partner_signature") is True
        plan = submit_plan(
            ctx.session, mobility_of(ctx), ctx.data, partner_signs=partner_signs, now=ctx.now
        )
        asked = dict.fromkeys(row.teacher_id for row in plan.rows if row.teacher_id is not None)
        return {"teachers": [actor_id(each) for each in asked]}


class Teacher:
    """Each responsible teacher accepts what becomes of their units, or returns the plan."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep every voice; a refusal returns the plan to the student."""
        only(ctx.data, ())
        plan = _current(ctx)
        # The step's outcome is that of its last voice; until then each says approve.
        _answer(ctx, plan, "teacher")
        if ctx.final and ctx.outcome == "return":
            next_plan(ctx.session, plan, now=ctx.now, status=VersionStatus.RETURNED)
        return NOTHING


class Check:
    """The coordinator accepts the coherence of the whole plan, or returns it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the answer; returned, the next version begins."""
        if ctx.final:
            only(ctx.data, ())
            _answered(ctx, "coordinator")
        return NOTHING


class SignStudent:
    """The student signs, or takes the plan back to change it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign exactly what was shown."""
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest",))
        if ctx.outcome == "approve":
            _sign(ctx, "student", student_signer(ctx), data)
        else:
            _answered(ctx, "student")
        return NOTHING


class SignSending:
    """The coordinator signs for the university; without a partner's signature the last."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign exactly what was shown, in the position the coordinator gives."""
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest", "signer_position"))
        if ctx.outcome != "approve":
            _answered(ctx, "sending")
            return NOTHING
        signer = Signer(
            name=ctx.actor.name,
            position=data.get("signer_position") or "Correspondant des relations internationales",
            email=email_of(ctx.session, ctx.actor),
            actor=ctx.actor.id,
        )
        plan = _sign(ctx, "sending", signer, data)
        if not plan.partner_signs:
            _in_force(ctx, plan)
        return NOTHING


class PartnerAnswer:
    """The partner signs, or rejects the plan with a comment."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Sign, or keep the comment and begin the next version."""
        if not ctx.final:
            return NOTHING
        data = only(ctx.data, ("digest", "signer_name", "signer_position", "signer_email"))
        if ctx.outcome == "approve":
            plan = _sign(ctx, "receiving", partner_signer(ctx, data, mandatory=True), data)
            _in_force(ctx, plan)
        else:
            plan = _current(ctx)
            _answer(ctx, plan, "partner")
            next_plan(ctx.session, plan, now=ctx.now, status=VersionStatus.REJECTED)
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {
    "validation_plan.draft": Draft(),
    "validation_plan.teacher": Teacher(),
    "validation_plan.check": Check(),
    "validation_plan.sign_student": SignStudent(),
    "validation_plan.sign_sending": SignSending(),
    "validation_plan.partner_answer": PartnerAnswer(),
}
"""Task handlers by the name a diagram gives them."""


def _current(ctx: TaskContext) -> ValidationPlan:
    """The latest version, which must be the one being answered and signed."""
    plan = latest_plan(ctx.session, mobility_of(ctx), lock=True)
    if plan.status != VersionStatus.SUBMITTED:
        raise InvalidState("This version of the plan is not waiting for an answer.")
    return plan


def _answer(ctx: TaskContext, plan: ValidationPlan, stage: str) -> None:
    add_answer(
        ctx.session,
        plan,
        stage=stage,
        outcome=ctx.outcome or "",
        reason=ctx.reason,
        actor=ctx.actor,
        now=ctx.now,
    )


def _answered(ctx: TaskContext, stage: str) -> None:
    """Keep an answer; a return closes this version and opens the next."""
    plan = _current(ctx)
    _answer(ctx, plan, stage)
    if ctx.outcome == "return":
        next_plan(ctx.session, plan, now=ctx.now, status=VersionStatus.RETURNED)


def _sign(ctx: TaskContext, role: str, signer: Signer, data: Mapping[str, str]) -> ValidationPlan:
    plan = _current(ctx)
    sign_plan(ctx.session, plan, role, signer, at=ctx.now, seen_digest=data.get("digest"))
    return plan


def _in_force(ctx: TaskContext, plan: ValidationPlan) -> None:
    plan.status = VersionStatus.SIGNED.value
    ctx.session.flush()
    announce_signed(ctx.unit, plan.mobility, ctx.instance_id)
