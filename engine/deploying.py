"""Commands about process definitions: check, deploy, draft, publish, go back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.clock import Clock, SystemClock
from engine.database import Database
from engine.definitions import Bundle, Problem, Severity
from engine.definitions import lint as lint_bundle
from engine.definitions import lint_file as lint_one
from engine.dispatch import Wake, nobody
from engine.errors import Conflict, DeploymentRejected
from engine.feel import Feel
from engine.identity import Actor
from engine.queries import Queries
from engine.registry import Registry
from engine.runtime import drafts
from engine.runtime.catalogue import catalogue
from engine.runtime.deployed import Definition, Definitions
from engine.unit import Unit


class Deploying(Queries):
    """The transaction every command runs in, and the commands that move no instance."""

    def __init__(
        self,
        database: Database,
        registry: Registry,
        *,
        clock: Clock | None = None,
        wake: Wake = nobody,
    ) -> None:
        clock = clock or SystemClock()
        self.feel = Feel(clock)
        super().__init__(database, clock, Definitions(self.feel))
        self.registry = registry
        self._wake = wake

    @contextmanager
    def unit(self, actor: Actor) -> Iterator[Unit]:
        """One transaction for ``actor``, committed when the block ends.

        The workers are woken after the commit when jobs are due.
        """
        with self.database.write() as connection:
            unit = Unit(
                connection,
                actor,
                self.clock.now(),
                opened=self.registry.opened,
                idle=self.registry.idle,
            )
            try:
                yield unit
                unit.flush()
            finally:
                unit.close()
        if unit.wakes:
            self._wake()

    @contextmanager
    def _in(self, actor: Actor, unit: Unit | None) -> Iterator[Unit]:
        if unit is not None:
            yield unit
            return
        with self.unit(actor) as own:
            yield own

    def lint(self, bundle: Bundle) -> list[Problem]:
        """What is wrong with a bundle; empty when it can be deployed as it is."""
        return lint_bundle(bundle, catalogue(self.registry, self.feel))

    def lint_file(self, name: str, content: bytes) -> list[Problem]:
        """What is wrong with one file alone; partners it lacks are only warnings."""
        return lint_one(name, content, catalogue(self.registry, self.feel))

    def deploy(
        self, bundle: Bundle, *, actor: Actor, note: str = "", replacing: int | None = None
    ) -> Definition:
        """Store a bundle as the next version of its process.

        The same bundle as the latest version changes nothing. Raises DeploymentRejected with
        every problem when one of them is an error, and Conflict where the latest version is
        not the number ``replacing``, if one is given.
        """
        self._require_deployable(bundle)
        with self.unit(actor) as unit:
            return self._definitions.store(unit, bundle, note, replacing)

    def _require_deployable(self, bundle: Bundle) -> None:
        problems = self.lint(bundle)
        if any(problem.severity is Severity.ERROR for problem in problems):
            raise DeploymentRejected(problems)

    def begin_definition(self, bundle: Bundle, *, actor: Actor) -> int:
        """Keep a bundle, right or wrong, as the draft of a process that does not exist yet.

        Gives the revision; raises Conflict where the key has a version or a draft already.
        """
        with self.unit(actor) as unit:
            if self._definitions.ids_of(unit.connection, bundle.key):
                raise Conflict
            return drafts.save(unit, bundle, revision=None, based_on=0)

    def save_definition_draft(
        self,
        bundle: Bundle,
        *,
        actor: Actor,
        revision: int | None,
        based_on: int,
        unit: Unit | None = None,
    ) -> int:
        """Keep a bundle, right or wrong, as the draft of its process; gives the new revision.

        ``revision`` is that of the draft it was made from, None where there was none;
        ``based_on`` the number of the version in force that a first draft was made from, 0 before
        the first. Raises Conflict where the draft is another by now, and leaves that as it is.
        """
        with self._in(actor, unit) as own:
            return drafts.save(own, bundle, revision=revision, based_on=based_on)

    def open_definition_draft(self, key: str, *, actor: Actor) -> list[str]:
        """Say that somebody has the draft of a process open; gives the ids of the others who have.

        Whoever does not say so again within half a minute has closed it.
        """
        with self.unit(actor) as unit:
            return drafts.open_with(unit, key)

    def discard_definition_draft(self, key: str, *, actor: Actor, revision: int) -> None:
        """Drop the draft of a process; raises Conflict where it is another by now."""
        with self.unit(actor) as unit:
            drafts.discard(unit, key, revision)

    def publish(
        self,
        key: str,
        *,
        actor: Actor,
        note: str,
        revision: int,
        replacing: int,
        unit: Unit | None = None,
    ) -> Definition:
        """Deploy the draft of a process as its next version; then there is no draft any more.

        Raises DeploymentRejected where it has errors, and Conflict where the draft is not that
        ``revision`` or the version in force not the number ``replacing`` any more.
        """
        draft = self.definition_draft(key)
        if draft is None or draft.revision != revision:
            raise Conflict
        self._require_deployable(draft.bundle)
        with self._in(actor, unit) as own:
            drafts.discard(own, key, revision)
            return self._definitions.store(own, draft.bundle, note, replacing)

    def go_back(
        self, key: str, number: int, *, actor: Actor, note: str, replacing: int
    ) -> Definition:
        """Deploy an earlier version of a process again, as a new one.

        Raises NotFound, DeploymentRejected where the installation no longer offers what it
        needs, and Conflict where the version in force is not the number ``replacing``.
        """
        bundle = self.version(key, number).bundle
        return self.deploy(bundle, actor=actor, note=note, replacing=replacing)
