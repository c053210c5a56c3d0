"""What completing each user task of the partnership's diagram does, and its one service.

====================  ==================================================================
partnership.file      the mapping of :func:`workflows.partnership.services.write_file`
partnership.review    nothing; ``approve``, ``return`` or ``reject`` (councils do not return)
partnership.sign      nothing; ``sign`` or ``reject``
partnership.renew     nothing; ``renew`` (once the renewal is proposed) or ``let_expire``
====================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from workflows.answers import Answers
from workflows.office_work.local_time import ZONE
from workflows.partnership.models import Opinion, Partnership
from workflows.partnership.news import tell_expired, tell_refused, tell_signed
from workflows.partnership.policy import term
from workflows.partnership.services import (
    EXPIRED,
    IN_FORCE,
    REFUSED,
    REVIEWED,
    WRITTEN,
    get_partnership,
    renewal_of,
    write_file,
    years_allowed,
)

if TYPE_CHECKING:
    from engine.registry import Job, JobContext, TaskContext, TaskHandler
    from engine.values import Value

NOTHING: Mapping[str, Value] = {}


class File:
    """The proposer hands in the pedagogical file."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep it; RI reads it next."""
        partnership = partnership_of(ctx)
        longest = years_allowed(ctx.variables.get("max_years"))
        write_file(ctx.session, partnership, ctx.data, max_years=longest)
        partnership.state = REVIEWED
        return NOTHING


class Review:
    """One body gives its opinion: RI, legal affairs, or a council."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep it; what is rejected ends, what is returned is written again."""
        partnership = partnership_of(ctx)
        Answers(ctx.data).check()
        _opine(ctx, partnership)
        if ctx.outcome == "return":
            partnership.state = WRITTEN
        elif ctx.outcome == "reject":
            partnership.state = REFUSED
            tell_refused(ctx, partnership)
        return NOTHING


class Sign:
    """The president signs, or refuses."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Put it into force; from then on its end is known."""
        partnership = partnership_of(ctx)
        Answers(ctx.data).check()
        _opine(ctx, partnership)
        if ctx.outcome != "sign":
            partnership.state = REFUSED
            tell_refused(ctx, partnership)
            return NOTHING
        assert partnership.starts_on is not None
        before = str(ctx.variables["renewal_before"])
        today = ctx.now.astimezone(ZONE).date()
        found = term(partnership.starts_on, today, partnership.years, before)
        partnership.state, partnership.signed_at = IN_FORCE, ctx.now
        partnership.starts_on, partnership.ends_on = found.starts_on, found.ends_on
        partnership.renewal_on = found.renewal_on
        tell_signed(ctx, partnership)
        return {
            "renewal_on": found.renewal_on.isoformat(),
            "ends_on": found.ends_on.isoformat(),
        }


class Renew:
    """RI says what becomes of a partnership that comes to its end."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Renewing needs a proposal: nothing goes on by itself."""
        partnership = partnership_of(ctx)
        Answers(ctx.data).check()
        if ctx.outcome == "renew" and renewal_of(ctx.session, partnership.id) is None:
            raise InvalidInput({"_schema": ["partnership_renewal_missing"]})
        _opine(ctx, partnership)
        return NOTHING


class Expire:
    """The service ``partnership.expire``: a partnership has come to its last day."""

    parameters: frozenset[str] = frozenset()

    def perform(self, job: Job) -> Value:
        """Nothing outside the database."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Write it down and tell those who live it."""
        number = ctx.job.variables.get("partnership")
        if not isinstance(number, int):
            raise InvalidState("This case names no partnership.")
        partnership = get_partnership(ctx.session, number)
        partnership.state = EXPIRED
        tell_expired(ctx, partnership)
        return {}


def _opine(ctx: TaskContext, partnership: Partnership) -> None:
    ctx.session.add(
        Opinion(
            partnership_id=partnership.id,
            body=ctx.work_item.candidate,
            outcome=ctx.outcome or "",
            reason=ctx.reason or "",
            actor=ctx.actor.id,
            name=ctx.actor.name,
            at=ctx.now,
        )
    )
    ctx.session.flush()


def partnership_of(ctx: TaskContext) -> Partnership:
    """The partnership a task is about; raises InvalidState where the case names none."""
    value = ctx.variables.get("partnership")
    if not isinstance(value, int):
        raise InvalidState("This case names no partnership.")
    return get_partnership(ctx.session, value)


HANDLERS: Mapping[str, TaskHandler] = {
    "partnership.file": File(),
    "partnership.review": Review(),
    "partnership.sign": Sign(),
    "partnership.renew": Renew(),
}
"""Task handlers by the name a diagram gives them."""
