"""Messages reach the one case that waits for them, once."""

from __future__ import annotations

import pytest

from engine import InvalidState
from tests.builders import Diagram


def waiting() -> Diagram:
    """A case that waits for a transcript and then asks somebody."""
    diagram = Diagram()
    diagram.start().catch("transcript", diagram.message("transcript_received"))
    return diagram.user("ask").end().flow("begin", "transcript", "ask", "finish")


def start(office, business_key):
    return office.engine.start(
        office.key, actor=office.chief, business_key=business_key, variables={}
    )


def send(office, message_id, **named):
    return office.engine.correlate("transcript_received", {}, message_id=message_id, **named)


def test_a_message_moves_the_case_that_waits(office):
    office.deploy(waiting())
    one, two = start(office, "M-1"), start(office, "M-2")
    delivery = send(office, "m1", business_key="M-2")
    assert (delivery.delivered, delivery.instance_id) == (True, two.instance_id)
    assert office.open_elements(one) == []
    assert office.open_elements(two) == ["ask"]


def test_the_same_message_again_is_a_duplicate_and_changes_nothing(office):
    office.deploy(waiting())
    case = start(office, "M-1")
    send(office, "m1")
    before = office.kinds(case)
    assert send(office, "m1").duplicate
    assert office.kinds(case) == before


def test_a_message_nobody_waits_for_is_not_delivered_and_may_come_again(office):
    office.deploy(waiting())
    assert not send(office, "m1").delivered
    case = start(office, "M-1")
    assert send(office, "m1").delivered
    assert office.open_elements(case) == ["ask"]


def test_a_message_that_fits_several_cases_is_refused(office):
    office.deploy(waiting())
    start(office, "M-1")
    start(office, "M-2")
    with pytest.raises(InvalidState):
        send(office, "m1")


def test_a_message_may_interrupt_a_task(office):
    diagram = Diagram()
    diagram.start().user("ask").end().end("withdrawn")
    diagram.boundary("withdrawal", "ask", diagram.message("withdrawn"))
    office.deploy(diagram.flow("begin", "ask", "finish").flow("withdrawal", "withdrawn"))
    case = start(office, "M-1")
    office.engine.correlate("withdrawn", {"why": "ill"}, message_id="w1", business_key="M-1")
    instance = office.engine.instance(case.instance_id, actor=office.chief)
    assert instance.status.name == "COMPLETED"
