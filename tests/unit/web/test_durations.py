"""The page of durations: figures for all who ask, compared, and what a filter cannot say."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from engine.tables.types import from_micros
from tests.builders_durations import Task, at, write
from tests.builders_web import application, text_of, words_of
from web.audit import durations
from web.audit.duration_choice import MEASURES

PEOPLE = {"anne": ("auditor",), "claire": ("ri",), "sam": ("admin",)}
LONG = "A partner whose name is so long that no column of any table was ever made for it"

TASKS = [
    Task(case=1, element="draft", completed=4, due=3),
    Task(case=1, element="check_coherence", offered=4, taken=6, completed=7),
    Task(case=2, element="draft", completed=2, partner=LONG),
    Task(case=2, element="gone_step", completed=2, partner=LONG),
    Task(case=3, element="draft", completed=None, due=5),
    Task(case=4, element="draft", offered=-300, completed=-290),
    Task(case=5, element="check_coherence", completed=9, restricted=True),
]


@pytest.fixture
def app(engine, settings, clock):
    """The application with tasks of the contract, some days after."""
    app = application(settings, engine, PEOPLE)
    with engine.database.engine.begin() as connection:
        write(connection, TASKS)
    clock.at = from_micros(at(30))
    return app


@pytest.fixture
def anne(sign_in):
    return sign_in("anne")


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def computed(client, engine, address="/history/durations"):
    """The words of the page once its report is there."""
    assert client.post(address).status_code == 302
    work(engine)
    return read(client, address)


def read(client, address="/history/durations"):
    return words_of(client, address)


def test_whoever_comes_first_has_the_report_computed_for_all(anne, engine, sign_in):
    first = anne.get("/history/durations").text
    assert "The report is being computed" in first
    assert 'hx-trigger="load"' in first
    assert anne.post("/history/durations").headers["Location"] == "/history/durations"
    assert 'hx-trigger="load delay:1s"' in sign_in("sam").get("/history/durations").text
    work(engine)
    said = read(sign_in("sam"))
    assert "Computed" in said
    assert "being computed" not in said


def test_each_step_has_its_figures_and_its_name(anne, engine):
    said = computed(anne, engine)
    assert "Draft the learning agreement 3 few" in said
    assert "4 days" in said
    assert "100% 1 of 1" in said
    assert "1 late" in said
    assert "gone_step" in said, "a step that no version has any more keeps its id"


def test_the_diagram_says_the_figures_as_texts(anne, engine):
    computed(anne, engine)
    page = anne.get("/history/durations").text
    heat = re.search(r'data-heat="([^"]*)"', page)[1]
    assert "&#34;draft&#34;: {&#34;level&#34;: 5, &#34;text&#34;: &#34;4 days&#34;}" in heat


def test_two_years_are_compared(anne, engine):
    address = "/history/durations?year=2026/2027&compare=year-2025/2026"
    said = computed(anne, engine, address)
    assert "2 (few) 2 days 4 days 1 (few) 10 days 10 days −8 days (less)" in said


def test_months_are_told_in_their_order(anne, engine):
    said = computed(anne, engine, "/history/durations?by=month&year=2026/2027")
    assert said.index("September 2026") < said.index("August 2027")


@pytest.mark.parametrize(
    ("by", "name"), [("version", "Version 1"), ("department", "Languages"), ("partner", LONG)]
)
def test_every_figure_can_be_divided_and_drawn(anne, engine, by, name):
    address = f"/history/durations?by={by}"
    assert name in computed(anne, engine, address)
    for show in MEASURES:
        assert name in read(anne, f"{address}&show={show}")


def test_a_report_is_computed_again_no_sooner_than_in_a_minute(anne, engine, clock, monkeypatch):
    assert "Compute again" not in computed(anne, engine)
    clock.advance(timedelta(minutes=2))
    assert "Compute again" in read(anne)
    monkeypatch.setattr(durations, "OLD", timedelta(minutes=1))
    assert "Until then you see the one before" in read(anne)


def test_many_requests_for_a_report_are_one_computation(anne, engine, count_statements):
    for _ in range(20):
        anne.post("/history/durations")
    assert engine.run_due_jobs(worker="tests", limit=50) == 1
    anne.get("/history/durations")
    with count_statements(engine.database) as sent:
        anne.get("/history/durations")
    few = len(sent)
    with engine.database.engine.begin() as connection:
        more = [Task(case=n, element=f"step{n}") for n in range(100, 130)]
        write(connection, more, first=1000)
    with count_statements(engine.database) as sent:
        anne.get("/history/durations")
    assert len(sent) == few
    assert not any("work_item.created_at" in statement for statement in sent)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("from=2026-12-01&to=2026-01-01", "Last day: The end lies before the start."),
        ("from=tomorrow", "First day: Please enter a date. Check the year as well."),
        ("version=first", "Version: Please enter a whole number."),
        ("version=9", "Version: Please choose one of the options."),
        ("compare=version-9", "Compare: Please choose one of the options."),
        ("compare=version-", "Compare: Please choose one of the options."),
        (f"org_unit={'x' * 300}", "Department: At most 200 characters, please."),
        ("process=unknown", "Process: Please choose one of the options."),
        ("year=1/2", "Completed in: Please choose one of the options."),
    ],
)
def test_a_condition_that_cannot_be_read_is_said_and_nothing_computed(
    anne, engine, asked, sentence
):
    address = f"/history/durations?{asked}"
    answer = anne.get(address)
    assert answer.status_code == 422
    assert f"{sentence} Clear the filters" in text_of(answer)
    assert 'href="/history/durations?process=contract">Clear the filters' in answer.text
    anne.post(address)
    assert engine.run_due_jobs(worker="tests") == 0


@pytest.mark.parametrize("asked", ["by=x&show=y", "kind=x"])
def test_what_an_address_says_beside_is_left_out(anne, asked):
    assert anne.get(f"/history/durations?{asked}").status_code == 200


def test_months_begin_with_the_first_that_has_something_and_the_latest_are_drawn(
    anne, engine, monkeypatch
):
    monkeypatch.setattr(durations, "CHARTED", 3)
    said = computed(anne, engine, "/history/durations?by=month")
    assert ("November 2025" in said, "October 2025" in said) == (True, False)
    drawn = re.findall(r'bar-name">(.*?)<', anne.get("/history/durations?by=month").text)
    assert drawn == ["August 2026", "September 2026", "October 2026"]
    assert "The last 3 are drawn" in said


def test_a_period_without_anything_teaches_what_to_do(anne, engine):
    said = computed(anne, engine, "/history/durations?year=2023/2024&element=check_coherence")
    assert "Nothing was completed that fits" in said


def test_the_office_has_no_part_in_it(sign_in):
    claire = sign_in("claire")
    assert claire.get("/history/durations").status_code == 403
    assert claire.post("/history/durations").status_code == 403
