"""Several people and workers at the same thing at the same moment: one wins, the
others are told, and nothing is lost."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import event

from engine import SYSTEM, Actor, Conflict, EngineError, FixedClock
from tests.reliability.commands import (
    ANA,
    BOB,
    CHIEF,
    MONDAY,
    build,
    diagrams,
    start,
)

CLIENTS = 50
ROUNDS = 200


@contextmanager
def deployed(url):
    """An engine with the processes of the commands deployed."""
    built = build(url, FixedClock(MONDAY))
    for diagram in diagrams():
        built.deploy(diagram.bundle(), actor=SYSTEM)
    yield built
    built.database.dispose()


@pytest.fixture
def engine(database_url):
    """The engine of a test that counts what is there."""
    with deployed(database_url) as built:
        yield built


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_engine(request, new_database):
    """The engine of tests that look at a case of their own."""
    with deployed(new_database(request.param)) as built:
        yield built


def together(acts):
    """Run all at once; returns each one's result or EngineError, in order."""
    results = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number, act):
        gate.wait()
        try:
            results[number] = act()
        except EngineError as error:
            results[number] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "a command hangs"
    return results


def test_of_fifty_who_complete_the_same_item_exactly_one_wins(engine):
    clients = [Actor(f"person:{number}", groups=frozenset({"office"})) for number in range(CLIENTS)]
    for round_ in range(ROUNDS):
        (item,) = start(engine, "plain")
        results = together(
            [
                partial(engine.complete, item, actor=actor, idempotency_key=f"{round_} {actor.id}")
                for actor in clients
            ]
        )
        kinds = Counter(type(result).__name__ for result in results)
        assert kinds == {"Completed": 1, "Conflict": CLIENTS - 1}


def test_the_same_key_from_several_threads_gets_one_answer(engine):
    for round_ in range(20):
        (item,) = start(engine, "plain")
        answers = together(
            [partial(engine.complete, item, actor=ANA, idempotency_key=f"key {round_}")] * 10
        )
        assert len(set(answers)) == 1
        assert answers[0].next_items


def test_of_many_who_claim_exactly_one_holds_the_item(engine):
    (item,) = start(engine, "plain")
    clients = [Actor(f"person:{number}", groups=frozenset({"office"})) for number in range(20)]
    results = together([partial(engine.claim, item, actor=actor) for actor in clients])
    assert Counter(type(result) for result in results) == {type(None): 1, Conflict: 19}


def test_two_workers_never_do_the_same_job(engine):
    for _ in range(30):
        start(engine, "mail")
    taken = together([partial(_drain, engine, name) for name in ("one", "two", "three", "four")])
    assert sum(taken) == 30
    with engine.database.read() as connection:
        done = connection.exec_driver_sql(
            "SELECT count(*) FROM history_event WHERE kind = 'service_completed'"
        ).scalar_one()
    assert done == 30


def _drain(engine, worker):
    total = 0
    while taken := engine.run_due_jobs(worker=worker, limit=3):
        total += taken
    return total


PAIRED = {
    "claim": lambda engine, item, n: engine.claim(item, actor=BOB),
    "assign": lambda engine, item, n: engine.assign(item, actor=BOB, to=ANA.id),
    "complete": lambda engine, item, n: engine.complete(
        item, actor=ANA, outcome="approve", idempotency_key=f"ana {item} {n}"
    ),
    "reject": lambda engine, item, n: engine.complete(
        item, actor=BOB, outcome="reject", reason="No", idempotency_key=f"bob {item} {n}"
    ),
    "save_draft": lambda engine, item, n: engine.save_draft(item, actor=ANA, data={"n": n}),
    "comment": lambda engine, item, n: engine.comment(
        engine.work_item(item, actor=ANA).instance_id, actor=ANA, text="Hello"
    ),
    "terminate": lambda engine, item, n: engine.terminate(
        engine.work_item(item, actor=ANA).instance_id, actor=CHIEF, reason="Mistake"
    ),
    "set_priority": lambda engine, item, n: engine.set_priority(item, actor=ANA, priority=n % 100),
}


class Pause:
    """Holds one thread before its ``point``-th statement until it is let go."""

    def __init__(self, engine, point):
        self.engine, self.point = engine, point
        self.reached, self.go = threading.Event(), threading.Event()
        self.thread, self.passed = None, 0

    def __call__(self, *_):
        if threading.current_thread() is not self.thread:
            return
        self.passed += 1
        if self.passed == self.point:
            self.reached.set()
            self.go.wait(timeout=30)


def in_the_middle(engine, item, point, first, second, patience=0.01):
    """Let one command wait before its ``point``-th statement until the other has begun.

    With more patience, in seconds, until it has ended, where nothing keeps it waiting.

    Gives what they raised.
    """
    pause = Pause(engine, point)
    event.listen(engine.database.engine, "before_cursor_execute", pause)
    refused = []
    one = threading.Thread(target=_try, args=(first, engine, item, point, refused))
    two = threading.Thread(target=_try, args=(second, engine, item, point + 50, refused))
    pause.thread = one
    one.start()
    while one.is_alive() and not pause.reached.is_set():
        pause.reached.wait(0.005)
    two.start()
    two.join(timeout=patience)
    pause.go.set()
    one.join(timeout=30)
    two.join(timeout=30)
    event.remove(engine.database.engine, "before_cursor_execute", pause)
    assert not one.is_alive()
    assert not two.is_alive()
    return refused


@pytest.mark.parametrize("pair", list(itertools.product(PAIRED, PAIRED)), ids="-".join)
def test_a_command_that_comes_in_the_middle_of_another_waits_or_is_told(shared_engine, pair):
    engine = shared_engine
    first, second = (PAIRED[name] for name in pair)
    for point in range(1, 9, 2):
        item = start(engine, "two")[0]
        instance_id = engine.work_item(item, actor=ANA).instance_id
        refused = in_the_middle(engine, item, point, first, second)
        assert all(isinstance(error, EngineError) for error in refused)
        assert engine.verify(instance_id).intact


def _try(act, engine, item, number, refused):
    try:
        act(engine, item, number)
    except Exception as error:  # noqa: BLE001 - the test looks at what it was
        refused.append(error)
