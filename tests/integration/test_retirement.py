"""A retired process takes no new cases in whatever way they start; what runs goes on."""

from __future__ import annotations

import pytest

from engine import SYSTEM, Actor, Conflict, InstanceStatus, NotFound, Retired
from tests.builders import Diagram, approvals

ANNE = Actor("person:1", "Anne", frozenset({"admin"}))


@pytest.fixture
def retired(office):
    """An office whose process runs one case and was retired then."""
    office.deploy(approvals("approval", steps=2))
    office.running = office.start()
    office.engine.retire("approval", actor=ANNE, note="Replaced by another")
    return office


def receiving():
    """A process that a message starts."""
    diagram = Diagram("receiving")
    diagram.node("startEvent", "called", inner=diagram.message("call"))
    return diagram.user("look").end().flow("called", "look", "finish")


def calling():
    """A process that throws that message at once."""
    diagram = Diagram("calling").start()
    diagram.node("endEvent", "call", inner=diagram.message("call"))
    return diagram.flow("begin", "call")


def test_no_new_case_starts(retired):
    with pytest.raises(Retired, match="approval"):
        retired.start()


def test_the_same_start_again_still_gets_its_answer(office):
    office.deploy(approvals("approval"))

    def start():
        return office.engine.start(
            "approval",
            actor=office.chief,
            business_key="M-1",
            variables={"department": "lea"},
            idempotency_key="once",
        )

    first = start()
    office.engine.retire("approval", actor=ANNE, note="because")
    assert start() == first


def test_a_running_case_goes_on_to_its_end(retired):
    (item,) = retired.running.work_items
    retired.complete(item, outcome="approve")
    case = retired.running.instance_id
    (item,) = retired.engine.instance(case, actor=retired.chief).open_items
    retired.complete(item.id, outcome="approve")
    ended = retired.engine.instance(case, actor=retired.chief)
    assert ended.status is InstanceStatus.COMPLETED


def test_another_version_does_not_resume_it(retired):
    retired.engine.deploy(approvals("approval", steps=3).bundle(), actor=SYSTEM)
    with pytest.raises(Retired):
        retired.start()


def test_resumed_it_takes_cases_again_and_all_of_it_is_kept(retired, clock):
    retired.wait(days=1)
    retired.engine.resume("approval", actor=ANNE, note="Needed after all")
    retired.start()
    (kept,) = retired.engine.retirements("approval")
    assert (kept.retired_by, kept.note) == (ANNE.id, "Replaced by another")
    assert (kept.resumed_by, kept.resumed_note) == (ANNE.id, "Needed after all")
    assert kept.resumed_at == clock.now()
    assert retired.engine.retired() == set()


def test_whoever_comes_second_is_told(retired):
    assert retired.engine.retired() == {"approval"}
    with pytest.raises(Conflict):
        retired.engine.retire("approval", actor=ANNE, note="again")
    retired.engine.resume("approval", actor=ANNE, note="yes")
    with pytest.raises(Conflict):
        retired.engine.resume("approval", actor=ANNE, note="again")
    with pytest.raises(NotFound):
        retired.engine.retire("nothing", actor=ANNE, note="because")


def test_a_message_from_outside_that_could_only_start_it_is_refused(office):
    office.deploy(receiving())
    office.engine.retire("receiving", actor=ANNE, note="because")
    with pytest.raises(Retired):
        office.engine.correlate("call", {}, message_id="m1", business_key="M-1")
    office.engine.resume("receiving", actor=ANNE, note="yes")
    sent = office.engine.correlate("call", {}, message_id="m1", business_key="M-1")
    assert sent.delivered


def test_a_message_of_another_case_starts_nothing_and_hinders_nobody(office):
    office.deploy(receiving())
    office.engine.retire("receiving", actor=ANNE, note="because")
    office.deploy(calling())
    assert office.start().finished
    office.work()
    assert office.incidents() == []
