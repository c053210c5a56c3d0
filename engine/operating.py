"""What operators see and do: the queue, the workers, failures put together and tried again."""

from __future__ import annotations

from collections.abc import Mapping

from engine.errors import InvalidState, NotFound
from engine.exporting import Exporting
from engine.identity import SYSTEM, Actor
from engine.operations import failures, retries, workers
from engine.operations.failures import Alike
from engine.operations.retries import RetryOrder
from engine.operations.workers import Seen
from engine.operations.workload import Workload, workload
from engine.registry import Performer
from engine.runtime import incidents
from engine.runtime.sliced import Sliced

SLICE = 200
"""Incidents an order tries again before other jobs have their turn."""


class Operating(Exporting):
    """The surface for operators."""

    def _own_job_kinds(self) -> Mapping[str, Performer]:
        return {
            **super()._own_job_kinds(),
            retries.JOB_KIND: Sliced(retries.JOB_KIND, self.work_off_retries),
        }

    def workload(self) -> Workload:
        """How many jobs are due and soon will be, by kind."""
        with self.database.read() as connection:
            return workload(connection, self.clock.now())

    def failures(self, *, actor: Actor, payloads_of: str = "") -> list[Alike]:
        """The open incidents that say the same, together; those open longest first.

        Each of a job of the kind ``payloads_of`` comes with what the job was asked. Only who
        oversees may see them: raises Forbidden.
        """
        with self.database.read() as connection:
            return failures.alike(connection, actor, payloads_of=payloads_of)

    def workers(self) -> list[Seen]:
        """The workers that run, and those that died in the last days."""
        with self.database.read() as connection:
            return workers.seen(connection)

    def worker_runs(self, name: str) -> None:
        """Note that a worker runs."""
        with self.unit(SYSTEM) as unit:
            workers.saw(unit, name)

    def worker_ends(self, name: str) -> None:
        """Note that a worker has ended in good order."""
        with self.unit(SYSTEM) as unit:
            workers.left(unit, name)

    def retry_alike(self, key: str, *, actor: Actor, until: int) -> int:
        """Order that incidents which say the same be tried again; gives the order's id.

        Those up to the id ``until`` that the actor may see now; the workers retry them one by
        one, each in a transaction of its own. Raises NotFound where none is left.
        """
        with self.unit(actor) as unit:
            for each in failures.alike(unit.connection, actor):
                if each.key == key and (asked := each.up_to(until)):
                    return retries.begin(unit, asked)
        raise NotFound

    def retry_order(self, order_id: int) -> RetryOrder:
        """An order and how far it is; raises NotFound."""
        with self.database.read() as connection:
            return retries.find(connection, order_id)

    def retry_orders(self, *, limit: int) -> list[RetryOrder]:
        """The latest orders, the newest first."""
        with self.database.read() as connection:
            return retries.latest(connection, limit)

    def work_off_retries(self, order_id: int, *, limit: int = SLICE) -> bool:
        """Try the next incidents of an order again; whether any are left.

        Any number of workers may do so at once and at any moment die.
        """
        order = self.retry_order(order_id)
        asked_by = Actor(order.asked_by)
        for place in range(order.done, min(order.done + limit, len(order.incidents))):
            try:
                with self.unit(asked_by) as unit:
                    incidents.try_again(unit, order.incidents[place])
                    retries.count(unit, order, place, gone=False)
            except (InvalidState, NotFound):
                with self.unit(asked_by) as unit:
                    retries.count(unit, order, place, gone=True)
        if order.done + limit < len(order.incidents):
            return True
        with self.unit(SYSTEM) as unit:
            retries.end(unit, order_id)
        return False
