"""The history's pages: search as an auditor types it, searches that are kept, conformance."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from sqlalchemy import insert

from engine.identity import SYSTEM
from engine.tables import definition, definition_file
from engine.tables.types import to_micros
from tests.builders_history import BEGIN, written
from tests.builders_web import PASSWORD, application, text_of
from workflows.people.services import create_person
from workflows.scenarios.models import PublishedDespite
from workflows.years import semester

PEOPLE = {"anne": ("auditor",), "sam": ("admin",), "claire": ("ri",), "lea": (), "leo": ()}
RETURNED = ("return", "check_coherence", "person:3")
STARTED = ("instance_started", "", "person:4")
DEVIATING = ("migrated", "incident_retried", "work_item_delegated")
TWICE = "/history?process=contract&outcome=return&times=2"


@pytest.fixture
def app(engine, settings):
    """Four contracts: 101 was returned once, 102 twice, 103 is finished, 104 hidden."""
    app = application(settings, engine, PEOPLE)
    (contract,) = [each.id for each in engine.definitions()]
    common = {"definition_id": contract, "counterparty": "Salamanca"}
    with engine.database.write() as connection:
        written(connection, 101, [STARTED, RETURNED, ("migrated", "", "person:2")], **common)
        written(connection, 102, [STARTED, RETURNED, RETURNED], day=1, **common)
        written(
            connection, 103,
            [STARTED, RETURNED, ("approve", "sign_sending", "person:3>person:1")],
            day=2, status=1, org_unit="his", **common,
        )  # fmt: skip
        written(
            connection, 104,
            [STARTED, RETURNED, RETURNED, ("approve", "sign_sending", "person:3>person:1"),
             *((kind, "check_coherence", "person:2") for kind in DEVIATING)],
            restricted=True, **common,
        )  # fmt: skip
    return app


@pytest.fixture
def anne(sign_in):
    return sign_in("anne")


def students(client, address):
    """The students of the cases in a list."""
    return re.findall(r'/cases/\d+">(Student \d+)<', client.get(address).text)


def chips(client, address):
    found = re.findall(r"<li><span>(.*?)</span><a href=\"(.*?)\"", client.get(address).text)
    return {label: unescape(without) for label, without in found}


def way_back(answer):
    """The address that the notice of a refused filter offers."""
    return re.search(r'<p class="mb-0"><a href="([^"]*)">Clear the filters', answer.text)[1]


def test_the_contracts_returned_more_than_once_are_one_click_away(anne):
    page = anne.get("/history").text
    address = unescape(re.search(r'href="([^"]*)">Contracts returned more than once', page)[1])
    assert students(anne, address) == ["Student 102"]
    assert "1 case · latest matching event first" in text_of(anne.get(address))


def test_without_conditions_every_case_that_one_may_see_is_there_the_newest_first(anne):
    assert students(anne, "/history") == ["Student 103", "Student 102", "Student 101"]
    assert "3 cases · latest first" in text_of(anne.get("/history"))


def test_each_condition_is_told_and_can_be_taken_away(anne):
    told = chips(anne, TWICE + "&from=2026-02-01&to=2026-06-30&org_unit=lea")
    assert list(told) == [
        "Learning agreement", "Languages", "answer: returned", "at least 2 times",
        "from 1 Feb 2026", "until 30 Jun 2026",
    ]  # fmt: skip
    without = told["at least 2 times"]
    assert "times" not in without
    assert students(anne, without) == ["Student 102", "Student 101"]


def test_events_are_shown_with_their_reason_their_author_and_whom_they_stood_in_for(anne):
    said = text_of(anne.get("/history?show=events&substituted=1"))
    assert "Task done: approved" in said
    assert "Sign the agreement (sending institution) Student 103" in said
    assert "Claire Test for Anne Test" in said
    assert "1 event · latest first" in said


def test_somebody_is_found_by_name_or_login_and_becomes_a_condition(anne):
    answer = anne.get("/history?who=claire&process=contract")
    assert answer.status_code == 302
    assert answer.location == "/history?process=contract&person=person%3A3"
    assert "Claire Test" in chips(anne, answer.location)
    assert anne.get("/history?who=Claire+Test").location.endswith("person%3A3")


def test_a_name_that_several_people_have_is_asked_back(anne):
    answer = anne.get("/history?who=Test")
    assert answer.status_code == 422
    assert "Several people are called so" in answer.text
    assert 'href="/history?person=person%3A3"' in answer.text
    assert "Nobody here has this name" in anne.get("/history?who=Nobody").text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("colour=red", "This field does not belong to the form."),
        ("from=yesterday", "Please enter a date."),
        ("from=2026-02-02&to=2026-02-01", "The end lies before the start."),
        ("process=%00", "The text holds a character that cannot be kept."),
        ("times=-3", "Please enter a whole number."),
        ("state=" + "x" * 300, "At most 200 characters, please."),
        ("class=none&state=asleep", "does not belong to the form"),
    ],
)
def test_what_cannot_be_searched_is_said_beside_its_field(anne, query, sentence):
    answer = anne.get("/history?" + query)
    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_a_place_that_no_page_gave_out_is_refused(anne):
    assert anne.get("/history?after=1.2.x").status_code == 422


def test_scripts_in_a_filter_stay_text(anne):
    page = anne.get("/history?counterparty=<script>alert(1)</script>").text
    assert "<script>alert" not in page
    assert "Nothing fits all of this" in page


def test_periods_are_semesters_of_the_academic_year():
    assert semester(date(2026, 3, 2)) == (date(2026, 2, 1), date(2026, 8, 31))
    assert semester(date(2026, 3, 2), before=1) == (date(2025, 9, 1), date(2026, 1, 31))
    assert semester(date(2026, 9, 1), before=1) == (date(2026, 2, 1), date(2026, 8, 31))


def save(client, name="Twice", **more):
    fields = {"name": name, "process": "contract", "outcome": "return", "times": "2", **more}
    return client.post("/history/saved", data=fields)


def test_a_search_is_kept_for_oneself_renamed_deleted_and_taken_back(anne, sign_in):
    answer = save(anne, show="events")
    assert answer.location == "/history?process=contract&outcome=return&times=2&show=events"
    page = anne.get(answer.location).text
    assert re.search(r'aria-current="true">.*?<span class="saved-name">Twice', page, re.DOTALL)
    number = int(re.search(r"/inbox/saved/(\d+)/rename", page)[1])
    anne.post(f"/inbox/saved/{number}/rename", data={"name": "Frequent", "next": "/history"})
    assert "has another name now" in anne.get("/history").text
    assert anne.post(f"/inbox/saved/{number}/delete").location == "/history"
    page = anne.get("/history").text
    assert "“Frequent” is deleted." in page
    assert 'class="saved-name"' not in page
    assert "show=events" in anne.post(f"/inbox/saved/{number}/restore").location
    assert "Frequent" not in anne.get("/inbox").text
    assert "Frequent" not in sign_in("sam").get("/history").text


def test_a_search_is_shared_with_the_other_auditors_and_with_them_alone(anne, engine, sign_in):
    with engine.unit(SYSTEM) as unit:
        create_person(
            unit.session, login="aude", given_names="Aude", family_name="Test",
            email="aude@example.org", password=PASSWORD, groups=("auditor",),
        )  # fmt: skip
    save(anne, group="auditor")
    theirs = sign_in("aude").get("/history").text
    assert "Twice" in theirs
    assert "/rename" not in theirs
    assert "Twice" not in sign_in("sam").get("/history").text
    assert save(anne, "Other", group="ri").status_code == 422
    assert "This is already taken." in save(anne).text


CLASSES = {
    "outdated": [], "migrated": ["Student 101"], "substituted": [], "retried": [], "forced": [],
}  # fmt: skip


def test_conformance_lists_running_cases_by_class(anne):
    for name, found in CLASSES.items():
        assert students(anne, f"/history/conformance?class={name}") == found
    finished = "/history/conformance?class=substituted&state=completed"
    assert students(anne, finished) == ["Student 103"]
    wrong = anne.get("/history/conformance?class=nonsense")
    assert wrong.status_code == 422
    assert "Classes: Please choose one of the options." in text_of(wrong)
    assert way_back(wrong) == "/history/conformance"


def test_what_was_tried_again_or_given_to_somebody_else_is_listed(anne, engine):
    (contract,) = [each.id for each in engine.definitions()]
    given = ("work_item_delegated", "check_coherence", "person:3")
    with engine.database.write() as connection:
        for number, event in ((106, ("incident_retried", "sign", "person:2")), (107, given)):
            written(connection, number, [STARTED, event], definition_id=contract)
    assert students(anne, "/history/conformance?class=retried") == ["Student 106"]
    assert students(anne, "/history/conformance?class=reassigned") == ["Student 107"]


def test_a_new_version_makes_running_cases_old_and_a_forced_one_is_named(anne, engine):
    with engine.database.write() as connection:
        (row,) = connection.execute(definition.select()).all()
        newer = row._asdict() | {"id": 2, "version": 2, "digest": "forced"}
        connection.execute(insert(definition), newer)
        for file in connection.execute(definition_file.select()).all():
            connection.execute(insert(definition_file), file._asdict() | {"definition_id": 2})
        written(connection, 105, [STARTED], day=5, definition_id=2)
    with engine.unit(SYSTEM) as unit:
        why = {"key": "contract", "digest": "forced", "at": BEGIN, "reason": "It hurries"}
        unit.session.add(PublishedDespite(**why, failed='["a.json"]', unplayed="[]"))
        unit.connection.execute(
            definition.update().where(definition.c.id == 2).values(deployed_at=to_micros(BEGIN) + 1)
        )
    assert students(anne, "/history/conformance") == ["Student 102", "Student 101"]
    assert students(anne, "/history/conformance?org_unit=his") == []
    assert students(anne, "/history/conformance?class=forced") == ["Student 105"]
    page = text_of(anne.get("/history/conformance?class=forced"))
    assert "On an old version 2" in page
    assert "Publication forced 1" in page


def test_pages_ask_the_database_a_number_of_times_that_does_not_grow(
    anne, engine, count_statements
):
    for address, number in (
        (TWICE, 15),
        (TWICE + "&show=events", 16),
        ("/history/conformance", 29),
    ):
        anne.get(address)
        with count_statements(engine.database) as sent:
            anne.get(address)
        assert len(sent) == number, address


@pytest.mark.parametrize("login", ["claire", "lea"])
def test_others_do_not_read_the_history(sign_in, login):
    client = sign_in(login)
    for address in ("/history", "/history/conformance"):
        assert client.get(address).status_code == 403
    assert 'href="/history"' not in client.get("/cases").text
