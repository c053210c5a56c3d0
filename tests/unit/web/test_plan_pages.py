"""Pages of validation plans: from the start page to the teacher's answer and the signatures."""

import html
import re

import pytest

from engine.identity import SYSTEM
from engine.values import InstanceQuery
from tests.builders_web import PEOPLE, actor_of, application

START = {
    "department": "lea",
    "receiving_hei_id": "usal.es",
    "academic_year": "2026/2027",
    "mobility_type": "outside_erasmus",
}


@pytest.fixture
def app(engine, settings):
    people = {**PEOPLE, "tess": ("teacher:lea",), "tod": ("teacher:his",)}
    return application(settings, engine, people, bundles=("validation_plan",))


@pytest.fixture
def plan(engine, app):
    """A plan as its form sends it, with two responsible teachers."""
    numbers = {name: actor_of(engine, name).id.removeprefix("person:") for name in ("tess", "tod")}
    return {
        "start_date": "2026-09-01",
        "end_date": "2027-01-31",
        "conversion_method": "grid",
        "conversion_note": "Voted in 2024",
        "rows.0.unit_title": "Traduction",
        "rows.0.credits": "6",
        "rows.0.term": "semester_1",
        "rows.0.teacher_id": numbers["tess"],
        "rows.0.disposition": "replaced",
        "rows.0.failure_rule": "host_resit",
        "rows.0.courses.0.title": "Traducción <i>jurada</i>",
        "rows.0.courses.0.credits": "4,5",
        "rows.1.unit_title": "Droit",
        "rows.1.credits": "3",
        "rows.1.term": "year",
        "rows.1.teacher_id": numbers["tod"],
        "rows.1.disposition": "kept_distance",
    }


def said(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def task_of(client):
    return re.search(r"/tasks/\d+", client.get("/inbox").text)[0]


def test_a_student_starts_and_writes_a_plan(sign_in, plan):
    client = sign_in("lea")
    assert "Outside Erasmus" in said(client.get("/start"))
    task = client.post("/start", data=START).location
    page = client.get(task)
    assert "Tess Test" in page.text
    assert "Marie Test" in page.text
    assert "Claire Test" not in page.text
    missing = client.post(f"{task}/complete", data={**plan, "rows.0.failure_rule": ""})
    assert missing.status_code == 422
    assert "Unit 1, If it is failed abroad: Please fill this in." in said(missing)
    assert 'value="Traducción &lt;i&gt;jurada&lt;/i&gt;"' in missing.text
    sent = client.post(f"{task}/complete", data=plan)
    assert sent.status_code == 302


def test_units_and_courses_come_and_go_without_script(sign_in, plan):
    client = sign_in("lea")
    task = client.post("/start", data=START).location
    page = client.post(f"{task}/complete", data={**plan, "row_action": "add:courses:0"})
    assert 'name="rows.0.courses.1.title"' in page.text
    page = client.post(f"{task}/complete", data={**plan, "row_action": "remove:rows:0"})
    assert 'value="Droit"' in page.text
    assert 'value="Traduction"' not in page.text


def test_teachers_see_their_units_and_the_signed_plan_is_written_anew(sign_in, plan, engine):
    student = sign_in("lea")
    task = student.post("/start", data=START).location
    student.post(f"{task}/complete", data=plan)
    for login, unit in (("tess", "Traduction"), ("tod", "Droit")):
        client = sign_in(login)
        page = client.get(task_of(client))
        own = page.text[page.text.index("Your units") : page.text.index("The whole plan")]
        assert unit in own
        assert "by a fixed grid" in said(page)
        done = client.post(f"{task_of(client)}/complete", data={"outcome": "approve"})
        assert done.status_code == 302
    coordinator = sign_in("marie")
    page = coordinator.get(task_of(coordinator))
    assert "4.5 credits abroad for 6 credits replaced here." in said(page)
    assert "4.5 credits abroad replace 6 credits here." in said(page)
    assert "Responsible teacher: approved" in said(page)
    coordinator.post(f"{task_of(coordinator)}/complete", data={"outcome": "approve"})
    signing = re.search(r"/tasks/\d+", student.get("/home").text)[0]
    page = said(student.get(signing))
    assert "What you sign" in page
    assert "1 September 2026" in page
    assert "Why? The student reads this." not in page
    student.post(f"{signing}/complete", data={"outcome": "approve"})
    coordinator.post(f"{task_of(coordinator)}/complete", data={"outcome": "approve"})
    (case,) = engine.instances(actor=SYSTEM, query=InstanceQuery(limit=10)).items
    page = student.get(f"/cases/{case.id}")
    assert "signed by all, in force" in said(page)
    assert "Write a new version" in said(page)
    again = student.post(f"/cases/{case.id}/plan/reopen")
    assert again.status_code == 302
    page = said(student.get(again.location))
    assert "Version 2" in page
    assert "being written" in page
    twice = student.post(f"/cases/{case.id}/plan/reopen")
    assert "already" in said(student.get(twice.location))
