"""The inbox shows each person what waits for them, in order, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import InboxQuery, InvalidInput, Labels
from tests.builders import approvals


@pytest.fixture
def many(office):
    """Seven cases of one department, one of another, started hour by hour."""
    office.deploy(approvals())
    items = []
    for number in range(7):
        items += start(office, number, "lea").work_items
        office.clock.advance(timedelta(hours=1))
    start(office, 7, "his")
    return items


def start(office, number, department):
    return office.engine.start(
        "approval",
        actor=office.chief,
        business_key=f"M-{number}",
        variables={"department": department},
        labels=Labels(f"Student {number}", department, "uu.se" if number % 2 else "usal.es"),
        links=[f"student:{number}"],
    )


def ids(page):
    return [item.id for item in page.items]


def see(office, actor, **query):
    return office.engine.inbox(actor=actor, query=InboxQuery(**query))


def test_my_groups_shows_what_is_offered_to_them_by_due_date(office, many):
    assert ids(see(office, office.ana)) == many


def test_newest_first_turns_the_order_round(office, many):
    assert ids(see(office, office.ana, sort="newest")) == many[::-1]


@pytest.mark.parametrize("sort", ["due", "newest"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_follow_each_other_without_gap_or_repetition(office, many, sort, size):
    office.engine.claim(many[2], actor=office.ana)
    seen, after = [], None
    while True:
        page = see(office, office.ana, limit=size, after=after, sort=sort)
        assert len(page.items) <= size
        seen += ids(page)
        after = page.after
        if after is None:
            break
    assert seen == (many if sort == "due" else many[::-1])


def test_a_claimed_item_is_mine_and_leaves_the_others_groups(office, many):
    office.engine.claim(many[0], actor=office.ana)
    assert ids(see(office, office.ana, view="mine")) == many[:1]
    assert ids(see(office, office.bob)) == many[1:]
    assert many[0] in ids(see(office, office.bob, view="all"))


def test_nobody_sees_another_departments_items(office, many):
    assert len(see(office, office.eve, view="all").items) == 1
    assert len(see(office, office.chief, view="all").items) == 8
    assert ids(see(office, office.chief)) == []


def test_a_linked_group_sees_the_items_of_its_cases(office, many):
    from engine import Actor

    student = Actor("person:50", "Student", frozenset({"student:3"}))
    assert ids(see(office, student, view="all")) == [many[3]]
    assert ids(see(office, student)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"text": "student 3"}, [3]),
        ({"text": "100%"}, []),
        ({"counterparty": "uu.se"}, [1, 3, 5]),
        ({"org_unit": "his"}, []),
        ({"process": "approval", "element": "step1"}, list(range(7))),
        ({"process": "unknown"}, []),
        ({"element": "step2"}, []),
    ],
)
def test_filters_narrow_the_list(office, many, query, found):
    assert ids(see(office, office.ana, **query)) == [many[number] for number in found]


def test_overdue_shows_what_is_late(office, many):
    office.clock.advance(timedelta(days=7) - timedelta(hours=5))
    late = see(office, office.ana, overdue=True)
    assert ids(late) == many[:2]
    assert office.engine.inbox_counts(actor=office.ana).overdue == 2


def test_counts_tell_what_is_mine_and_what_is_my_groups(office, many):
    office.engine.claim(many[0], actor=office.ana)
    counts = office.engine.inbox_counts(actor=office.ana)
    assert (counts.mine, counts.groups) == (1, 7)


@pytest.mark.parametrize(
    "cursor", ["", "x", "1", "1.2.3", "1." + "9" * 30, "-1.x", "-5.-5", "9" * 5000, "٣.٣"]
)
def test_a_made_up_cursor_is_refused(office, many, cursor):
    with pytest.raises(InvalidInput):
        see(office, office.ana, after=cursor)


def test_a_page_takes_few_statements_whatever_is_open(office, many, count_statements):
    see(office, office.ana)
    with count_statements(office.engine.database) as counted:
        see(office, office.ana, limit=3)
    assert len(counted) <= 2
    with count_statements(office.engine.database) as counted:
        office.engine.inbox_counts(actor=office.ana)
    assert len(counted) == 1
