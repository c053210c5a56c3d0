"""Running cases move to another version of their process, or stay and say why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine import Actor, InvalidInput, InvalidState, NotFound, Reason, Selection, Way
from engine.migrating import SLICE
from engine.tables import instance, subscription
from tests.builders import Diagram, timer

ADMIN = Actor("person:7", "Ada", frozenset({"admin"}), oversees=True)
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is decided without the database."""

MULTIPLE = (
    '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
    '<bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">2</bpmn:loopCardinality>'
    "</bpmn:multiInstanceLoopCharacteristics>"
)


def simple(*, last: str = "", ask: str = "ask", **asked: str) -> Diagram:
    """Ask, then decide; with ``last`` a step more."""
    diagram = Diagram("case").start().user(ask, **asked).user("decide").end()
    if last:
        return diagram.user(last).flow("begin", ask, "decide", last, "finish")
    return diagram.flow("begin", ask, "decide", "finish")


@pytest.fixture
def house(office):
    """An office whose Ana works at the desk of the builders' one lane."""
    office.ana = Actor("person:1", "Ana", frozenset({"office"}))
    office.bob = Actor("person:2", "Bob", frozenset({"office"}))
    return office


def route_of(house, mapping=None):
    versions = house.engine.versions("case")
    return house.engine.migration_route("case", 1, versions[0].number, mapping or {})


def preview(house, mapping=None, **named):
    return house.engine.preview_migration(route_of(house, mapping), actor=ADMIN, **named)


def verdict(house, mapping=None):
    """Why the one case stays, or how it moves."""
    seen = preview(house, mapping)
    for stays in seen.staying.items:
        return stays.reason, stays.element
    ((way, number),) = seen.counts.items()
    assert number == 1
    return way


def migrate(house, mapping=None, selection=None):
    """Order a migration and let the workers do it; gives the order as it ended."""
    named = {} if selection is None else {"selection": selection}
    order = house.engine.migrate(route_of(house, mapping), actor=ADMIN, **named)
    house.work()
    return house.engine.migration(order, actor=ADMIN)


def version_of(house, started):
    return house.engine.instance(started.instance_id, actor=house.chief).version


def test_a_case_moves_with_its_item_as_it_is_and_goes_on_by_the_new_version(house):
    house.deploy(simple())
    started = house.start()
    (item,) = started.work_items
    house.engine.claim(item, actor=house.ana)
    house.engine.save_draft(item, actor=house.ana, data={"text": "half"})
    house.engine.set_priority(item, actor=house.ana, priority=80)
    house.engine.set_due(item, actor=house.ana, at=house.clock.now() + timedelta(days=3))
    remark = house.engine.comment(started.instance_id, actor=house.ana, text="Mind it")
    before = house.engine.work_item(item, actor=house.ana)
    house.deploy(simple(last="archive"))

    assert verdict(house) is Way.UNCHANGED
    order = migrate(house)

    assert (order.counts, order.left, order.running) == ({Way.UNCHANGED: 1}, 0, False)
    after = house.engine.work_item(item, actor=house.ana)
    kept = ("id", "assignee", "draft", "priority", "due_at", "candidate", "created_at", "element")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert after.definition_id == route_of(house).target.id
    comments = house.engine.comments(started.instance_id, actor=house.ana)
    assert [each.id for each in comments] == [remark]
    assert version_of(house, started) == 2
    (decide,) = house.complete(item).next_items
    (archive,) = house.complete(decide).next_items
    assert house.complete(archive).instance_finished
    assert house.engine.verify(started.instance_id).intact


def test_history_says_who_moved_the_case_from_where_to_where(house):
    house.deploy(simple())
    started = house.start()
    house.deploy(simple(ask="question", last="archive"))
    migrate(house, {"ask": "question"})
    event = house.engine.history(started.instance_id, actor=house.chief)[-1]
    assert (event.kind, event.actor) == ("migrated", ADMIN.id)
    assert event.payload == {"from": 1, "to": 2, "mapping": {"ask": "question"}}


def test_a_renamed_step_moves_only_with_a_mapping(house):
    house.deploy(simple())
    started = house.start()
    house.deploy(simple(ask="question"))
    assert verdict(house) == (Reason.REMOVED, "ask")
    ((removed, offered),) = route_of(house).mappable()
    assert (removed.id, [each.id for each in offered]) == ("ask", ["question"])
    assert verdict(house, {"ask": "question"}) is Way.MAPPED
    order = migrate(house, {"ask": "question"})
    assert order.counts == {Way.MAPPED: 1}
    assert house.open_elements(started) == ["question"]
    (decide,) = house.complete(*started.work_items).next_items
    assert house.complete(decide).instance_finished


@ONE_DATABASE
@pytest.mark.parametrize(
    "mapping", [{"nothing": "ask"}, {"ask": "nothing"}, {"ask": "finish"}, {"ask": "decide"}]
)
def test_a_mapping_of_what_is_not_there_or_of_unequal_elements_is_refused(house, mapping):
    house.deploy(simple())
    house.deploy(simple(last="archive"))
    with pytest.raises(InvalidInput) as refused:
        route_of(house, mapping)
    assert set(refused.value.errors) == {"mapping"}


@ONE_DATABASE
def test_a_version_does_not_move_to_itself_or_to_what_is_not_there(house):
    house.deploy(simple())
    with pytest.raises(InvalidInput):
        house.engine.migration_route("case", 1, 1, {})
    with pytest.raises(NotFound):
        house.engine.migration_route("case", 1, 2, {})


def parallel(*, second: str = "right") -> Diagram:
    diagram = Diagram("case").start().gateway("fork", "parallel").user("left").user(second)
    diagram.gateway("join", "parallel").user("then").end()
    diagram.flow("begin", "fork", "left", "join", "then", "finish")
    return diagram.flow("fork", second, "join")


def test_a_token_at_a_join_waits_on_there(house):
    house.deploy(parallel())
    started = house.start()
    left, right = started.work_items
    house.complete(left)
    house.deploy(parallel(second="other"))
    assert verdict(house) == (Reason.REMOVED, "right")
    assert migrate(house, {"right": "other"}).counts == {Way.MAPPED: 1}
    (then,) = house.complete(right).next_items
    assert house.complete(then).instance_finished


def test_a_case_stays_where_no_case_of_the_target_can_stand(house):
    in_a_row = Diagram("case").start().user("left").user("right").user("then").end()
    house.deploy(in_a_row.flow("begin", "left", "right", "then", "finish"))
    started = house.start()
    house.deploy(parallel())
    assert verdict(house) == (
        Reason.UNREACHABLE,
        "left",
    )  # alone it would wait at the join for ever
    order = migrate(house)
    assert order.counts == {Way.STAYS: 1}
    assert version_of(house, started) == 1
    assert house.kinds(started)[-1] != "migrated"


@ONE_DATABASE
def test_two_branches_do_not_move_into_steps_that_follow_each_other(house):
    house.deploy(parallel())
    house.start()
    in_a_row = Diagram("case").start().user("left").user("right").user("then").end()
    house.deploy(in_a_row.flow("begin", "left", "right", "then", "finish"))
    assert verdict(house) == (Reason.UNREACHABLE, "")


def reminded(text: str = "P3D", *, kind: str = "timeDuration", host: str = "ask") -> Diagram:
    diagram = Diagram("case").start().user(host).user("decide").service("mail", "notify")
    diagram.end().end("told").boundary("late", host, timer(kind, text), interrupting=False)
    diagram.flow("begin", host, "decide", "finish")
    return diagram.flow("late", "mail", "told")


def test_a_reminder_is_due_when_it_was(house, plugged):
    house.deploy(reminded())
    started = house.start()
    house.wait(days=2)
    house.deploy(reminded(host="question"))
    order = migrate(house, {"ask": "question"})
    assert order.counts == {Way.MAPPED: 1}
    house.wait(hours=23)
    assert not plugged.performed
    house.wait(hours=2)
    assert [each.element for each in plugged.performed] == ["mail"]
    assert house.open_elements(started) == ["question"]


@ONE_DATABASE
def test_a_case_moves_while_its_reminder_stands_aside(house, plugged):
    plugged.failures = 1
    house.deploy(reminded())
    house.start()
    house.wait(days=3, minutes=1)  # the mail has failed once and is tried again in a while
    house.deploy(reminded(host="question"))
    assert migrate(house, {"ask": "question"}).counts == {Way.MAPPED: 1}
    house.wait(hours=1)
    assert len(plugged.performed) == 2


@ONE_DATABASE
@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (reminded("P5D"), (Reason.TIMER, "late")),
        (simple(), (Reason.EVENTS, "ask")),
    ],
)
def test_another_reminder_keeps_the_case(house, target, reason):
    house.deploy(reminded())
    house.start()
    house.deploy(target)
    assert verdict(house) == reason


def waiting(name: str = "answer", element: str = "wait") -> Diagram:
    diagram = Diagram("case")
    diagram.start().catch(element, diagram.message(name)).user("then").end()
    return diagram.flow("begin", element, "then", "finish")


def test_a_subscription_follows_its_renamed_event(house):
    house.deploy(waiting())
    started = house.start()
    house.deploy(waiting(element="await"))
    assert migrate(house, {"wait": "await"}).counts == {Way.MAPPED: 1}
    with house.engine.database.read() as connection:
        assert connection.execute(select(subscription.c.element)).scalars().all() == ["await"]
    house.engine.correlate("answer", {}, message_id="m1", business_key="M-1")
    assert house.open_elements(started) == ["then"]


@ONE_DATABASE
def test_a_case_that_waits_for_another_message_stays(house):
    house.deploy(waiting())
    house.start()
    house.deploy(waiting("other"))
    assert verdict(house) == (Reason.MESSAGE, "wait")


def multiple() -> Diagram:
    diagram = Diagram("case").start().node("userTask", "ask", inner=MULTIPLE).user("decide").end()
    return diagram.flow("begin", "ask", "decide", "finish")


def nested(last: str = "finish") -> Diagram:
    inner = (
        '<bpmn:startEvent id="in"/><bpmn:userTask id="ask" name="ask"/><bpmn:endEvent id="out"/>'
        '<bpmn:sequenceFlow id="i1" sourceRef="in" targetRef="ask"/>'
        '<bpmn:sequenceFlow id="i2" sourceRef="ask" targetRef="out"/>'
    )
    diagram = Diagram("case").start().node("subProcess", "part", inner=inner).end(last)
    return diagram.flow("begin", "part", last)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        (multiple(), simple(), (Reason.LOOP, "ask")),
        (nested(), nested("ended"), (Reason.SUBPROCESS, "part")),
        (simple(), multiple(), (Reason.TYPE, "ask")),
    ],
)
def test_a_case_inside_what_runs_several_tokens_stays(house, source, target, reason):
    house.deploy(source)
    house.start()
    house.deploy(target)
    assert verdict(house) == reason


@ONE_DATABASE
def test_a_step_that_asks_more_people_opens_the_seats_it_lacks(house):
    house.deploy(simple(approval="single"))
    started = house.start()
    (mine,) = started.work_items
    house.engine.claim(mine, actor=house.ana)
    house.deploy(simple(approval="quorum", approval_required="2", approval_size="2"))
    assert verdict(house) is Way.UNCHANGED
    migrate(house)
    assert house.open_elements(started) == ["ask", "ask"]
    house.complete(mine, house.ana, "approve")
    (other,) = (
        each for each in house.engine.instance(started.instance_id, actor=house.chief).open_items
    )
    assert house.complete(other.id, house.bob, "approve").outcome == "approve"
    assert house.open_elements(started) == ["decide"]


@ONE_DATABASE
def test_a_half_decided_step_moves_only_where_it_is_decided_alike(house):
    house.deploy(simple(approval="four_eyes"))
    first, _ = house.start().work_items
    house.complete(first, house.ana, "approve")
    house.deploy(simple(approval="four_eyes", last="archive"))
    assert verdict(house) is Way.UNCHANGED
    house.deploy(simple(approval="quorum", approval_required="2", approval_size="3"))
    assert verdict(house) == (Reason.HALF_DECIDED, "ask")


@ONE_DATABASE
@pytest.mark.parametrize(
    "target", [simple(candidateGroup='"ri"'), simple(approval="single", candidateGroup='"ri"')]
)
def test_a_case_whose_step_asks_other_people_stays(house, target):
    house.deploy(simple())
    house.start()
    house.deploy(target)
    assert verdict(house) == (Reason.PEOPLE, "ask")


def mailing(service_kind: str, *, retries: str = "1") -> Diagram:
    diagram = Diagram("case").start().user("ask").service("mail", "notify", retries=retries)
    diagram.end().flow("begin", "ask", "mail", "finish")
    if service_kind:
        diagram = Diagram("case").start().user("ask")
        diagram.service("mail", "notify", retries=retries, param_kind=service_kind).end()
        diagram.flow("begin", "ask", "mail", "finish")
    return diagram


def test_a_case_with_an_incident_stays_until_it_is_solved(house, plugged):
    plugged.failures = 1
    house.deploy(mailing(""))
    house.complete(*house.start().work_items)
    house.work()
    house.deploy(mailing("", retries="2"))
    assert verdict(house) == (Reason.INCIDENT, "mail")
    assert migrate(house).counts == {Way.STAYS: 1}
    house.engine.retry(house.incidents()[0].id, actor=house.chief)
    assert verdict(house) is Way.UNCHANGED
    house.work()
    assert len(plugged.performed) == 2


@ONE_DATABASE
def test_a_case_whose_automatic_step_does_something_else_stays(house):
    house.deploy(mailing(""))
    house.complete(*house.start().work_items)
    house.deploy(mailing('"paper"'))
    assert verdict(house) == (Reason.SERVICE, "mail")


def test_a_case_whose_job_is_being_done_stays_and_an_old_lease_loses_its_hold(house, plugged):
    house.deploy(mailing(""))
    house.complete(*house.start().work_items)
    house.deploy(mailing("", retries="2"))
    engine, prepared = house.engine, []
    perform = plugged.perform

    def meanwhile(done):
        if not prepared:
            prepared.append(verdict(house))
            house.clock.advance(timedelta(hours=1))
            order = engine.migrate(route_of(house), actor=ADMIN)
            engine.work_off_migration(order)
            prepared.append(engine.migration(order, actor=ADMIN).counts)
        return perform(done)

    plugged.perform = meanwhile
    house.work()
    assert prepared == [(Reason.BUSY, "mail"), {Way.UNCHANGED: 1}]
    # The first worker's answer came to nothing; the work was done again by the new version.
    assert (len(plugged.performed), len(plugged.applied)) == (2, 1)


def start_many(house, number):
    return [house.start() for _ in range(number)]


def test_an_order_is_worked_off_in_slices_and_again_goes_on_where_it_ended(house):
    house.deploy(simple())
    begun = start_many(house, 5)
    house.deploy(simple(last="archive"))
    order = house.engine.migrate(route_of(house), actor=ADMIN)
    assert house.engine.work_off_migration(order, limit=2)
    half = house.engine.migration(order, actor=ADMIN)
    assert (half.counts, half.left, half.running) == ({Way.UNCHANGED: 2}, 3, True)
    house.engine.cancel_migration(order, actor=ADMIN)
    assert not house.engine.work_off_migration(order)
    house.work()
    assert [version_of(house, each) for each in begun] == [2, 2, 1, 1, 1]
    with pytest.raises(InvalidState):
        house.engine.cancel_migration(order, actor=ADMIN)
    assert migrate(house).counts == {Way.UNCHANGED: 3}
    assert [each.running for each in house.engine.migrations("case")] == [False, False]
    assert all(house.kinds(each).count("migrated") == 1 for each in begun)


def test_only_the_cases_that_are_meant_move(house):
    house.deploy(simple())
    first, second = start_many(house, 2)
    house.complete(*first.work_items)
    house.deploy(simple(last="archive"))
    chosen = Selection(element="decide")
    assert preview(house, selection=chosen).counts == {Way.UNCHANGED: 1}
    assert migrate(house, selection=chosen).counts == {Way.UNCHANGED: 1}
    assert [version_of(house, each) for each in (first, second)] == [2, 1]


def test_those_that_stay_are_listed_page_by_page_in_preview_and_result(house):
    house.deploy(simple())
    start_many(house, 3)
    house.deploy(simple(ask="question"))
    first = preview(house, limit=2)
    assert first.reasons == {Reason.REMOVED: 3}
    rest = preview(house, limit=2, after=first.staying.after)
    expected = [each.instance_id for each in (*first.staying.items, *rest.staying.items)]
    assert (len(set(expected)), rest.staying.after) == (3, None)
    order = migrate(house)
    page = house.engine.stayed(order.id, actor=ADMIN, limit=2)
    more = house.engine.stayed(order.id, actor=ADMIN, limit=2, after=page.after)
    assert [each.instance_id for each in (*page.items, *more.items)] == expected


@ONE_DATABASE
def test_cases_move_back_the_same_way(house):
    house.deploy(simple())
    started = house.start()
    house.deploy(simple(last="archive"))
    migrate(house)
    back = house.engine.migration_route("case", 2, 1, {})
    house.engine.migrate(back, actor=ADMIN)
    house.work()
    assert version_of(house, started) == 1


def test_restricted_cases_move_and_are_neither_counted_nor_listed(house):
    named = {"routingVariables": "department", "restricted": "true"}
    source = simple()
    source.process_properties = named
    house.deploy(source)
    started = house.start()
    target = simple(last="archive")
    target.process_properties = named
    house.deploy(target)
    assert preview(house).counts == {}
    order = migrate(house)
    assert (order.counts, order.left) == ({}, 0)
    with house.engine.database.read() as connection:
        moved = connection.scalar(select(instance.c.definition_id))
    assert moved == route_of(house).target.id
    assert house.engine.verify(started.instance_id).intact


def test_a_moved_case_costs_few_statements_and_a_slice_fits_into_a_lease(house):
    house.deploy(simple())
    start_many(house, 3)
    house.deploy(simple(last="archive"))
    order = house.engine.migrate(route_of(house), actor=ADMIN)
    counted = []
    engine = house.engine.database.engine
    event.listen(engine, "before_cursor_execute", lambda *_: counted.append(1))
    house.engine.work_off_migration(order, limit=1)
    few = len(counted)
    house.engine.work_off_migration(order, limit=2)
    assert len(counted) - 2 * few <= 14
    assert SLICE <= 500
