"""What cannot go on becomes an incident; what a person decided is kept."""

from __future__ import annotations

import pytest

from engine import Actor, InvalidState
from tests.builders import Diagram

CLERK = Actor("person:5", "Clerk", frozenset({"office"}))


def choosing(condition: str) -> Diagram:
    """A task, then a gateway with one conditional flow and no default."""
    diagram = Diagram().start().user("ask", handler="decide").gateway("which").user("next").end()
    diagram.flow("begin", "ask", "which").flow("which", "next", condition=condition)
    diagram.user("other").flow("which", "other", condition="never = true")
    return diagram.flow("next", "finish").flow("other", "finish")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"eligible": False, "never": False}, "no_flow_true"),
        ({"never": False}, "expression_failed"),
        ({"eligible": "yes", "never": False}, "expression_failed"),
    ],
)
def test_a_gateway_that_cannot_choose_is_an_incident(office, plugged, answer, reason):
    office.deploy(choosing("eligible"))
    started = office.start()
    plugged.answer = answer
    office.engine.complete(started.work_items[0], actor=CLERK, idempotency_key="k")
    (incident,) = office.incidents()
    assert incident.reason == reason
    assert incident.instance_id == started.instance_id
    assert incident.element
    item = office.engine.work_item(started.work_items[0], actor=office.chief)
    assert item.completed_by == CLERK.id


def test_an_incident_at_the_start_keeps_the_case(office, plugged):
    diagram = Diagram().start().gateway("which").user("a").user("b").end()
    diagram.flow("begin", "which").flow("which", "a", condition="missing = 1")
    diagram.flow("which", "b", condition="missing = 2")
    office.deploy(diagram.flow("a", "finish").flow("b", "finish"))
    started = office.start()
    assert office.incidents()[0].reason == "expression_failed"
    instance = office.engine.instance(started.instance_id, actor=office.chief)
    assert (instance.incidents, instance.open_items) == (1, ())


def test_a_retry_that_fails_again_is_a_new_incident(office, plugged):
    office.deploy(choosing("eligible"))
    started = office.start()
    plugged.answer = {"eligible": False, "never": False}
    office.engine.complete(started.work_items[0], actor=CLERK, idempotency_key="k")
    first = office.incidents()[0]
    office.engine.retry(first.id, actor=office.chief)
    office.work()
    (second,) = office.incidents()
    assert second.id != first.id
    assert office.kinds(started).count("incident_raised") == 2


def test_an_automatic_loop_is_an_incident_not_a_hang(office):
    diagram = Diagram().start().gateway("again").gateway("more", default="on").end()
    diagram.flow("begin", "again", "more").flow("more", "again", condition="1 = 1")
    office.deploy(diagram.flow("more", "finish", id_="on"))
    office.start()
    assert office.incidents()[0].reason == "budget_exceeded"


def test_ending_a_case_closes_all_that_waits(office, plugged):
    office.deploy(choosing("eligible"))
    started = office.start()
    plugged.answer = {"eligible": False, "never": False}
    office.engine.complete(started.work_items[0], actor=CLERK, idempotency_key="k")
    office.engine.terminate(started.instance_id, actor=office.chief, reason="Opened by mistake")
    assert office.incidents() == []
    assert office.work() == 0
    assert office.engine.verify(started.instance_id).intact


def test_an_incident_of_work_that_is_no_longer_needed_is_over(office, plugged):
    from tests.integration.test_jobs import with_reminder

    plugged.failures = 99
    office.deploy(with_reminder("R1/P1D"))
    started = office.start()
    for _ in range(8):
        office.wait(days=1)
    (incident,) = office.incidents()
    assert incident.element == "tell"
    office.engine.terminate(started.instance_id, actor=office.chief, reason="Withdrawn")
    assert office.incidents() == []
    with pytest.raises(InvalidState):
        office.engine.retry(incident.id, actor=office.chief)
