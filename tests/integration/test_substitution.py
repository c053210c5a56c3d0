"""A substitute does the work of whom they replace, under both names, and nothing more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import Actor, Conflict, Forbidden, InboxQuery, InstanceQuery, NotFound, Replaced
from tests.builders import Diagram, approvals


@pytest.fixture
def case(office):
    """A case at its first step, offered to Ana and Bob; Eve is of another department."""
    office.deploy(approvals(steps=2))
    return office.start()


@pytest.fixture
def both(office):
    """A case that two of Ana's group must agree to."""
    office.deploy(Diagram("two", {"Office": '"coordinator:lea"'}).start().user(
        "ask", approval="four_eyes").user("then").end().flow("begin", "ask", "then", "finish")
    )  # fmt: skip
    return office.start()


def standing_in(actor, *others, definitions=None):
    """``actor`` while the others are away."""
    replaced = tuple(Replaced(each.id, each.groups, definitions) for each in others)
    return replace(actor, replaces=replaced)


def last(office, case, kind):
    events = office.engine.history(case.instance_id, actor=office.chief)
    return next((e.actor, e.on_behalf_of) for e in reversed(events) if e.kind == kind)


def ids(office, actor, view="groups"):
    page = office.engine.inbox(actor=actor, query=InboxQuery(view=view))
    return [item.id for item in page.items]


def test_a_substitute_finds_decides_and_is_named_with_whom_they_replace(office, case):
    (item,) = case.work_items
    assert ids(office, office.eve) == ids(office, office.eve, "all") == []
    eve = standing_in(office.eve, office.ana)
    assert ids(office, eve) == ids(office, eve, "all") == [item]
    assert office.engine.inbox_counts(actor=eve).groups == 1
    office.complete(item, actor=eve, outcome="approve")
    done = office.engine.work_item(item, actor=office.chief)
    assert (done.completed_by, done.on_behalf_of) == (eve.id, office.ana.id)
    assert last(office, case, "work_item_completed") == (eve.id, office.ana.id)
    (seat,) = office.engine.seats(item, actor=office.chief)
    assert (seat.decided_by, seat.on_behalf_of) == (eve.id, office.ana.id)


def test_the_same_answer_again_is_the_first_answer(office, case):
    eve = standing_in(office.eve, office.ana)
    (item,) = case.work_items
    first = office.complete(item, actor=eve, outcome="approve", key="k")
    assert office.complete(item, actor=eve, outcome="approve", key="k") == first


def test_the_case_opens_to_a_substitute_and_closes_behind_them(office, case):
    eve = standing_in(office.eve, office.ana)
    (item,) = case.work_items
    office.engine.comment(case.instance_id, actor=eve, text="I look after it")
    assert last(office, case, "commented") == (eve.id, office.ana.id)
    for actor in (office.eve, standing_in(office.eve, office.chief)):
        with pytest.raises(NotFound):
            office.engine.instance(case.instance_id, actor=actor)
        with pytest.raises(NotFound):
            office.engine.work_item(item, actor=actor)
        with pytest.raises(NotFound):
            office.complete(item, actor=actor, outcome="approve")


def test_cases_of_linked_groups_are_listed_for_a_substitute(office):
    office.deploy(approvals())
    started = office.engine.start(
        "approval", actor=office.chief, business_key="M-2", variables={"department": "lea"},
        links=["coordinator:lea"],
    )  # fmt: skip
    (definition,) = office.engine.definitions()

    def listed(actor):
        return [
            each.id for each in office.engine.instances(actor=actor, query=InstanceQuery()).items
        ]

    assert listed(office.eve) == []
    assert listed(standing_in(office.eve, office.ana)) == [started.instance_id]
    only = frozenset({definition.id})
    assert listed(standing_in(office.eve, office.ana, definitions=only)) == [started.instance_id]
    other = standing_in(office.eve, office.ana, definitions=frozenset({definition.id + 1}))
    assert listed(other) == []
    assert ids(office, other) == ids(office, other, "all") == []
    with pytest.raises(NotFound):
        office.engine.instance(started.instance_id, actor=other)
    with pytest.raises(NotFound):
        office.complete(started.work_items[0], actor=other, outcome="approve")


def test_what_somebody_had_claimed_is_done_by_their_substitute(office, case):
    (item,) = case.work_items
    office.engine.claim(item, actor=office.ana)
    with pytest.raises(Conflict):
        office.engine.claim(item, actor=office.bob)
    bob = standing_in(office.bob, office.ana)
    assert ids(office, bob, "mine") == [item]
    office.engine.save_draft(item, actor=bob, data={})
    office.engine.claim(item, actor=bob)
    assert last(office, case, "work_item_claimed") == (bob.id, office.ana.id)
    assert office.engine.work_item(item, actor=bob).assignee == bob.id
    office.engine.release(item, actor=bob)
    assert last(office, case, "work_item_released") == (bob.id, None)


def test_a_substitute_gives_back_and_hands_on_what_the_absent_one_held(office, case):
    (item,) = case.work_items
    office.engine.claim(item, actor=office.ana)
    eve = standing_in(office.eve, office.ana)
    office.engine.assign(item, actor=eve, to=office.bob.id)
    assert last(office, case, "work_item_assigned") == (eve.id, office.ana.id)
    with pytest.raises(Forbidden):
        office.engine.release(item, actor=eve)
    office.engine.assign(item, actor=office.bob, to=office.ana.id)
    office.engine.release(item, actor=eve)
    assert last(office, case, "work_item_released") == (eve.id, office.ana.id)
    assert office.engine.work_item(item, actor=eve).assignee is None


def test_a_seat_for_one_person_falls_to_their_substitute(office):
    office.deploy(Diagram("seat", {"Teacher": '"person:1"'}).start().user(
        "ask", approval="single").end().flow("begin", "ask", "finish")
    )  # fmt: skip
    (item,) = office.start().work_items
    assert ids(office, office.bob) == []
    bob = standing_in(office.bob, office.ana)
    assert ids(office, bob) == [item]
    office.complete(item, actor=bob, outcome="approve")


def test_one_who_belongs_to_the_group_acts_for_themselves(office, case):
    (item,) = case.work_items
    bob = standing_in(office.bob, office.ana)
    assert ids(office, bob) == [item]
    office.complete(item, actor=bob, outcome="approve")
    assert last(office, case, "work_item_completed") == (bob.id, None)


def test_two_absent_colleagues_show_an_offer_once(office, case):
    eve = standing_in(office.eve, office.ana, office.bob)
    assert ids(office, eve) == list(case.work_items)
    assert office.engine.inbox_counts(actor=eve).groups == 1


def test_nothing_of_the_substitute_goes_back_or_further(office, case):
    """Who replaces Eve gets what Eve has herself, not what Eve replaces others for."""
    carl = Actor("person:4", "Carl", replaces=(Replaced(office.eve.id, office.eve.groups),))
    (item,) = case.work_items
    assert ids(office, carl) == []
    with pytest.raises(NotFound):
        office.complete(item, actor=carl, outcome="approve")


def test_a_substitute_does_not_count_twice(office, both):
    first, second = both.work_items
    office.complete(first, actor=office.bob, outcome="approve")
    with pytest.raises(Forbidden):
        office.complete(second, actor=standing_in(office.bob, office.ana), outcome="approve")
    office.complete(second, actor=standing_in(office.eve, office.ana), outcome="approve")
    assert office.open_elements(both) == ["then"]


@pytest.mark.parametrize("again", ["ana", "dan", "eve"])
def test_whoever_was_replaced_has_spoken(office, both, again):
    """Neither Ana herself, nor another substitute of hers, nor the same one once more."""
    first, second = both.work_items
    dan = Actor("person:5", "Dan", frozenset({"coordinator:his"}))
    office.complete(first, actor=standing_in(office.eve, office.ana), outcome="approve")
    people = {
        "ana": office.ana,
        "dan": standing_in(dan, office.ana),
        "eve": standing_in(office.eve, office.bob),
    }
    with pytest.raises(Forbidden):
        office.complete(second, actor=people[again], outcome="approve")
    office.complete(second, actor=office.bob, outcome="approve")


def test_a_substitute_of_someone_excluded_is_excluded(office):
    office.deploy(Diagram("own", {"Office": '"coordinator:lea"'}).start().user(
        "ask", approval="single", approval_exclude='"person:1"'
    ).end().flow("begin", "ask", "finish"))  # fmt: skip
    (item,) = office.start().work_items
    office.engine.assign(item, actor=office.bob, to=office.ana.id)
    with pytest.raises(Forbidden):
        office.complete(item, actor=standing_in(office.eve, office.ana), outcome="approve")
    office.engine.assign(item, actor=office.bob, to=office.bob.id)
    office.complete(item, actor=office.bob, outcome="approve")


def test_substitution_adds_no_statement_to_the_inbox(office, case, count_statements):
    (definition,) = office.engine.definitions()
    actors = [
        office.eve,
        standing_in(office.eve, office.ana, office.bob),
        standing_in(office.eve, office.ana, definitions=frozenset({definition.id})),
    ]
    ids(office, actors[1])
    counted = []
    for actor in actors:
        with count_statements(office.engine.database) as sent:
            ids(office, actor)
            office.engine.inbox_counts(actor=actor)
        counted.append(len(sent))
    assert counted == [2, 2, 2]


def test_counts_of_many_queries_take_one_statement(office, count_statements):
    office.deploy(approvals())
    for number in range(3):
        office.start(number=number)
    queries = [
        InboxQuery(),
        InboxQuery(view="mine"),
        InboxQuery(view="all", text="nobody"),
        InboxQuery(overdue=True),
        InboxQuery(view="all"),
    ]
    with count_statements(office.engine.database) as sent:
        assert office.engine.inbox_totals(queries, actor=office.ana) == [3, 0, 0, 0, 3]
    assert len(sent) == 1
    assert office.engine.inbox_totals([], actor=office.ana) == []
