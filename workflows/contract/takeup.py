"""A case that a message has started: the mobility learns which one it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.errors import InvalidState
from workflows.mobility.services import get_mobility

if TYPE_CHECKING:
    from engine.registry import Job, JobContext
    from engine.values import Value


class TakeUp:
    """The services ``contract.take_up`` and ``validation_plan.take_up``."""

    parameters = frozenset({"mobility"})

    def perform(self, job: Job) -> Value:
        """Nothing; the work is in the transaction."""
        return None

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Note the case that runs the mobility's contract or plan."""
        number = ctx.job.payload.get("mobility")
        if not isinstance(number, int) or ctx.job.instance_id is None:
            raise InvalidState("The service needs the number of a mobility.")
        get_mobility(ctx.session, number).instance_id = ctx.job.instance_id
        return {}
