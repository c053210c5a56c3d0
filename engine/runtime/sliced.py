"""Orders that are worked off slice by slice, one slice a job, so that others have their turn."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.registry import Job, JobContext
from engine.values import Value


class Sliced:
    """The performer behind the jobs of one kind of order.

    ``work_off`` does the next slice of the order with an id, and says whether any may be left.
    """

    def __init__(self, kind: str, work_off: Callable[[int], bool]) -> None:
        self._kind = kind
        self._work_off = work_off

    def perform(self, job: Job) -> Value:
        """Do a slice, each of its parts in a transaction of its own."""
        return self._work_off(_order_of(job))

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """Have the next slice done, where there may be one."""
        if result:
            ctx.unit.enqueue(self._kind, {"order": _order_of(ctx.job)})
        return {}


def _order_of(job: Job) -> int:
    return int(str(job.payload["order"]))
