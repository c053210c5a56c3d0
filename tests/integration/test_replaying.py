"""What history keeps of a case's way is enough to tell where it stood after each event."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import Actor
from engine.history.replaying import replayed
from engine.kernel.failures import no_flow_true
from engine.kernel.gateways import Choosing
from tests.builders import Diagram

CLERK = Actor("person:5", "Clerk", frozenset({"office"}))
ADMIN = Actor("person:8", "Admin", frozenset({"office"}), oversees=True)


@pytest.fixture
def database_url(sqlite_url):
    """History is the same on both databases; here it is only read."""
    return sqlite_url


def moments(office, started, events=None):
    """Each moment of a case, the states of its elements added up."""
    instance = office.engine.instance(started.instance_id, actor=office.chief)
    versions = range(1, instance.version + 1)
    models = {each: office.engine.version(office.key, each).model for each in versions}
    told = events or history(office, started)
    states = {}
    found = []
    for moment in replayed(models, told, instance.version):
        states = {**states, **moment.elements}
        found.append((moment, states))
    return found


def history(office, started):
    return office.engine.history(started.instance_id, actor=office.chief)


def tokens(states):
    return dict(+Counter({name: state.tokens for name, state in states.items()}))


def do(office, item, **named):
    return office.engine.complete(item, actor=CLERK, idempotency_key=f"do {item}", **named)


def refuse(gateway):
    raise no_flow_true(gateway.element)


def choice():
    """A task whose answer leads to one of two others."""
    diagram = Diagram().start().user("ask", handler="decide").gateway("which", default="else")
    diagram.user("left").user("right").end().flow("begin", "ask", "which")
    diagram.flow("which", "left", condition="answer = 1").flow("which", "right", id_="else")
    return diagram.flow("left", "finish").flow("right", "finish")


def test_an_event_tells_each_value_before_and_after(office, plugged):
    office.deploy(choice())
    started = office.start(answer=0)
    plugged.answer = {"answer": 1, "department": "lea"}
    do(office, started.work_items[0])
    done = next(each for each in history(office, started) if each.kind == "work_item_completed")
    assert done.payload["changed"] == {"answer": [0, 1]}


def test_an_event_of_a_moved_date_tells_both(office):
    office.deploy(choice())
    (item,) = office.start().work_items
    day = office.clock.now() + timedelta(days=3)
    office.engine.set_due(item, actor=CLERK, at=day)
    office.engine.set_due(item, actor=CLERK, at=None)
    office.engine.set_follow_up(item, actor=CLERK, at=day)
    told = office.engine.history(
        office.engine.work_item(item, actor=CLERK).instance_id, actor=CLERK
    )
    assert [each.payload for each in told[-3:]] == [
        {"from": None, "to": day.isoformat()},
        {"from": day.isoformat(), "to": None},
        {"from": None, "to": day.isoformat()},
    ]


def test_a_branch_is_skipped_once_nothing_leads_there_any_more(office, plugged):
    office.deploy(choice())
    started = office.start()
    plugged.answer = {"answer": 1}
    do(office, started.work_items[0])
    (first, before), *_, (last, after) = moments(office, started)
    assert tokens(before) == {"ask": 1}
    assert first.skipped == frozenset()
    assert tokens(after) == {"left": 1}
    assert last.skipped == {"right", "else", "right_to_finish"}
    assert after["which"].done == 1
    assert last.certain


def test_a_token_that_waits_at_a_join_stands_there(office):
    diagram = Diagram().start().gateway("split", "parallel").user("a").user("b")
    diagram.gateway("join", "parallel").end().flow("begin", "split", "a", "join", "finish")
    office.deploy(diagram.flow("split", "b", "join"))
    started = office.start()
    for item in started.work_items:
        do(office, item)
    seen = [tokens(states) for _, states in moments(office, started)]
    assert seen[0] == {"a": 1, "b": 1}
    assert {"join": 1, "b": 1} in seen
    assert seen[-1] == {}


def test_the_rounds_of_a_repeated_step_are_counted(office):
    each = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality "
        'xsi:type="bpmn:tFormalExpression">3</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )
    diagram = Diagram().start().node("userTask", "review", inner=each).end()
    office.deploy(diagram.flow("begin", "review", "finish"))
    started = office.start()
    counted = []
    for item in started.work_items:
        state = moments(office, started)[-1][1]["review"]
        counted.append((state.tokens, state.ended, state.begun))
        do(office, item)
    assert counted == [(1, 0, 3), (1, 1, 3), (1, 2, 3)]


def test_a_step_taken_after_an_incident_tells_its_way(office, plugged, monkeypatch):
    office.deploy(choice())
    started = office.start(answer=0)
    plugged.answer = {"answer": 0}
    with monkeypatch.context() as broken:
        broken.setattr(Choosing, "otherwise", refuse)
        do(office, started.work_items[0])
    assert tokens(moments(office, started)[-1][1]) == {"ask": 1}
    (incident,) = office.incidents()
    office.engine.retry(incident.id, actor=office.chief)
    office.work()
    taken = next(each for each in history(office, started) if each.kind == "step_taken")
    assert taken.payload["flows"] == ["ask_to_which", "else"]
    assert tokens(moments(office, started)[-1][1]) == {"right": 1}


def test_a_migrated_case_goes_on_under_the_new_names(office):
    def version(name):
        return Diagram().start().user(name).end().flow("begin", name, "finish")

    office.deploy(version("ask"))
    started = office.start()
    office.deploy(version("question"))
    route = office.engine.migration_route("case", 1, 2, {"ask": "question"})
    office.engine.migrate(route, actor=ADMIN)
    office.work()
    (first, before), *_, (last, after) = moments(office, started)
    assert (first.version, tokens(before)) == (1, {"ask": 1})
    assert (last.version, tokens(after)) == (2, {"question": 1})
    do(office, started.work_items[0])
    assert tokens(moments(office, started)[-1][1]) == {}


def test_without_contents_the_open_tasks_are_still_told_and_the_rest_is_said_to_be_uncertain(
    office, plugged
):
    office.deploy(choice())
    started = office.start()
    plugged.answer = {"answer": 1}
    do(office, started.work_items[0])
    erased = [
        replace(event, payload=None, erased=event.payload is not None)
        for event in history(office, started)
    ]
    found = moments(office, started, erased)
    assert [tokens(states) for _, states in found] == [{}, {"ask": 1}, {}, {"left": 1}]
    assert not found[-1][0].certain
    assert found[-1][1]["ask"].done == 1
