"""Commands about running cases that move to another version of their process."""

from __future__ import annotations

from collections.abc import Mapping

from engine.identity import SYSTEM, Actor
from engine.migration import orders
from engine.migration.cases import Selection
from engine.migration.moving import move
from engine.migration.orders import Order, OrderStatus, Staying
from engine.migration.preview import Choices, Preview, choices, preview
from engine.migration.route import Route
from engine.publishing import Publishing
from engine.registry import Performer
from engine.runtime.locked import LockedInstance
from engine.runtime.sliced import Sliced
from engine.tables.types import to_micros
from engine.unit import Unit
from engine.values import Page

SLICE = 200
"""Cases an order moves before other jobs have their turn; far less than a lease allows."""

ALL = Selection()


class Migrating(Publishing):
    """Migration: looked at, ordered, worked off case by case, cancelled."""

    def _own_job_kinds(self) -> Mapping[str, Performer]:
        return {
            **super()._own_job_kinds(),
            orders.JOB_KIND: Sliced(orders.JOB_KIND, self.work_off_migration),
        }

    def migration_route(
        self, key: str, source: int, target: int, mapping: Mapping[str, str]
    ) -> Route:
        """The way between two versions of a process by their numbers.

        Raises NotFound, and InvalidInput for a mapping of what is not there or not equal.
        """
        versions = (self.version(key, source), self.version(key, target))
        return Route(self.registry, *versions, mapping)

    def migration_choices(self, definition_id: int, *, actor: Actor) -> Choices:
        """What the running cases of a version can be narrowed by, as the actor may see them."""
        with self.database.read() as connection:
            return choices(connection, definition_id, actor)

    def preview_migration(
        self,
        route: Route,
        *,
        actor: Actor,
        selection: Selection = ALL,
        limit: int = 50,
        after: str | None = None,
    ) -> Preview:
        """What a migration would do to the cases that the actor may see; nothing is written."""
        now = to_micros(self.clock.now())
        with self.database.read() as connection:
            return preview(connection, route, selection, actor, now, limit=limit, after=after)

    def migrate(self, route: Route, *, actor: Actor, selection: Selection = ALL) -> int:
        """Order that running cases move; gives the order's id.

        The workers move them one by one, each in a transaction of its own; what cannot move
        safely stays and its reason is kept. A case on another version than the route's source
        is left alone, so the same order given again goes on where the first one ended.
        """
        with self.unit(actor) as unit:
            return orders.begin(unit, route, selection)

    def cancel_migration(self, order_id: int, *, actor: Actor) -> None:
        """Let no further case move; what has moved stays so. Raises InvalidState, NotFound."""
        with self.unit(actor) as unit:
            orders.find(unit.connection, order_id)
            orders.cancel(unit, order_id)

    def migration(self, order_id: int, *, actor: Actor) -> Order:
        """An order and how far it is; raises NotFound."""
        with self.database.read() as connection:
            return orders.counted(connection, orders.find(connection, order_id), actor)

    def migrations(self, key: str) -> list[Order]:
        """The orders of a process, the newest first, without what became of the cases."""
        with self.database.read() as connection:
            return orders.of_process(connection, key)

    def stayed(
        self, order_id: int, *, actor: Actor, limit: int = 50, after: str | None = None
    ) -> Page[Staying]:
        """The cases that stayed under an order, as far as the actor may see them."""
        with self.database.read() as connection:
            return orders.staying(connection, order_id, actor, limit=limit, after=after)

    def work_off_migration(self, order_id: int, *, limit: int = SLICE) -> bool:
        """Move the next cases of an order and close it after the last; whether any may be left.

        Any number of workers may do so at once and at any moment die.
        """
        with self.database.read() as connection:
            order = orders.find(connection, order_id)
            if not order.running:
                return False
            cases = orders.next_cases(connection, order, limit)
        route = self.migration_route(order.key, order.source, order.target, order.mapping)
        asked_by = Actor(order.asked_by)
        for instance_id in cases:
            with self.unit(asked_by) as unit:
                self._move(unit, route, order_id, instance_id)
        if len(cases) == limit:
            return True
        with self.unit(SYSTEM) as unit:
            orders.end(unit, order_id, OrderStatus.DONE)
        return False

    def _move(self, unit: Unit, route: Route, order_id: int, instance_id: int) -> None:
        locked = LockedInstance.load(unit, instance_id)
        if not orders.awaits(unit.connection, order_id, instance_id):
            return  # cancelled, or another worker was here
        verdict = move(unit, route, locked)
        if verdict is not None:
            orders.keep_result(unit, order_id, instance_id, verdict)
