"""What students are told of their grants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.grant.services import mobility_of
from workflows.notices.news import tell
from workflows.people.services import people_in, student_group

if TYPE_CHECKING:
    from engine.registry import TaskContext
    from workflows.grant.models import Grant

MAILS = "workflows.grant"


def tell_decision(ctx: TaskContext, grant: Grant) -> None:
    """The grant is awarded, or refused and why."""
    _tell(ctx, grant, "awarded" if grant.state == "eligible" else "refused")


def tell_settled(ctx: TaskContext, grant: Grant) -> None:
    """Nothing is due any more."""
    _tell(ctx, grant, "settled")


def _tell(ctx: TaskContext, grant: Grant, kind: str) -> None:
    student = mobility_of(ctx.session, grant).person_id
    if student is None:
        return
    tell(
        ctx.unit,
        mails=MAILS,
        kind=kind,
        news=f"grant-{kind}-{ctx.work_item.id}",
        to=people_in(ctx.session, student_group(student)),
        values={
            "partner": ctx.work_item.labels.counterparty,
            "amount": f"{grant.total:.2f} EUR",
            "reason": ctx.reason or "",
        },
        link=f"/cases/{ctx.instance_id}",
    )
