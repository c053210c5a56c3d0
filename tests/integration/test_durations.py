"""How long steps take: the figures of the database are those that plain Python counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from engine.history.durations import DurationQuestion, Spread, durations, month_edges
from engine.history.filters import HistoryFilter
from tests.builders_durations import BEGIN, DAY, Task, counted, write

PARIS = ZoneInfo("Europe/Paris")
CONTRACTS = HistoryFilter(processes=("contract",))


@some.composite
def tasks(draw):
    """A task that was offered, perhaps taken, and perhaps completed, in this order."""
    case = draw(some.integers(1, 4))
    offered = draw(some.integers(0, 60))
    taken = draw(some.none() | some.integers(offered, offered + 20))
    completed = draw(some.none() | some.integers(taken or offered, (taken or offered) + 20))
    return Task(
        case=case,
        element=draw(some.sampled_from(("draft", "check", "sign"))),
        candidate=draw(some.sampled_from(("coordinator:lea", "ri"))),
        offered=offered,
        taken=taken,
        completed=completed,
        due=draw(some.none() | some.integers(-3, 80)),
        version=draw(some.integers(1, 3)),
        # Labels and restriction are those of the case.
        department=("lea", "his")[case % 2],
        partner=("Salamanca", "Uppsala", "")[case % 3],
        restricted=case == 4,
    )


KEYS = {
    "step": lambda task: task.element,
    "version": lambda task: str(task.version),
    "department": lambda task: task.department,
    "partner": lambda task: task.partner,
}


@pytest.fixture
def figures(database):
    """Writes tasks and answers questions about them, all of it rolled back."""

    def answered(written, *questions):
        with database.engine.connect() as connection, connection.begin() as transaction:
            write(connection, written)
            found = [durations(connection, question, BEGIN) for question in questions]
            transaction.rollback()
        return found

    return answered


def lines_of(answer):
    return {line.key: line for line in answer.lines}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=some.lists(tasks(), min_size=1, max_size=40))
def test_every_figure_is_what_plain_python_counts(figures, written):
    answers = figures(written, *(DurationQuestion(CONTRACTS, by) for by in KEYS))
    for (by, key), answer in zip(KEYS.items(), answers, strict=True):
        assert lines_of(answer) == counted(written, key), by


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=some.lists(tasks(), min_size=1, max_size=40))
def test_the_months_of_a_period_add_up_to_the_period(figures, written):
    edges = month_edges(date(2026, 9, 1), date(2026, 12, 31), PARIS)
    by_month, by_step = figures(
        written, DurationQuestion(CONTRACTS, "month", edges), DurationQuestion(CONTRACTS)
    )
    for figure in ("done", "due", "late", "again"):
        assert sum(getattr(each, figure) for each in by_month.lines) == sum(
            getattr(each, figure) for each in by_step.lines
        )


def test_months_begin_at_midnight_where_the_house_is(figures):
    written = [Task(completed=day) for day in range(28, 33)]
    edges = month_edges(date(2026, 9, 15), date(2026, 10, 2), PARIS)
    [answer] = figures(written, DurationQuestion(CONTRACTS, "month", edges))
    begins = [
        str((datetime(2026, month, 1, tzinfo=PARIS) - datetime(1970, 1, 1, tzinfo=UTC)) // DELTA)
        for month in (9, 10)
    ]
    # The thirtieth day is the first of October in Universal Time, and two hours old in Paris.
    assert {key: line.done for key, line in lines_of(answer).items()} == {
        begins[0]: 2,
        begins[1]: 3,
    }


DELTA = timedelta(microseconds=1)


def test_a_filter_narrows_to_the_completions_it_asks_for(figures):
    written = [
        Task(case=1, completed=3),
        Task(case=2, completed=9, by="person:2", department="his"),
        Task(case=3, completed=12, version=2, partner="Uppsala"),
    ]
    begin = datetime(2026, 9, 1, tzinfo=UTC)
    wanted = [
        {"versions": (2,)},
        {"org_units": ("his",)},
        {"counterparties": ("Salamanca", "Uppsala")},
        {"people": ("person:2",)},
        {"since": begin + timedelta(days=9), "until": begin + timedelta(days=12)},
        {"elements": ("sign",)},
    ]
    answers = figures(
        written,
        *(DurationQuestion(HistoryFilter(processes=("contract",), **each)) for each in wanted),
    )
    assert [sum(line.done for line in each.lines) for each in answers] == [1, 1, 3, 1, 1, 0]


def test_people_asked_side_by_side_repeat_nothing(figures):
    beside = [Task(candidate=f"teacher:{number}") for number in (1, 2)]
    later = [Task(candidate="teacher:1", offered=4, completed=9)]
    first, second = (
        figures(beside, DurationQuestion(CONTRACTS)),
        figures(beside + later, DurationQuestion(CONTRACTS)),
    )
    assert [first[0].lines[0].again, second[0].lines[0].again] == [0, 1]


def test_what_nobody_took_is_neither_waited_for_nor_worked_on(figures):
    [answer] = figures([Task(completed=4)], DurationQuestion(CONTRACTS))
    [line] = answer.lines
    assert (line.total, line.waiting, line.working) == (
        Spread(1, 4 * DAY, 4 * DAY),
        Spread(),
        Spread(),
    )


def test_a_restricted_case_is_never_counted(figures):
    [answer] = figures([Task(restricted=True)], DurationQuestion(CONTRACTS))
    assert answer.lines == ()


def test_only_the_busiest_are_told_and_how_many_more_there_are(figures, monkeypatch):
    monkeypatch.setattr("engine.history.durations.MOST", 2)
    written = [Task(case=n, partner=f"Partner {n % 4}") for n in (1, 2, 3, 5, 6)]
    [answer] = figures(written, DurationQuestion(CONTRACTS, "partner"))
    assert [line.key for line in answer.lines] == ["Partner 1", "Partner 2"]
    assert answer.more == 1


def test_when_a_task_was_taken_is_found_by_an_index(figures, database, count_statements):
    with count_statements(database) as sent:
        figures([Task()], DurationQuestion(CONTRACTS))
    asked = next(each for each in sent if "row_number" in each)
    if not database.is_sqlite:
        return
    with database.read() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {asked}", tuple([0] * asked.count("?"))
        )
        assert any("ix_history_event_taken" in row.detail for row in plan)
