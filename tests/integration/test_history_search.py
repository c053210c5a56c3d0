"""Searching the history: what a filter finds, in which order, for whom, and along which index."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from engine import Actor, Engine, Registry
from engine.errors import InvalidInput
from engine.history.filters import HistoryFilter
from engine.runtime import filtering, searching
from engine.runtime.searching import _Search
from engine.values import InstanceStatus
from tests.builders_history import BEGIN, DAY, deployed, written

AUDITOR = Actor("person:1", "Anne", frozenset({"auditor"}), oversees=True)
CARE = Actor("person:2", "Carla", frozenset({"care"}), oversees=True)
COORDINATOR = Actor("person:3", "Marie", frozenset({"coordinator:his"}))
STARTED = ("instance_started", "begin", "ana")
TWICE = HistoryFilter(outcomes=("return",), times=2)


@pytest.fixture
def engine(database, clock):
    """Six cases: 1, 2, 3 and 6 are of contracts, 4 and 5 of grants."""
    with database.engine.begin() as connection:
        deployed(connection, {1: ("contract", 1), 2: ("contract", 2), 3: ("grant", 1)})
        written(
            connection, 1,
            [STARTED, ("return", "check", "bea"), ("return", "sign", "cem>dora")],
        )  # fmt: skip
        written(
            connection, 2, [STARTED, ("return", "check", "bea"), ("approve", "check", "bea")],
            day=10, definition_id=2, org_unit="his", counterparty="Graz",
            linked="coordinator:his",
        )  # fmt: skip
        written(
            connection, 3, [STARTED, ("return", "check", "bea"), ("return", "check", "bea")],
            day=20, status=1, ended_at=5,
        )  # fmt: skip
        written(connection, 4, [STARTED, ("migrated", "", "eve")], day=30, definition_id=3)
        written(connection, 5, [("award", "decide", "fay")], day=40, definition_id=3, status=2)
        written(
            connection, 6, [STARTED, ("return", "check", "bea"), ("return", "check", "bea")],
            day=50, restricted=True, linked="care",
        )  # fmt: skip
    return Engine(database, Registry(), clock=clock)


def cases(engine, wanted, actor=AUDITOR):
    """The numbers of the cases found, in order; however they are asked for, they are the same."""
    found = engine.search_cases(wanted, actor=actor)
    numbers = [each.case.id for each in found.items]
    with engine.database.read() as connection:
        whole = {row.id for row in connection.execute(filtering.cases(actor, wanted))}
    assert sorted(numbers) == sorted(whole)
    assert found.count == len(numbers)
    return numbers


def events(engine, wanted, actor=AUDITOR):
    found = engine.search_events(wanted, actor=actor)
    numbers = [(each.event.instance_id, each.event.seq) for each in found.items]
    assert all(each.case.id == each.event.instance_id for each in found.items)
    with engine.database.read() as connection:
        whole = {tuple(row) for row in connection.execute(filtering.events(actor, wanted))}
    assert sorted(numbers) == sorted(whole)
    assert found.count == len(numbers)
    return numbers


def on(first, last):
    return {"since": BEGIN + first * DAY, "until": BEGIN + last * DAY}


CASES = [
    (HistoryFilter(), [5, 4, 3, 2, 1]),
    (HistoryFilter(processes=("contract",)), [3, 2, 1]),
    (HistoryFilter(processes=("contract",), versions=(2,)), [2]),
    (HistoryFilter(versions=(1,)), [5, 4, 3, 1]),
    (HistoryFilter(states=(InstanceStatus.TERMINATED,)), [5]),
    (HistoryFilter(business_key="M-2"), [2]),
    (HistoryFilter(org_units=("his",)), [2]),
    (HistoryFilter(counterparties=("Graz", "Oslo")), [2]),
    (HistoryFilter(kinds=("migrated",)), [4]),
    (HistoryFilter(kinds=("instance_started",)), [4, 3, 2, 1]),
    (HistoryFilter(elements=("sign", "decide")), [5, 1]),
    (HistoryFilter(people=("dora",)), [1]),
    (HistoryFilter(substituted=True), [1]),
    (HistoryFilter(outdated=True), [3, 1]),
    (HistoryFilter(states=(InstanceStatus.ACTIVE,), outdated=True), [1]),
    (HistoryFilter(people=("fay", "bea")), [5, 3, 2, 1]),
    (HistoryFilter(outcomes=("return",)), [3, 2, 1]),
    (HistoryFilter(outcomes=("return", "award")), [5, 3, 2, 1]),
    (HistoryFilter(outcomes=("return",), kinds=("migrated",)), []),
    (HistoryFilter(outcomes=("return",), people=("cem",)), [1]),
    (HistoryFilter(outcomes=("return",), elements=("check",), times=2), [3]),
    (TWICE, [3, 1]),
    (HistoryFilter(times=3), [3, 2, 1]),
    (HistoryFilter(**on(10, 11)), [2]),
    (HistoryFilter(**on(1, 3), outcomes=("return",), times=2), [1]),
    (HistoryFilter(**on(1, 2), outcomes=("return",), times=2), []),
    (HistoryFilter(processes=("grant",), people=("bea",)), []),
]


@pytest.mark.parametrize("few", [0, 200])
def test_a_filter_finds_its_cases_whichever_way_they_are_looked_up(engine, monkeypatch, few):
    monkeypatch.setattr(searching, "FEW", few)
    for wanted, numbers in CASES:
        assert cases(engine, wanted) == numbers, wanted


EVENTS = [
    (HistoryFilter(business_key="M-1"), [(1, 3), (1, 2), (1, 1)]),
    (
        HistoryFilter(processes=("contract",), outcomes=("return",)),
        [(3, 3), (3, 2), (2, 2), (1, 3), (1, 2)],
    ),
    (TWICE, [(3, 3), (3, 2), (1, 3), (1, 2)]),
    (HistoryFilter(people=("bea",), org_units=("his",)), [(2, 3), (2, 2)]),
    (HistoryFilter(kinds=("migrated",)), [(4, 2)]),
    (HistoryFilter(**on(11, 31)), [(4, 1), (3, 3), (3, 2), (3, 1), (2, 3), (2, 2)]),
    (HistoryFilter(elements=("sign", "decide")), [(5, 1), (1, 3)]),
]


@pytest.mark.parametrize("few", [0, 200])
def test_a_filter_finds_its_events_the_latest_first(engine, monkeypatch, few):
    monkeypatch.setattr(searching, "FEW", few)
    for wanted, numbers in EVENTS:
        assert events(engine, wanted) == numbers, wanted


def test_cases_tell_when_they_last_met_the_filter(engine):
    (third, first) = engine.search_cases(TWICE, actor=AUDITOR).items
    assert third.matched_at == BEGIN + 22 * DAY
    assert first.matched_at == BEGIN + 2 * DAY
    assert engine.search_cases(HistoryFilter(), actor=AUDITOR).items[0].matched_at is None


def test_a_restricted_case_is_found_by_those_alone_who_take_part(engine):
    assert cases(engine, TWICE, CARE) == [6, 3, 1]
    assert 6 not in cases(engine, HistoryFilter(business_key="M-6"))
    assert events(engine, HistoryFilter(business_key="M-6")) == []
    assert len(events(engine, HistoryFilter(business_key="M-6"), CARE)) == 3


def test_who_does_not_oversee_finds_only_cases_that_are_theirs(engine):
    assert cases(engine, HistoryFilter(), COORDINATOR) == [2]
    assert events(engine, HistoryFilter(outcomes=("return",)), COORDINATOR) == [(2, 2)]


def test_pages_follow_each_other_without_gap_or_repetition(engine):
    several = (HistoryFilter(), HistoryFilter(people=("ana", "bea")))
    for search, wanted in product((engine.search_cases, engine.search_events), several):
        whole = [str(each) for each in search(wanted, actor=AUDITOR).items]
        turned, after = [], None
        while True:
            page = search(wanted, actor=AUDITOR, after=after, limit=2)
            turned += [str(each) for each in page.items]
            after = page.after
            if after is None:
                break
        assert turned == whole
        assert page.count == len(whole)


def test_a_place_that_no_list_gave_out_is_refused(engine):
    for search in (engine.search_cases, engine.search_events):
        with pytest.raises(InvalidInput):
            search(TWICE, actor=AUDITOR, after="1.2.3.4")


@pytest.fixture
def many(database, engine):
    """As many cases again that a planner has to care."""
    with database.engine.begin() as connection:
        for number in range(1_000, 1_400):
            written(
                connection, number, [STARTED, ("approve", f"step{number % 9}", f"p{number % 50}")],
                day=number, every=timedelta(hours=1), org_unit=f"d{number % 5}",
            )  # fmt: skip
        connection.exec_driver_sql("ANALYZE")
    return engine


INDEXES = [
    (HistoryFilter(people=("p7",)), "ix_history_event_actor"),
    (HistoryFilter(elements=("step3",)), "ix_history_event_element"),
    (HistoryFilter(kinds=("migrated",)), "ix_history_event_unusual"),
    (HistoryFilter(substituted=True), "ix_history_event_substituted"),
    (TWICE, "ix_work_item_answered"),
    (HistoryFilter(**on(1_100, 1_110)), "ix_history_event_at"),
]


def test_a_page_is_read_along_an_index(many):
    explain = "EXPLAIN QUERY PLAN " if many.database.is_sqlite else "EXPLAIN "
    for wanted, index in INDEXES:
        with many.database.read() as connection:
            search = _Search.begun(connection, AUDITOR, wanted)
            statement = search.events(None, 51).compile(
                dialect=connection.dialect, compile_kwargs={"literal_binds": True}
            )
            rows = connection.exec_driver_sql(explain + str(statement))
            assert index in "\n".join(str(tuple(row)) for row in rows)


def test_a_page_takes_few_statements(engine, count_statements):
    """Two for the page, one to count, and one to look up few cases."""
    for wanted, number in (
        (HistoryFilter(), 3),
        (TWICE, 3),
        (HistoryFilter(org_units=("lea",)), 4),
    ):
        for search in (engine.search_cases, engine.search_events):
            search(wanted, actor=AUDITOR)
            with count_statements(engine.database) as sent:
                search(wanted, actor=AUDITOR)
            assert len(sent) == number
