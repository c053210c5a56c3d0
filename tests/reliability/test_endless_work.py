"""Work without an end is an incident within a second of CPU, never silence; loops that
people go round in may be as long as they like."""

from __future__ import annotations

import time

import pytest

from engine import SYSTEM, FixedClock
from tests.builders import Diagram, approvals
from tests.reliability.commands import ANA, CHIEF, MONDAY, build

ROUNDS = 1_050
BOMBS = {
    "range": "count(for i in 1..1000000000 return i) > 0",
    "nested": "count(for a in 1..9999, b in 1..9999, c in 1..9999 return a) > 0",
    "recursion": "count(for i in 1..100000000 return partial) > 0",
    "regex": 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")',
}


@pytest.fixture
def engine(database_url):
    built = build(database_url, FixedClock(MONDAY))
    yield built
    built.database.dispose()


def start(engine, diagram, **variables):
    engine.deploy(diagram.bundle(), actor=SYSTEM)
    return engine.start(diagram.key, actor=CHIEF, business_key="M-1", variables=variables)


def test_a_case_may_be_returned_more_than_a_thousand_times(engine):
    loop = approvals("loop", steps=1, loop=True)
    started = start(engine, loop, department="lea")
    coordinator = type(ANA)("person:1", groups=frozenset({"coordinator:lea"}))
    item = started.work_items[0]
    for number in range(ROUNDS):
        done = engine.complete(
            item, actor=coordinator, outcome="reject", reason="More", idempotency_key=f"{number}"
        )
        (item,) = done.next_items
    done = engine.complete(item, actor=coordinator, outcome="approve", idempotency_key="last")
    assert done.instance_finished
    assert engine.verify(started.instance_id).intact


def automatic_loop():
    diagram = Diagram("again").start().gateway("join").gateway("more", default="on").end()
    diagram.flow("begin", "join", "more").flow("more", "join", condition="1 = 1")
    return diagram.flow("more", "finish", id_="on")


def choosing(condition):
    diagram = Diagram("choose").start().gateway("which", default="other").user("a").user("b")
    diagram.end().flow("begin", "which").flow("which", "a", condition=condition)
    return diagram.flow("which", "b", id_="other").flow("a", "finish").flow("b", "finish")


@pytest.mark.parametrize(
    ("diagram", "reason"),
    [
        pytest.param(automatic_loop(), "budget_exceeded", id="automatic loop"),
        *(
            pytest.param(choosing(bomb), "expression_failed", id=name)
            for name, bomb in BOMBS.items()
        ),
    ],
)
def test_endless_automatic_work_is_an_incident_within_a_second(engine, diagram, reason):
    engine.feel.evaluate(["string(1)"], {})
    engine.deploy(diagram.bundle(), actor=SYSTEM)
    began = time.process_time()
    started = engine.start(diagram.key, actor=CHIEF, business_key="M-1", variables={})
    spent = time.process_time() - began
    (incident,) = engine.incidents(actor=CHIEF).items
    assert (incident.instance_id, incident.reason) == (started.instance_id, reason)
    assert spent <= 1.0
