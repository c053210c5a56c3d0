"""Commands about when versions come into force, and whether new cases follow them at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine.definitions import Bundle, Severity
from engine.deploying import Deploying
from engine.errors import Conflict, InvalidInput, NotFound
from engine.identity import Actor
from engine.registry import Performer
from engine.runtime import drafts, publications, retirements
from engine.unit import Unit


class Publishing(Deploying):
    """Publications at a set time; processes that are retired and resumed."""

    def _own_job_kinds(self) -> Mapping[str, Performer]:
        publish = publications.Publish(self._definitions, self._acceptable, self.registry.refused)
        return {publications.KIND: publish}

    def _acceptable(self, bundle: Bundle) -> bool:
        return all(problem.severity is not Severity.ERROR for problem in self.lint(bundle))

    def plan_publication(
        self,
        key: str,
        *,
        actor: Actor,
        note: str,
        revision: int,
        replacing: int,
        at: datetime | None = None,
        ask: bool = False,
        unit: Unit | None = None,
    ) -> int:
        """Publish the draft of a process at a time to come, if it still can be published then.

        With ``ask``, once it is approved, at that time or, without one, at once. Returns its id.
        When the time has come all is checked again: the draft must be the same ``revision``,
        the version in force the number ``replacing``, and lint must find no error. Raises what
        :meth:`publish` raises, InvalidInput for ``at`` in the past, and Conflict where one is
        set already.
        """
        if at is not None and at <= self.clock.now():
            raise InvalidInput({"at": ["in_the_past"]})
        with self._in(actor, unit) as own:
            draft = drafts.find(own.connection, key)
            if draft is None or draft.revision != revision:
                raise Conflict
            self._require_deployable(draft.bundle)
            if self._definitions.in_force(own.connection, key) != replacing:
                raise Conflict
            return publications.plan(
                own,
                key,
                revision=revision,
                replacing=replacing,
                note=note,
                at=at or own.now,
                ask=ask,
            )

    def cancel_publication(
        self, key: str, *, actor: Actor, planned: int, unit: Unit | None = None
    ) -> None:
        """Drop a publication that is set or asked for, by its id; the draft stays.

        Raises Conflict where it is not the one that is planned.
        """
        with self._in(actor, unit) as own:
            publications.cancel(own, key, planned)

    def retire(self, key: str, *, actor: Actor, note: str) -> None:
        """Take no new cases of a process, in whatever way they start; those that run go on.

        Raises NotFound for an unknown process, Conflict where it is retired already.
        """
        with self.unit(actor) as unit:
            if not self._definitions.in_force(unit.connection, key):
                raise NotFound
            retirements.retire(unit, key, note)

    def resume(self, key: str, *, actor: Actor, note: str) -> None:
        """Take new cases of a retired process again; raises Conflict where it is not retired."""
        with self.unit(actor) as unit:
            retirements.resume(unit, key, note)
