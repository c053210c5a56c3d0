"""Cases move while people work on them, and while others move them too."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from engine import SYSTEM, Bundle, EngineError, Way
from tests.reliability.commands import ANA, BOB, CHIEF, start
from tests.reliability.test_races import engine, in_the_middle, together

__all__ = ["engine"]

LAST = (
    b'<bpmn:userTask id="last" name="last"/>'
    b'<bpmn:sequenceFlow id="on" sourceRef="last" targetRef="finish"/>'
)
DAY = timedelta(days=1, minutes=1)


@pytest.fixture(autouse=True)
def versions(engine):
    """Of the process ``two``, version 2 has a step more at its end; version 3 is version 1."""
    bundle = engine.version("two", 1).bundle
    longer = bundle.files["two.bpmn"]
    for old, new in (
        (b'sourceRef="then" targetRef="finish"', b'sourceRef="then" targetRef="last"'),
        (b"</bpmn:lane>", b"<bpmn:flowNodeRef>last</bpmn:flowNodeRef></bpmn:lane>"),
        (b"</bpmn:process>", LAST + b"</bpmn:process>"),
    ):
        longer = longer.replace(old, new)
    for content in (longer, bundle.files["two.bpmn"]):
        engine.deploy(Bundle("two", {"two.bpmn": content}), actor=SYSTEM)


def order(engine):
    """An order to move the cases of version 3 to version 2."""
    return engine.migrate(engine.migration_route("two", 3, 2, {}), actor=CHIEF)


def migrate(engine, item, number):
    _work_off(engine, order(engine))


def complete(engine, item, number):
    engine.complete(item, actor=ANA, outcome="approve", idempotency_key=f"ana {number}")


def timer(engine, item, number):
    while engine.run_due_jobs(worker=f"worker {number}"):
        pass


def kinds_of(engine, instance_id):
    return [each.kind for each in engine.history(instance_id, actor=CHIEF)]


@pytest.mark.parametrize(
    "pair",
    [(migrate, complete), (complete, migrate), (migrate, migrate), (migrate, timer)],
    ids=lambda pair: "-".join(each.__name__ for each in pair),
)
def test_whoever_comes_in_the_middle_of_a_move_waits(engine, pair):
    first, second = pair
    for point in range(1, 17, 3):
        item = start(engine, "two")[0]
        instance_id = engine.work_item(item, actor=ANA).instance_id
        engine.clock.advance(DAY)  # the reminder is due
        refused = in_the_middle(engine, item, point, first, second)
        assert refused == []
        if timer in pair:
            migrate(engine, item, point)  # a case that is being worked on stays, and moves later
        assert engine.instance(instance_id, actor=CHIEF).version == 2
        assert kinds_of(engine, instance_id).count("migrated") == 1
        assert engine.verify(instance_id).intact
        _goes_on_to_the_end(engine, instance_id)


def _goes_on_to_the_end(engine, instance_id):
    """Both voices, then the steps of the new version, the last one included."""
    seen = []
    for number, actor in enumerate((ANA, BOB, ANA, ANA)):
        case = engine.instance(instance_id, actor=CHIEF)
        mine = [each for each in case.open_items if each.assignee in (None, actor.id)]
        if not mine:
            break
        outcome = "approve" if mine[0].outcomes else None
        try:
            engine.complete(
                mine[0].id,
                actor=actor,
                outcome=outcome,
                idempotency_key=f"end {instance_id} {number}",
            )
        except EngineError:
            continue  # Ana has given her voice already
        seen.append(mine[0].element)
    assert seen[-2:] == ["then", "last"]


def test_a_message_finds_a_case_whose_waiting_step_is_called_otherwise_meanwhile(engine):
    bundle = engine.version("wait", 1).bundle
    renamed = bundle.files["wait.bpmn"].replace(b'"answer_to_then"', b'"on"')
    for old in (b'id="answer"', b'Ref="answer"', b">answer<"):
        renamed = renamed.replace(old, old.replace(b"answer", b"reply"))
    for content in (renamed, bundle.files["wait.bpmn"]):
        engine.deploy(Bundle("wait", {"wait.bpmn": content}), actor=SYSTEM)
    route = engine.migration_route("wait", 3, 2, {"answer": "reply"})

    def move(engine, case, number):
        _work_off(engine, engine.migrate(route, actor=CHIEF))

    def tell(engine, case, number):
        engine.correlate("answer", {}, message_id=f"{number}", business_key=str(case))

    # Only in SQLite does whoever writes keep all others waiting, from its first statement on.
    patience = 0.25 if engine.database.engine.dialect.name == "postgresql" else 0.01
    for point in range(1, 12):
        case = f"M-{point}"
        started = engine.start("wait", actor=CHIEF, business_key=case, variables={})
        assert in_the_middle(engine, case, point, tell, move, patience) == []
        (item,) = engine.instance(started.instance_id, actor=CHIEF).open_items
        assert item.element == "then"


def test_several_workers_and_orders_move_each_case_once(engine):
    cases = [engine.work_item(start(engine, "two")[0], actor=ANA).instance_id for _ in range(20)]
    orders = [order(engine) for _ in range(2)]
    together([partial(_work_off, engine, each) for each in (*orders, *orders)])
    assert all(kinds_of(engine, case).count("migrated") == 1 for case in cases)
    counts = [engine.migration(each, actor=CHIEF).counts for each in orders]
    assert sum(each.get(Way.UNCHANGED, 0) for each in counts) == 20


def _work_off(engine, order_id):
    while engine.work_off_migration(order_id, limit=3):
        pass
