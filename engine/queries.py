"""What can be asked of the engine. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.clock import Clock
from engine.database import Database
from engine.errors import Erased, NotFound
from engine.history import anchoring, checking
from engine.history import queries as history
from engine.history.anchor_files import AnchorFile, export, lines
from engine.history.anchoring import Anchor
from engine.history.checking import Check
from engine.history.filters import HistoryFilter
from engine.history.findings import Findings
from engine.history.keys import KeyRing
from engine.history.proving import prove
from engine.history.stamping import Authority
from engine.history.verifying import verify_one
from engine.identity import Actor
from engine.runtime import (
    drafts,
    inbox,
    incidents,
    instances,
    pace,
    publications,
    retirements,
    searching,
    work_items,
)
from engine.runtime.access import require_item_sight, require_sight, takes_part
from engine.runtime.deployed import Definition, Definitions
from engine.runtime.drafts import Draft
from engine.runtime.presenting import present_item
from engine.runtime.publications import PlannedPublication
from engine.runtime.retirements import Retirement
from engine.tables import instance, work_item
from engine.tables.types import to_micros
from engine.values import (
    Comment,
    Found,
    FoundCase,
    FoundEvent,
    HistoryEvent,
    InboxCounts,
    InboxQuery,
    Incident,
    Instance,
    InstanceQuery,
    Page,
    SeatState,
    Version,
    WorkItem,
)


class Queries:
    """The engine's read side: each method one read transaction, seen as an actor may see it."""

    def __init__(self, database: Database, clock: Clock, definitions: Definitions) -> None:
        self.database = database
        self.clock = clock
        self._definitions = definitions

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading."""
        with self.database.read() as connection, Session(bind=connection) as session:
            yield session

    def definitions(self) -> list[Definition]:
        """The latest version of every process, by key."""
        with self.database.read() as connection:
            return self._definitions.all_latest(connection)

    def definition(self, definition_id: int) -> Definition:
        """One version; raises NotFound."""
        with self.database.read() as connection:
            return self._definitions.get(connection, definition_id)

    def version(self, key: str, number: int) -> Definition:
        """A version of a process by its number; raises NotFound."""
        with self.database.read() as connection:
            return self._definitions.numbered(connection, key, number)

    def versions(self, key: str | None = None) -> list[Version]:
        """Every version of a process, or of all, by key and the newest first; one statement."""
        with self.database.read() as connection:
            return self._definitions.versions(connection, key)

    def definition_draft(self, key: str) -> Draft | None:
        """The draft of the next version of a process, if there is one."""
        with self.database.read() as connection:
            return drafts.find(connection, key)

    def definition_drafts(self) -> dict[str, str]:
        """Who has saved a draft last, by the key of its process."""
        with self.database.read() as connection:
            return drafts.keys(connection)

    def planned_publication(self, key: str) -> PlannedPublication | None:
        """The publication set for a process, or that was and could not happen; else None."""
        with self.database.read() as connection:
            return publications.find(connection, key)

    def retirements(self, key: str) -> list[Retirement]:
        """Each time a process was retired, the last first."""
        with self.database.read() as connection:
            return retirements.of(connection, key)

    def retired(self) -> set[str]:
        """The keys of the processes that take no new cases."""
        with self.database.read() as connection:
            return retirements.retired(connection)

    def instance(self, instance_id: int, *, actor: Actor) -> Instance:
        """An instance the actor may see, with its open work items; raises NotFound."""
        with self.database.read() as connection:
            return instances.get(connection, self._definitions, actor, instance_id)

    def instances(self, *, actor: Actor, query: InstanceQuery) -> Page[Instance]:
        """A page of the instances the actor may see, newest first."""
        with self.database.read() as connection:
            return instances.find(connection, self._definitions, actor, query)

    def inbox(self, *, actor: Actor, query: InboxQuery) -> Page[WorkItem]:
        """A page of open work items."""
        now = to_micros(self.clock.now())
        with self.database.read() as connection:
            return inbox.inbox(connection, self._definitions, actor, query, now)

    def inbox_counts(self, *, actor: Actor) -> InboxCounts:
        """How much waits for the actor."""
        now = to_micros(self.clock.now())
        with self.database.read() as connection:
            return inbox.counts(connection, actor, now)

    def inbox_totals(self, queries: Sequence[InboxQuery], *, actor: Actor) -> list[int]:
        """How many work items each query finds, each counted up to 100."""
        now = to_micros(self.clock.now())
        with self.database.read() as connection:
            return inbox.totals(connection, self._definitions, actor, queries, now)

    def usual_time(self, process: str, element: str) -> timedelta | None:
        """How long a step of a process usually takes; None where too little is known."""
        with self.database.read() as connection:
            return pace.usual_time(connection, process, element, self.clock.now())

    def work_item(self, item_id: int, *, actor: Actor) -> WorkItem:
        """A work item, open or not, that the actor may see; raises NotFound, Erased."""
        with self.database.read() as connection:
            row = connection.execute(
                select(work_item, instance.c.business_key, instance.c.erased_at)
                .join(instance, instance.c.id == work_item.c.instance_id)
                .where(work_item.c.id == item_id)
            ).one_or_none()
            if row is None:
                raise NotFound
            require_item_sight(connection, actor, row)
            if row.erased_at is not None:
                raise Erased(instance_id=row.instance_id)
            definition = self._definitions.get(connection, row.definition_id)
            return present_item(row, definition, row.business_key)

    def seats(self, item_id: int, *, actor: Actor) -> list[SeatState]:
        """Who was asked in the step a work item belongs to, and what they said."""
        with self.database.read() as connection:
            row = connection.execute(
                select(work_item).where(work_item.c.id == item_id)
            ).one_or_none()
            if row is None:
                raise NotFound
            require_item_sight(connection, actor, row)
            return work_items.seats_of(connection, row)

    def comments(self, instance_id: int, *, actor: Actor) -> list[Comment]:
        """The remarks on a case, oldest first."""
        with self.database.read() as connection:
            require_sight(connection, actor, instance_id)
            return work_items.comments_of(connection, instance_id)

    def takes_part(self, instance_id: int, *, actor: Actor) -> bool:
        """Whether an instance is the actor's business, and not only theirs to see."""
        with self.database.read() as connection:
            return takes_part(connection, actor, instance_id)

    def incidents(
        self, *, actor: Actor, limit: int = 50, after: str | None = None
    ) -> Page[Incident]:
        """Open incidents, oldest first. Only who oversees may see them."""
        with self.database.read() as connection:
            return incidents.open_incidents(connection, actor, limit=limit, after=after)

    def history(
        self,
        instance_id: int,
        *,
        actor: Actor,
        after: int = 0,
        limit: int = 200,
        newest: bool = False,
    ) -> list[HistoryEvent]:
        """What happened in a case, in order.

        Of more than ``limit`` events after ``after``, the oldest, or the newest.
        """
        with self.database.read() as connection:
            require_sight(connection, actor, instance_id)
            return history.events(connection, instance_id, after=after, limit=limit, newest=newest)

    def search_cases(
        self,
        wanted: HistoryFilter,
        *,
        actor: Actor,
        among: Select[Any] | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Found[FoundCase]:
        """The cases a filter finds, of those the actor may see; those last met or begun first.

        ``among`` selects the ids of the only ones that are meant, if it is given.
        """
        with self.database.read() as connection:
            return searching.find_cases(
                connection,
                self._definitions,
                actor,
                wanted,
                among=among,
                after=after,
                limit=limit,
            )

    def count_cases(
        self, wanted: HistoryFilter, *, actor: Actor, among: Select[Any] | None = None
    ) -> int:
        """How many cases :meth:`search_cases` finds, counted up to a hundred."""
        with self.database.read() as connection:
            return searching.count_cases(connection, actor, wanted, among)

    def search_events(
        self, wanted: HistoryFilter, *, actor: Actor, after: str | None = None, limit: int = 50
    ) -> Found[FoundEvent]:
        """The events a filter finds, in cases the actor may see; the latest first."""
        with self.database.read() as connection:
            return searching.find_events(
                connection, self._definitions, actor, wanted, after=after, limit=limit
            )

    def verify(self, instance_id: int) -> Findings:
        """Whether the history of one case is what was written."""
        with self.database.snapshot(), self.database.read() as connection:
            return verify_one(connection, instance_id)

    def verify_history(
        self,
        keys: KeyRing,
        against: AnchorFile | None = None,
        *,
        since: bool = False,
        authority: Authority = Authority(None),  # noqa: B008  # it cannot be changed
    ) -> Findings:
        """Whether the history of every case is what was written, all as of one moment.

        It is compared with an anchor: one from a file, else the newest. With ``since``, only
        what came after that one is verified; its time stamp is checked as ``authority`` says.
        Raises AnchorUnusable.
        """
        with self.database.snapshot(), self.database.read() as connection:
            return prove(connection, keys, against, since=since, authority=authority)

    def anchors(self, *, limit: int, before: int | None = None) -> list[Anchor]:
        """Anchors of the history, the newest first: those ``before`` a number, if one is given."""
        with self.database.read() as connection:
            return anchoring.listed(connection, limit=limit, before=before)

    def export_anchor(self, anchor: Anchor, path: Path) -> None:
        """Write an anchor's file, whole or not at all."""
        with self.reading() as session:
            export(session.connection(), anchor, path)

    def anchor(self, number: int) -> Anchor:
        """One anchor; raises NotFound."""
        with self.database.read() as connection:
            found = anchoring.numbered(connection, number)
        if found is None:
            raise NotFound
        return found

    def anchor_lines(self, anchor: Anchor) -> Iterator[bytes]:
        """The lines of an anchor's file, read as they are asked for."""
        with self.reading() as session:
            yield from lines(session.connection(), anchor)

    def history_checks(self, *, limit: int) -> list[Check]:
        """Verifications in the background, the newest first."""
        with self.database.read() as connection:
            return checking.listed(connection, limit)
