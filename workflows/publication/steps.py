"""What deciding about a publication does.

====================  ==================================================================
publication.approve   nothing; ``approve`` or ``reject``
====================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import Conflict, InvalidInput
from engine.runtime import publications
from workflows.answers import Answers
from workflows.notices.publications import PUBLICATION_REFUSED
from workflows.publication.services import asked_in

if TYPE_CHECKING:
    from engine.registry import TaskContext, TaskHandler
    from engine.values import Value

NOTHING: Mapping[str, Value] = {}


class Approve:
    """A second administrator approves a publication, or rejects it."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Let it happen, or tell its author why not.

        Refused to the author, whoever they stand in for, and where the draft has changed.
        """
        Answers(ctx.data).check()
        if ctx.variables.get("author") in {ctx.actor.id, ctx.actor.on_behalf_of}:
            raise InvalidInput({"_schema": ["not_own_publication"]})
        planned = asked_in(ctx.unit, ctx.business_key)
        if planned is None and ctx.outcome == "approve":
            raise InvalidInput({"_schema": ["publication_gone"]})
        if planned is None:
            return NOTHING
        if ctx.outcome != "approve":
            publications.reject(ctx.unit, planned)
            told: dict[str, Value] = {
                "key": planned.key,
                "author": planned.set_by,
                "reason": publications.REJECTED,
                "at": planned.at.isoformat(),
            }
            ctx.unit.enqueue(PUBLICATION_REFUSED, told)
            return NOTHING
        try:
            publications.approve(ctx.unit, planned)
        except Conflict as changed:
            raise InvalidInput({"_schema": ["publication_changed"]}) from changed
        return NOTHING


HANDLERS: Mapping[str, TaskHandler] = {"publication.approve": Approve()}
