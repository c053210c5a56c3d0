"""What completing each user task of the difficulty's diagram does.

==================  ====================================================================
difficulty.triage   ``follower`` (``coordinator`` or ``ri_care``); ``take_up`` or ``set_aside``
difficulty.contact  ``contacted_on``, ``summary``, ``measure``
difficulty.adjust   ``arrangement``, ``arranged_from``, ``arranged_until`` (if on several days)
difficulty.change   ``arrangement``, once the change has been asked for
difficulty.close    ``conclusion``
==================  ====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import InvalidInput, InvalidState
from workflows.answers import Answers
from workflows.contract_change.services import obstacle
from workflows.difficulty.models import MEASURES, Difficulty
from workflows.difficulty.news import tell_adjusted, tell_closed, tell_set_aside, tell_taken_up
from workflows.difficulty.services import (
    CLOSED,
    FOLLOWED,
    MOST_TEXT,
    SET_ASIDE,
    change_since,
    follower_of,
    get_difficulty,
)
from workflows.mobility.services import get_mobility
from workflows.office_work.local_time import ZONE

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

NOTHING: Mapping[str, Value] = {}


class Triage:
    """The coordinator takes the report up and says who follows, or sets it aside."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Route the follow-up; the student hears either way."""
        found = difficulty_of(ctx)
        answers = Answers(ctx.data)
        if ctx.outcome != "take_up":
            answers.text("follower", most=40)
            answers.check()
            found.state, found.set_aside_because = SET_ASIDE, ctx.reason or ""
            found.closed_at = ctx.now
            tell_set_aside(ctx, found)
            return NOTHING
        follower = follower_of(answers, str(ctx.variables["department"]))
        answers.check()
        found.state, found.follower = FOLLOWED, follower
        tell_taken_up(ctx, found)
        return {"follower": follower}


class Contact:
    """Whoever follows the student has met them."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep what was agreed; the measure says what comes next."""
        found = difficulty_of(ctx)
        answers = Answers(ctx.data)
        day = answers.day("contacted_on", required=True)
        if day is not None and day > ctx.now.astimezone(ZONE).date():
            answers.refuse("contacted_on", "in_the_future")
        summary = answers.text("summary", most=MOST_TEXT, required=True)
        measure = answers.option("measure", MEASURES)
        answers.check()
        found.contacted_on, found.contact_summary, found.measure = day, summary, measure
        return {"measure": measure}


class Adjust:
    """What was arranged with the teachers: how, and on which days."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep it, and tell those who must know."""
        found = difficulty_of(ctx)
        answers = Answers(ctx.data)
        arrangement = answers.text("arrangement", most=MOST_TEXT, required=True)
        first = answers.day("arranged_from", required=True)
        last = answers.day("arranged_until") or first
        if first is not None and last is not None and last < first:
            answers.refuse("arranged_until", "before_start")
        answers.check()
        found.arrangement = arrangement
        found.arranged_from, found.arranged_until = first, last
        tell_adjusted(ctx, found)
        return NOTHING


class Change:
    """The contract is to be changed: by a request that stands in its own case."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep which request came of it.

        Raises InvalidInput at ``_schema`` where a change could be asked for and nobody has.
        """
        found = difficulty_of(ctx)
        answers = Answers(ctx.data)
        arrangement = answers.text("arrangement", most=MOST_TEXT, required=True)
        answers.check()
        request = change_since(ctx.session, found)
        mobility = get_mobility(ctx.session, found.mobility_id)
        if request is None and obstacle(ctx.session, mobility) is None:
            raise InvalidInput({"_schema": ["change_not_asked_for"]})
        found.arrangement = arrangement
        found.change_id = request.id if request else None
        return NOTHING


class Close:
    """The follow-up comes to its end."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Keep the conclusion; the student gets it."""
        found = difficulty_of(ctx)
        answers = Answers(ctx.data)
        conclusion = answers.text("conclusion", most=MOST_TEXT, required=True)
        answers.check()
        found.conclusion, found.state, found.closed_at = conclusion, CLOSED, ctx.now
        tell_closed(ctx, found)
        return NOTHING


def difficulty_of(ctx: TaskContext) -> Difficulty:
    """The difficulty a task is about; raises InvalidState where the case names none."""
    value = ctx.variables.get("difficulty")
    if not isinstance(value, int):
        raise InvalidState("This case names no difficulty.")
    return get_difficulty(ctx.session, value)


HANDLERS: Mapping[str, TaskHandler] = {
    "difficulty.triage": Triage(),
    "difficulty.contact": Contact(),
    "difficulty.adjust": Adjust(),
    "difficulty.change": Change(),
    "difficulty.close": Close(),
}
"""Task handlers by the name a diagram gives them."""
