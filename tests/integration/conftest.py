"""An engine over an empty database, with a clock that the test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from engine import SYSTEM, Actor, Engine, FixedClock, Job, JobContext, Registry, TaskContext
from tests.builders import Diagram


@dataclass
class Recorder:
    """A service, job kind and task handler that remembers what it was asked."""

    parameters: frozenset[str] = frozenset({"kind"})
    performed: list[Job] = field(default_factory=list)
    applied: list[object] = field(default_factory=list)
    completed: list[TaskContext] = field(default_factory=list)
    failures: int = 0
    answer: dict = field(default_factory=dict)
    refusal: Exception | None = None

    def perform(self, job: Job):
        self.performed.append(job)
        if len(self.performed) <= self.failures:
            raise ConnectionError("nobody answers")
        return "performed"

    def apply(self, ctx: JobContext, result):
        self.applied.append(result)
        return self.answer

    def complete(self, ctx: TaskContext):
        self.completed.append(ctx)
        if self.refusal:
            raise self.refusal
        return self.answer


@pytest.fixture
def plugged():
    """What is registered as service ``notify``, handler ``decide`` and job kind ``mail``."""
    return Recorder()


@pytest.fixture
def engine(database, clock, plugged):
    """An engine with nothing deployed."""
    registry = Registry(
        services={"notify": plugged},
        handlers={"decide": plugged},
        job_kinds={"mail": plugged},
        pages=frozenset({"case.page"}),
    )
    return Engine(database, registry, clock=clock)


@dataclass
class Office:
    """A deployed process and the people of the tests, for tests that read like a story."""

    engine: Engine
    clock: FixedClock
    ana: Actor = Actor("person:1", "Ana", frozenset({"coordinator:lea"}))
    bob: Actor = Actor("person:2", "Bob", frozenset({"coordinator:lea"}))
    eve: Actor = Actor("person:3", "Eve", frozenset({"coordinator:his"}))
    chief: Actor = Actor("person:9", "Chief", frozenset({"ri"}), oversees=True)

    def deploy(self, diagram: Diagram, **files: bytes) -> None:
        self.key = diagram.key
        self.engine.deploy(diagram.bundle(**files), actor=SYSTEM)

    def start(self, **variables):
        return self.engine.start(
            self.key,
            actor=self.chief,
            business_key="M-1",
            variables={"department": "lea", **variables},
        )

    def complete(self, item, actor=None, outcome=None, key=None, **named):
        return self.engine.complete(
            item,
            actor=actor or self.ana,
            outcome=outcome,
            idempotency_key=key or f"key of {item}",
            **named,
        )

    def wait(self, **time):
        """Let time pass and the workers do what has become due."""
        self.clock.advance(timedelta(**time))
        return self.work()

    def work(self):
        """Let the workers run until nothing is due; returns how many jobs they took."""
        taken = 0
        while some := self.engine.run_due_jobs(worker="tests"):
            taken += some
        return taken

    def open_elements(self, started):
        instance = self.engine.instance(started.instance_id, actor=self.chief)
        return sorted(item.element for item in instance.open_items)

    def kinds(self, started):
        events = self.engine.history(started.instance_id, actor=self.chief)
        return [event.kind for event in events]

    def incidents(self):
        return list(self.engine.incidents(actor=self.chief).items)


@pytest.fixture
def office(engine, clock):
    """An office around the engine."""
    return Office(engine, clock)
