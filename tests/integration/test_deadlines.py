"""Deadlines of tasks: who is late, what is due next, what was completed late."""

from __future__ import annotations

import pytest

from engine import Actor
from engine.history.filters import HistoryFilter
from engine.runtime.deadlines import DeadlineQuery, deadlines, late_holders
from engine.tables.types import from_micros
from tests.builders_durations import Task, at, write

AUDITOR = Actor("person:7", "Anne", frozenset({"auditor"}), oversees=True)
STUDENT = Actor("person:8", "Léa", frozenset({"student:8"}))
TODAY = at(50)

TASKS = [
    Task(case=1, completed=None, due=40),
    Task(case=2, completed=None, due=45, element="sign", candidate="ri"),
    Task(case=3, completed=None, due=45, candidate="ri", partner="Uppsala"),
    Task(case=4, completed=None, due=60),
    Task(case=5, completed=None, due=None),
    Task(case=6, completed=9, due=5),
    Task(case=7, completed=5, due=5),
    Task(case=8, completed=30, due=5, element="sign"),
    Task(case=9, completed=None, due=1, restricted=True),
]


@pytest.fixture
def listed(database):
    """Answers queries about the tasks above, rolled back at the end."""
    with database.engine.connect() as connection, connection.begin() as transaction:
        write(connection, TASKS)
        yield lambda actor=AUDITOR, **query: deadlines(
            connection, actor, DeadlineQuery(**query), TODAY
        )
        transaction.rollback()


def cases(page):
    return [each.instance_id for each in page.items]


def test_who_is_late_longest_comes_first(listed):
    page = listed()
    assert cases(page) == [1, 2, 3]
    assert (page.items[0].candidate, page.items[0].due_at) == (
        "coordinator:lea",
        from_micros(at(40)),
    )


def test_what_is_due_next_comes_first_and_nothing_without_a_deadline(listed):
    assert cases(listed(state="coming")) == [4]


def test_what_was_completed_late_is_kept_the_last_first(listed):
    page = listed(state="missed")
    assert cases(page) == [8, 6]
    assert page.items[0].completed_by == "person:1"


@pytest.mark.parametrize("state", ["late", "missed"])
def test_pages_follow_each_other_without_gap_or_repetition(listed, state):
    found, after = [], None
    while True:
        page = listed(state=state, after=after, limit=1)
        found += cases(page)
        if (after := page.after) is None:
            break
    assert found == cases(listed(state=state))


def test_the_list_is_narrowed(listed):
    for narrowed, expected in (
        ({"elements": ("sign",)}, [2]),
        ({"counterparties": ("Uppsala",)}, [3]),
        ({"processes": ("grant",)}, []),
    ):
        assert cases(listed(wanted=HistoryFilter(**narrowed))) == expected


def test_a_case_is_listed_to_those_alone_who_may_see_it(listed):
    participant = Actor("person:5", "Chloé", frozenset({"coordinator:lea"}), oversees=True)
    assert cases(listed(participant)) == [9, 1, 2, 3]
    assert cases(listed(STUDENT)) == []


@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # nine rows PostgreSQL reads whole
@pytest.mark.parametrize(
    ("state", "index"), [("late", "ix_work_item_open"), ("missed", "ix_work_item_late")]
)
def test_a_page_is_read_by_an_index(listed, database, count_statements, state, index):
    with count_statements(database) as sent:
        listed(state=state)
    [statement] = sent
    with database.read() as connection:
        marks = tuple([0] * statement.count("?"))
        plan = [
            row.detail
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", marks)
        ]
    assert any(index in step for step in plan)
    assert not any("B-TREE FOR ORDER" in step for step in plan)


def test_of_whom_most_late_tasks_are_asked_is_told(database):
    with database.engine.connect() as connection, connection.begin() as transaction:
        write(connection, TASKS)
        found = late_holders(connection, AUDITOR, HistoryFilter(), TODAY)
        transaction.rollback()
    assert [(each.candidate, each.number, each.first_due) for each in found] == [
        ("ri", 2, from_micros(at(45))),
        ("coordinator:lea", 1, from_micros(at(40))),
    ]
