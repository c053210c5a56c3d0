"""What plugs into the engine: task handlers, services, job kinds, approval steps.

The composition root builds one :class:`Registry`; a diagram can name what is in
it and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy.orm import Session

from engine.approvals.protocol import ApprovalStep
from engine.approvals.registry import installed_steps
from engine.identity import Actor
from engine.values import Value, WorkItem
from engine.vocabulary import Plain, Vocabulary

if TYPE_CHECKING:
    from engine.runtime.deployed import Definition
    from engine.unit import Unit

ReadSession = Callable[[], AbstractContextManager[Session]]
"""Opens a session for reading outside any command."""


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What a task handler may know and use; all inside the command's transaction.

    ``data`` is the submission as it came, without outcome and reason.
    ``final`` is False while an approval step still waits for other seats, and
    ``outcome`` is then what this actor voted; else it is the step's outcome.
    """

    unit: Unit
    actor: Actor
    now: datetime
    work_item: WorkItem
    instance_id: int
    business_key: str
    variables: Mapping[str, Value]
    data: Mapping[str, object]
    outcome: str | None
    reason: str | None
    final: bool

    @property
    def session(self) -> Session:
        """The ORM session of the transaction."""
        return self.unit.session


class TaskHandler(Protocol):
    """Domain code behind a user task, named by the property ``handler``."""

    def complete(self, ctx: TaskContext) -> Mapping[str, Value]:
        """Write the domain's rows; return the process variables to set.

        Raise InvalidInput or InvalidState to refuse: then nothing has happened.
        """
        ...


@dataclass(frozen=True, slots=True)
class Job:
    """Automatic work as its performer sees it.

    ``id`` stays the same over all attempts, so the outside can drop repeats.
    For a service task, ``payload`` holds its evaluated parameters.
    """

    id: int
    kind: str
    instance_id: int | None
    business_key: str
    element: str
    payload: Mapping[str, Value]
    variables: Mapping[str, Value]
    attempt: int
    now: datetime
    session: ReadSession
    definition: Callable[[int], Definition]
    """A deployed definition by its id, for what a diagram calls its elements."""


@dataclass(frozen=True, slots=True)
class JobContext:
    """What the transactional half of a job may use."""

    unit: Unit
    job: Job
    now: datetime

    @property
    def session(self) -> Session:
        """The ORM session of the transaction."""
        return self.unit.session


class Performer(Protocol):
    """Automatic work in two halves."""

    def perform(self, job: Job) -> Value:
        """The half that touches the outside; no transaction is open.

        Runs at least once. Whatever it raises is retried with backoff and, out
        of attempts, becomes an incident.
        """
        ...

    def apply(self, ctx: JobContext, result: Value) -> Mapping[str, Value]:
        """The half that writes rows, in the transaction that ends the job.

        Returns process variables to set (ignored where no token waits).
        """
        ...


class Service(Performer, Protocol):
    """A performer that service and send tasks may name."""

    @property
    def parameters(self) -> frozenset[str]:
        """The parameters a diagram may pass (as ``param.<name>``)."""
        ...


@dataclass(frozen=True, slots=True)
class Exports:
    """Where files of exports are kept, for how long, and what they say of people.

    ``secret`` is what the keys of pseudonyms are made from.
    """

    folder: Path = Path("exports")
    secret: bytes = field(default=b"", repr=False)
    kept: timedelta = timedelta(days=7)
    vocabulary: Vocabulary = field(default_factory=Plain)


class Watch(Protocol):
    """Hears how long each job took; for the figures of an operator."""

    def __call__(self, kind: str, step: str, seconds: float, *, failed: bool) -> None:
        """A job of ``kind`` has ended; ``step`` is ``process/element``, or empty outside a case.

        Must not raise.
        """
        ...


def unwatched(kind: str, step: str, seconds: float, *, failed: bool) -> None:
    """Nobody asks how long jobs take."""


@dataclass(frozen=True)
class Registry:
    """All that is plugged in."""

    approval_steps: Mapping[str, ApprovalStep] = field(default_factory=installed_steps)
    handlers: Mapping[str, TaskHandler] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    job_kinds: Mapping[str, Performer] = field(default_factory=dict)
    pages: frozenset[str] = frozenset()
    exports: Exports = field(default_factory=Exports)
    opened: str | None = None
    """The job kind that hears of new work items; its payload is ``{"items": [ids]}``.

    It hears too when somebody puts a work item into another's hands: then ``to`` says whose,
    ``by`` who did it, and ``how`` is ``assigned``, ``delegated`` or ``resolved``.
    """
    idle: frozenset[str] = frozenset()
    """The job kinds that have nothing to do in this installation; nobody need queue them."""
    refused: str | None = None
    """The job kind that hears of a publication that was set for a time and did not happen.

    Its payload is ``{"key", "author", "reason", "at"}``: of which process, the actor who set it,
    why (``draft_changed``, ``replaced``, ``errors``), and for when (ISO 8601).
    """
    watch: Watch = unwatched
