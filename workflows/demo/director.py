"""Plays stories: all of them at once, in the order of time, on a clock that moves.

Between two steps the clock stops at each instant at which a job is due, and the job runs
then, as workers would have run it: mails, timers, documents.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select

from engine.database import Statement
from engine.errors import EngineError
from engine.identity import SYSTEM, Actor
from engine.runtime.jobs import LEASE_SECONDS
from engine.tables import definition, instance, job, work_item
from engine.tables.types import from_micros, to_micros
from engine.values import WorkItemStatus
from workflows.demo import journal
from workflows.demo.people import SECOND_COORDINATOR
from workflows.demo.script import PARTNER, SYSTEM_LOGIN, Answer, Do, Moment, Outage, Step, Story
from workflows.links import PartnerLink
from workflows.office_work.standing_in import acting
from workflows.people.services import PARTNER_DESK, find_person

if TYPE_CHECKING:
    from engine import Engine, Unit
    from engine.clock import FixedClock
    from workflows.office import Office

WORKER = "demo"
BATCH = 50
"""Jobs taken together: the clock stands still while they run, so no lease runs out."""

_PENDING = 0

_next_due = Statement(
    select(func.min(job.c.due_at)).where(
        job.c.status == _PENDING,
        job.c.due_at <= bindparam("until"),
        job.c.lease_until.is_(None),
    )
)
_open_items = Statement(
    select(
        work_item.c.id,
        work_item.c.instance_id,
        work_item.c.definition_id,
        work_item.c.candidate,
        work_item.c.assignee,
    )
    .join(instance, instance.c.id == work_item.c.instance_id)
    .join(definition, definition.c.id == work_item.c.definition_id)
    .where(
        instance.c.business_key == bindparam("case"),
        definition.c.key == bindparam("process"),
        work_item.c.element == bindparam("element"),
        work_item.c.status == int(WorkItemStatus.OPEN),
    )
    .order_by(work_item.c.id)
)

SUBSTITUTES = frozenset({SECOND_COORDINATOR})
"""Whose rights change with time: they stand in for somebody."""

Progress = Callable[[int, datetime], None]
"""Hears after each step how many have been played, and which instant it was."""


class OutOfStep(Exception):
    """A story does not fit the processes as they are deployed; says which step, and why."""


@dataclass
class Director:
    """The engine on a moving clock, one more that cannot seal documents, and the journal.

    Both engines ring ``bell`` when they leave jobs that are due.
    """

    engine: Engine
    outage: Engine
    bell: Event
    clock: FixedClock
    office: Office
    notes: journal.Journal
    progress: Progress
    played: int = 0
    _present: Engine | None = field(default=None, init=False)
    _actors: dict[str, Actor] = field(default_factory=dict, init=False)

    def play(self, stories: Iterable[Story], until: datetime) -> None:
        """Play every step planned before ``until``, and let the time pass up to it.

        Raises OutOfStep for a step that is refused or finds no work item.
        """
        told = list(stories)
        assert len({story.name for story in told}) == len(told), "two stories have one name"
        if self.notes.last is not None:
            # Jobs that were being run when the last loading ended are taken again.
            self.clock.at = self.notes.last + timedelta(seconds=LEASE_SECONDS + 1)
            self._run()
        waiting: list[tuple[datetime, int, int, Step]] = []
        for number in range(len(told)):
            self._await(waiting, told, number, 0, None)
        while waiting and waiting[0][0] < until:
            _, number, count, step = heapq.heappop(waiting)
            result = self._step(told[number].name, count, step)
            self._await(waiting, told, number, count + 1, result)
        self.pass_until(until)

    def _await(
        self,
        waiting: list[tuple[datetime, int, int, Step]],
        told: list[Story],
        number: int,
        count: int,
        result: Any,
    ) -> None:
        """Put the next step of a story in its place; a story that is told has none."""
        try:
            step = told[number].telling.send(result)
        except StopIteration:
            return
        heapq.heappush(waiting, (step.at, number, count, step))

    def _step(self, story: str, number: int, step: Step) -> Any:
        if isinstance(step, Outage):
            self.pass_until(step.at)
            self._present = self.outage if step.begins else self.engine
            return None
        if self.notes.played(story, number):
            return self.notes.result(story, number)
        self.pass_until(step.at)
        try:
            result = self._play(story, number, step)
        except EngineError as error:
            raise OutOfStep(f"{story}, step {number} {_named(step)}: {_told(error)}") from error
        self._settle()
        self.played += 1
        self.progress(self.played, self.clock.at)
        return result

    def _play(self, story: str, number: int, step: Do | Answer) -> Any:
        if isinstance(step, Do):
            with self.engine.unit(self._actor(step.who)) as unit:
                result = step.run(Moment(self.engine, unit, self.office))
                journal.note(unit, story, number, result)
            return result
        found = self._find(step)
        if found is None and not step.optional:
            raise OutOfStep(f"{story}, step {number}: no task {_named(step)} is open.")
        actor, item = found or (SYSTEM, 0)
        with self.engine.unit(actor) as unit:
            if found is not None:
                self._complete(unit, actor, item, step)
            journal.note(unit, story, number, found is not None)
        return found is not None

    def _complete(self, unit: Unit, actor: Actor, item: int, step: Answer) -> None:
        data = step.data
        if callable(data):
            data = data(Moment(self.engine, unit, self.office))
        self.engine.complete(
            item,
            actor=actor,
            data=data,
            outcome=step.outcome,
            reason=step.reason,
            idempotency_key=f"demo:{item}",
            unit=unit,
        )

    def _actor(self, login: str) -> Actor:
        """Somebody with the groups they have now, and those they replace now."""
        if login == SYSTEM_LOGIN:
            return SYSTEM
        known = self._actors.get(login)
        if known is not None:
            return known
        with self.engine.reading() as session:
            person = find_person(session, login)
            assert person is not None, f"nobody is called {login}"
            found = acting(session, person, self.clock.at)[0]
        if login not in SUBSTITUTES:
            self._actors[login] = found
        return found

    def _find(self, step: Answer) -> tuple[Actor, int] | None:
        """Who answers, and the open work item that is asked of them."""
        with self.engine.reading() as session:
            case = step.case if isinstance(step.case, str) else step.case(session)
            wanted = {"case": case, "process": step.process, "element": step.element}
            rows = _open_items(session.connection(), wanted).all()
        if step.who == PARTNER:
            item = next((row for row in rows if row.candidate == PARTNER_DESK), None)
            if item is None:
                return None
            return PartnerLink(item.instance_id, item.id, "", self.clock.at).actor, item.id
        actor = self._actor(step.who)
        for row in rows:
            taken = actor.acting_on(row)
            if taken.holds(row.assignee) or (row.assignee is None and taken.asked(row.candidate)):
                return actor, row.id
        return None

    def pass_until(self, at: datetime) -> None:
        """Let the time pass until ``at``; never back."""
        while (due := self._next_due(at)) is not None:
            self.clock.at = max(self.clock.at, due)
            self._run()
            self._settle()
        self.clock.at = max(self.clock.at, at)

    def _settle(self) -> None:
        """Run what is due now, and what follows from it."""
        while self.bell.is_set():
            self.bell.clear()
            while self._run() == BATCH:
                pass

    def _run(self) -> int:
        return (self._present or self.engine).run_due_jobs(worker=WORKER, limit=BATCH)

    def _next_due(self, until: datetime) -> datetime | None:
        with self.engine.database.read() as connection:
            due = _next_due(connection, {"until": to_micros(until)}).scalar()
        return None if due is None else from_micros(int(due))


def _named(step: Do | Answer) -> str:
    if isinstance(step, Do):
        return f"{step.run.__qualname__} by {step.who}"
    return f"{step.process}/{step.element} by {step.who}"


def _told(error: EngineError) -> str:
    fields = getattr(error, "errors", None)
    return f"{error.code}: {error.detail} {fields or ''}".rstrip()
