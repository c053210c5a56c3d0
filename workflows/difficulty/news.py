"""What a student is told of their difficulty. The mails themselves say nothing of it.

A mail may be read over somebody's shoulder: it says that there is something to read, and
where; who may read it is decided there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.mobility.services import get_mobility, labels_for
from workflows.notices.news import tell
from workflows.people.services import (
    REGISTRAR,
    RI_CARE,
    coordinator_group,
    people_in,
    student_group,
)

if TYPE_CHECKING:
    from engine import Unit
    from engine.registry import TaskContext
    from workflows.difficulty.models import Difficulty
    from workflows.mobility.models import Mobility

MAILS = "workflows.difficulty"


def tell_reported(unit: Unit, found: Difficulty, mobility: Mobility) -> None:
    """A difficulty was reported for them, by themselves or by somebody who looks after them."""
    _tell(unit, found, mobility, "reported", f"reported-{found.id}")


def tell_taken_up(ctx: TaskContext, found: Difficulty) -> None:
    """Somebody follows it."""
    _answer(ctx, found, "taken_up")


def tell_set_aside(ctx: TaskContext, found: Difficulty) -> None:
    """It is set aside; why stands on the case."""
    _answer(ctx, found, "set_aside")


def tell_adjusted(ctx: TaskContext, found: Difficulty) -> None:
    """Exams or classes are arranged otherwise: what and why stands on the case.

    The student and those who follow the case learn that there is something to read. The
    registrar's office, which sees nothing of the case, learns of whom and when, and nothing
    else.
    """
    mobility = get_mobility(ctx.session, found.mobility_id)
    assert found.arranged_from is not None
    assert found.arranged_until is not None
    groups = {found.follower, coordinator_group(mobility.department), RI_CARE}
    if mobility.person_id is not None:
        groups.add(student_group(mobility.person_id))
    concerned = [each for group in sorted(groups) for each in people_in(ctx.session, group)]
    tell(
        ctx.unit,
        mails=MAILS,
        kind="adjusted",
        news=f"difficulty-adjusted-{ctx.work_item.id}",
        to=[each for each in concerned if f"person:{each.id}" != ctx.actor.id],
        values={"number": str(found.id)},
        link=f"/cases/{found.instance_id}",
    )
    tell(
        ctx.unit,
        mails=MAILS,
        kind="adjusted_days",
        news=f"difficulty-days-{ctx.work_item.id}",
        to=people_in(ctx.session, REGISTRAR),
        values={
            "student": labels_for(ctx.session, mobility, incoming=True).subject,
            "first": found.arranged_from.isoformat(),
            "last": found.arranged_until.isoformat(),
            "by": ctx.actor.name,
        },
    )


def tell_closed(ctx: TaskContext, found: Difficulty) -> None:
    """The follow-up is over; its conclusion stands on the case."""
    _answer(ctx, found, "closed")


def _answer(ctx: TaskContext, found: Difficulty, kind: str) -> None:
    mobility = get_mobility(ctx.session, found.mobility_id)
    _tell(ctx.unit, found, mobility, kind, f"{kind}-{ctx.work_item.id}")


def _tell(unit: Unit, found: Difficulty, mobility: Mobility, kind: str, news: str) -> None:
    if mobility.person_id is None:
        return
    tell(
        unit,
        mails=MAILS,
        kind=kind,
        news=f"difficulty-{news}",
        to=people_in(unit.session, student_group(mobility.person_id)),
        values={"number": str(found.id)},
        link=f"/cases/{found.instance_id}",
    )
