"""Commands and queries about what is kept of instances and what was erased."""

from __future__ import annotations

from engine.identity import Actor
from engine.operating import Operating
from engine.runtime import erasing
from engine.runtime.access import require_sight
from engine.runtime.erasing import Erasure, Hold


class Retaining(Operating):
    """Legal holds, and the reports of erasures."""

    def hold(self, instance_id: int, *, actor: Actor, reason: str) -> int:
        """Keep an instance from being erased, with a reason. Only who oversees may.

        Raises Conflict where one keeps it already, Erased where it is too late.
        """
        with self.unit(actor) as unit:
            return erasing.hold(unit, instance_id, reason)

    def lift_hold(self, instance_id: int, *, actor: Actor, reason: str) -> None:
        """End the hold on an instance, with a reason; raises Conflict where none keeps it."""
        with self.unit(actor) as unit:
            erasing.lift(unit, instance_id, reason)

    def holds(self, *, actor: Actor, instance_id: int | None = None, limit: int = 50) -> list[Hold]:
        """Holds of one instance, or of all that the actor may see; those in force first."""
        with self.database.read() as connection:
            return erasing.holds(connection, actor, instance_id=instance_id, limit=limit)

    def erasure(self, instance_id: int, *, actor: Actor) -> Erasure:
        """What was erased of an instance, and why; raises NotFound where nothing was."""
        with self.database.read() as connection:
            require_sight(connection, actor, instance_id)
            return erasing.erasure_of(connection, instance_id)
