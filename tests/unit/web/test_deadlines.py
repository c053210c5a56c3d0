"""The page of deadlines: who is late, with the case, for those alone who may see it."""

from __future__ import annotations

import re

import pytest

from engine.tables.types import from_micros
from tests.builders_durations import Task, at, write
from tests.builders_web import application, words_of
from web.audit import deadlines

PEOPLE = {"anne": ("auditor",), "claire": ("ri",)}
TASKS = [
    Task(case=1, element="partner_answer", candidate="partner-desk", completed=None, due=10),
    Task(case=2, element="draft", completed=None, due=20, partner="Uppsala"),
    Task(case=3, element="draft", completed=None, due=40),
    Task(case=4, element="draft", completed=6, due=2, by="person:1"),
    Task(case=5, element="draft", completed=None, due=1, restricted=True),
]


@pytest.fixture
def app(engine, settings, clock):
    app = application(settings, engine, PEOPLE)
    with engine.database.engine.begin() as connection:
        write(connection, TASKS)
    clock.at = from_micros(at(30))
    return app


@pytest.fixture
def anne(sign_in):
    return sign_in("anne")


def read(client, address="/history/deadlines"):
    return words_of(client, address)


def test_who_is_late_and_by_how_much_is_told_with_the_case(anne):
    said = read(anne)
    assert "Partner university 1 3 weeks late" in said
    assert re.search(r"M-1 Languages 3 weeks late .* Partner university Salamanca", said)
    assert said.index("M-1") < said.index("M-2")
    assert 'href="/cases/1"' in anne.get("/history/deadlines").text


def test_restricted_cases_are_not_told_to_who_only_oversees(anne):
    for state in ("late", "coming", "missed"):
        assert "M-5" not in read(anne, f"/history/deadlines?state={state}")


def test_what_is_due_next_and_what_was_late_have_lists_of_their_own(anne):
    assert "M-3 Languages due in 1 week" in read(anne, "/history/deadlines?state=coming")
    assert "M-4 Languages 4 days late" in read(anne, "/history/deadlines?state=missed")


def test_what_is_owed_to_partners_has_a_list_too(anne):
    assert "No deadline is near" in read(anne, "/history/deadlines?state=owed")


def test_the_list_is_narrowed_and_says_when_nothing_is_left(anne):
    said = read(anne, "/history/deadlines?counterparty=Uppsala&element=draft&process=contract")
    assert ("M-2" in said, "M-1" in said) == (True, False)
    assert "Draft the learning agreement all steps" in said
    said = read(anne, "/history/deadlines?process=grant")
    assert "Nothing fits all of this" in said
    assert "Clear the filters" in said
    assert "Nobody is late" not in said


def test_many_deadlines_are_read_page_by_page(anne, monkeypatch):
    monkeypatch.setattr(deadlines, "PAGE", 1)
    page = anne.get("/history/deadlines").text
    after = re.search(r"after=([0-9.]+)", page)[1]
    said = read(anne, f"/history/deadlines?after={after}")
    assert ("M-1" in said, "M-2" in said) == (False, True)
    assert anne.get("/history/deadlines?after=x").status_code == 422


def test_a_page_costs_the_same_however_many_are_late(anne, engine, count_statements):
    anne.get("/history/deadlines")
    with count_statements(engine.database) as sent:
        anne.get("/history/deadlines")
    few = len(sent)
    with engine.database.engine.begin() as connection:
        more = [Task(case=n, element="draft", completed=None, due=n - 100) for n in range(100, 120)]
        write(connection, more, first=100)
    with count_statements(engine.database) as sent:
        anne.get("/history/deadlines")
    assert len(sent) == few


def test_the_office_has_its_own_list_of_tasks(sign_in):
    assert sign_in("claire").get("/history/deadlines").status_code == 403
