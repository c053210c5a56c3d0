"""Completing work items: who may, what follows, what happens when it is repeated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from engine import Actor, Conflict, Forbidden, InvalidInput, InvalidState, NotFound
from engine.tables import history_event, history_payload, work_item
from engine.values import InstanceStatus
from tests.builders import Diagram, approvals


@pytest.fixture
def started(office):
    """A case at the first of five approvals."""
    office.deploy(approvals())
    return office.start()


def test_five_approvals_lead_to_the_end(office, started):
    item = started.work_items[0]
    for number in range(1, 6):
        assert office.open_elements(started) == [f"step{number}"]
        done = office.complete(item, outcome="approve")
        item = done.next_items[0] if done.next_items else None
    assert done.instance_finished
    instance = office.engine.instance(started.instance_id, actor=office.chief)
    assert instance.status is InstanceStatus.COMPLETED


def test_a_task_has_the_dates_and_the_priority_that_its_diagram_says(office):
    office.deploy(approvals(steps=1, dueDate="P7D", followUpDate="P3D", priority="80"))
    item = office.engine.work_item(office.start().work_items[0], actor=office.ana)
    begun = item.created_at
    assert (item.follow_up_at - begun, item.priority) == (timedelta(days=3), 80)
    assert item.due_at.date() == (begun + timedelta(days=7)).date()


def test_a_refusal_with_its_reason_ends_the_case(office, started):
    done = office.complete(started.work_items[0], outcome="reject", reason="Not coherent")
    assert done.instance_finished
    item = office.engine.work_item(started.work_items[0], actor=office.ana)
    assert (item.outcome, item.reason, item.completed_by) == ("reject", "Not coherent", "person:1")


def test_the_same_key_gets_the_first_answer_again(office, started):
    first = office.complete(started.work_items[0], outcome="approve", key="once")
    again = office.complete(started.work_items[0], outcome="approve", key="once")
    assert again == first
    assert office.kinds(started).count("work_item_completed") == 1


def test_another_key_on_a_completed_item_is_a_conflict_that_says_who_was_faster(office, started):
    office.complete(started.work_items[0], outcome="approve", key="mine")
    with pytest.raises(Conflict) as refused:
        office.complete(started.work_items[0], office.bob, outcome="approve", key="other")
    assert refused.value.params["by"] == "person:1"


def test_what_one_may_not_see_is_not_found(office, started):
    with pytest.raises(NotFound):
        office.complete(started.work_items[0], office.eve, outcome="approve")
    with pytest.raises(NotFound):
        office.complete(4711, outcome="approve")


def test_who_only_oversees_cannot_decide(office, started):
    with pytest.raises(Forbidden):
        office.complete(started.work_items[0], office.chief, outcome="approve")


@pytest.mark.parametrize(
    ("submission", "faulty"),
    [
        ({}, "outcome"),
        ({"outcome": "perhaps"}, "outcome"),
        ({"outcome": "reject"}, "reason"),
        ({"outcome": "reject", "reason": "   "}, "reason"),
        ({"outcome": "reject", "reason": "x" * 4001}, "reason"),
        ({"outcome": "approve", "reason": "a \x00 in it"}, "reason"),
        ({"outcome": "approve", "reason": "half a pair \ud83d"}, "reason"),
        ({"outcome": "approve", "data": {"department": "his"}}, "department"),
    ],
)
def test_a_submission_that_is_not_acceptable_changes_nothing(office, started, submission, faulty):
    before = office.kinds(started)
    with pytest.raises(InvalidInput) as refused:
        office.complete(started.work_items[0], **submission)
    assert set(refused.value.errors) == {faulty}
    assert office.kinds(started) == before
    assert office.open_elements(started) == ["step1"]


def test_a_refusal_of_the_domain_undoes_everything(office, plugged):
    office.deploy(
        Diagram().start().user("ask", handler="decide").end().flow("begin", "ask", "finish")
    )
    started = office.start()
    plugged.refusal = InvalidInput({"studied.0.title": ["required"]})
    with pytest.raises(InvalidInput):
        office.engine.complete(
            started.work_items[0], actor=_clerk(office), data={}, idempotency_key="k"
        )
    assert office.open_elements(started) == ["ask"]
    assert "work_item_completed" not in office.kinds(started)


def test_a_handler_sets_variables_that_route_the_case(office, plugged):
    office.deploy(
        Diagram()
        .start()
        .user("ask", handler="decide")
        .gateway("which", default="other")
        .user("yes")
        .user("no")
        .end()
        .flow("begin", "ask", "which")
        .flow("which", "yes", "finish", condition="eligible")
        .flow("which", "no", id_="other")
        .flow("no", "finish")
    )
    started = office.start()
    plugged.answer = {"eligible": True}
    office.engine.complete(
        started.work_items[0], actor=_clerk(office), data={"any": 1}, idempotency_key="k"
    )
    assert office.open_elements(started) == ["yes"]
    assert plugged.completed[0].data == {"any": 1}


def test_four_eyes_needs_two_persons(office):
    diagram = Diagram(lanes={"C": '"coordinator:" + department'}).start()
    diagram.user("check", approval="four_eyes").end().flow("begin", "check", "finish")
    office.deploy(diagram)
    started = office.start()
    first, second = started.work_items
    pending = office.complete(first, office.ana, outcome="approve")
    assert (pending.outcome, pending.instance_finished) == (None, False)
    with pytest.raises(Forbidden):
        office.complete(second, office.ana, outcome="approve")
    assert office.complete(second, office.bob, outcome="approve").instance_finished


def test_a_refusal_closes_the_other_seats(office):
    diagram = Diagram(lanes={"C": '"coordinator:" + department'}).start()
    diagram.user("check", approval="quorum", approval_required="2", approval_size="3")
    office.deploy(diagram.end().flow("begin", "check", "finish"))
    started = office.start()
    one, two, three = started.work_items
    assert office.complete(one, office.ana, outcome="approve").outcome is None
    done = office.complete(two, office.bob, outcome="approve")
    assert done.instance_finished
    assert office.engine.work_item(three, actor=office.chief).status.name == "CANCELLED"


def test_a_sequence_asks_one_after_the_other(office):
    diagram = Diagram().start()
    diagram.user(
        "check", approval="sequence", approval_seats='["coordinator:lea", "coordinator:his"]'
    )
    office.deploy(diagram.end().flow("begin", "check", "finish"))
    started = office.start()
    assert len(started.work_items) == 1
    done = office.complete(started.work_items[0], office.ana, outcome="approve")
    assert not done.instance_finished
    done = office.complete(done.next_items[0], office.eve, outcome="approve")
    assert done.instance_finished


def test_delegation_comes_back_to_its_owner(office, started):
    item = started.work_items[0]
    office.engine.claim(item, actor=office.ana)
    office.engine.delegate(item, actor=office.ana, to="person:2")
    with pytest.raises(InvalidState):
        office.complete(item, office.bob, outcome="approve")
    office.engine.resolve(item, actor=office.bob)
    office.complete(item, office.ana, outcome="approve")
    assert office.open_elements(started) == ["step2"]


def test_a_claimed_item_is_its_assignees(office, started):
    item = started.work_items[0]
    office.engine.claim(item, actor=office.ana)
    with pytest.raises(Conflict):
        office.engine.claim(item, actor=office.bob)
    with pytest.raises(Forbidden):
        office.complete(item, office.bob, outcome="approve")
    office.engine.release(item, actor=office.ana)
    office.complete(item, office.bob, outcome="approve")


def test_who_only_oversees_a_case_reads_it_and_writes_nothing(office, started):
    auditor = Actor("person:8", "Auditor", frozenset({"auditor"}), oversees=True)
    item = started.work_items[0]
    assert office.engine.work_item(item, actor=auditor).element == "step1"
    for act in (
        lambda: office.engine.comment(started.instance_id, actor=auditor, text="Hm"),
        lambda: office.engine.claim(item, actor=auditor),
        lambda: office.engine.release(item, actor=auditor),
        lambda: office.engine.assign(item, actor=auditor, to="person:8"),
        lambda: office.engine.save_draft(item, actor=auditor, data={}),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_draft_is_kept_until_the_item_is_completed(office, started):
    item = started.work_items[0]
    office.engine.save_draft(item, actor=office.ana, data={"reason": "perhaps"})
    assert office.engine.work_item(item, actor=office.ana).draft == {"reason": "perhaps"}
    office.complete(item, outcome="approve")
    assert office.engine.work_item(item, actor=office.ana).draft is None


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001, "a \x00 in it", "half \ud83d"])
def test_a_comment_that_cannot_be_kept_is_refused(office, started, text):
    with pytest.raises(InvalidInput):
        office.engine.comment(started.instance_id, actor=office.ana, text=text)
    with pytest.raises(InvalidInput):
        office.engine.save_draft(started.work_items[0], actor=office.ana, data={"a": "\ud83d"})


def test_a_link_to_one_item_stays_open_whoever_claims_it(office, started):
    item = started.work_items[0]
    office.engine.claim(item, actor=office.bob)
    guest = Actor("partner:1", groups=frozenset({"coordinator:lea"}), only_item=item)
    assert office.complete(item, guest, outcome="approve").outcome == "approve"


def test_a_comment_on_a_finished_case_leaves_when_it_ended(office, started):
    office.complete(started.work_items[0], outcome="reject", reason="No")
    ended = office.engine.instance(started.instance_id, actor=office.chief).ended_at
    office.engine.comment(started.instance_id, actor=office.ana, text="Read it again")
    case = office.engine.instance(started.instance_id, actor=office.chief)
    assert case.ended_at == ended is not None


def test_history_tells_what_happened_and_is_intact(office, started):
    office.engine.claim(started.work_items[0], actor=office.ana)
    office.complete(started.work_items[0], outcome="approve")
    assert office.kinds(started) == [
        "instance_started",
        "work_item_created",
        "work_item_claimed",
        "work_item_completed",
        "work_item_created",
    ]
    verification = office.engine.verify(started.instance_id)
    assert verification.intact
    assert verification.events == 5


def test_of_a_long_history_one_reads_the_oldest_or_the_newest_part(office, started):
    def seqs(**named):
        events = office.engine.history(started.instance_id, actor=office.ana, **named)
        return [event.seq for event in events]

    office.engine.claim(started.work_items[0], actor=office.ana)
    office.complete(started.work_items[0], outcome="approve")
    assert seqs(limit=2) == [1, 2]
    assert seqs(limit=2, after=2) == [3, 4]
    assert seqs(limit=2, newest=True) == [4, 5]


@pytest.mark.parametrize("statement", ["update", "delete"])
def test_the_database_refuses_to_change_history(office, started, statement):
    with pytest.raises(DBAPIError), office.engine.database.write() as connection:
        if statement == "update":
            connection.execute(update(history_event).values(actor="person:666"))
        else:
            connection.execute(history_event.delete())


def test_an_erased_payload_leaves_the_chain_verifiable(office, started):
    office.complete(started.work_items[0], outcome="approve")
    with office.engine.database.write() as connection:
        connection.execute(
            history_payload.delete().where(history_payload.c.instance_id == started.instance_id)
        )
    assert office.engine.verify(started.instance_id).intact


def test_start_with_the_same_key_starts_once(office):
    office.deploy(approvals())
    answers = {
        office.engine.start(
            "approval",
            actor=office.chief,
            business_key="M-1",
            variables={"department": "lea"},
            idempotency_key="start once",
        )
        for _ in range(3)
    }
    assert len(answers) == 1
    with office.engine.database.read() as connection:
        assert len(connection.execute(select(work_item)).all()) == 1


def _clerk(office):
    return Actor("person:5", "Clerk", frozenset({"office"}))
