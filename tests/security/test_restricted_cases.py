"""A restricted case over HTTP: for whoever is not in charge it is as if it were not there."""

from __future__ import annotations

import re

import pytest

from engine.identity import SYSTEM
from engine.tables import instance
from tests.builders_web import text_of
from tests.security import duties_world
from tests.security.test_access_matrix import World, content
from workflows.people.services import add_to_group, create_person, find_person

BLIND = ("other", "coord2", "ri", "admin", "auditor")
SEEING = ("student", "coord", "care")
NAME = "Lucía Ortega"


@pytest.fixture
def world(engine, settings):
    from tests.security import test_access_matrix as matrix

    built = World(engine, settings)
    with engine.unit(SYSTEM) as unit:
        create_person(
            unit.session,
            login="care",
            given_names="care",
            family_name="Test",
            email="care@example.org",
            password=matrix.PASSWORD,
            groups=("ri-care",),
        )
    client = built.app.test_client()
    answer = client.post("/sign-in", data={"login": "care", "password": matrix.PASSWORD})
    assert answer.status_code == 302
    built.clients["care"] = client
    return built


@pytest.fixture
def case(world):
    """A difficulty of the student's, whose name nothing else bears."""
    number = duties_world.difficulty(world, given_names="Lucía", family_name="Ortega")
    world.work()
    return number


def addresses(case, item):
    return (
        f"/cases/{case}",
        f"/cases/{case}/diagram.bpmn",
        f"/tasks/{item}",
        f"/inbox/{item}/preview",
        f"/api/v1/instances/{case}",
        f"/api/v1/instances/{case}/history",
        f"/api/v1/work-items/{item}",
    )


LISTS = (
    "/cases",
    "/cases?q=Ortega",
    "/cases?status=open",
    "/inbox?view=all",
    "/inbox?view=all&q=Ortega",
    "/inbox?view=all&process=difficulty",
    "/inbox?view=groups",
    "/inbox/news?view=all&since=0",
    "/api/v1/work-items?view=all",
    "/incidents",
    "/mentions",
)


def test_its_history_is_not_there_for_who_only_oversees(world, case):
    pages = ("", "/1", "/moments.json", "/version-1.bpmn", "/values", "/contract", "/incidents")
    for role in ("admin", "auditor"):
        for page in pages:
            hidden = world.clients[role].get(f"/cases/{case}/history{page}")
            assert hidden.status_code == 404, (page, role)


ONLY = "process=difficulty"
READ = (
    "/history",
    "/history?show=events",
    "/api/v1/history",
    "/api/v1/history/feed?after=0",
    "/history/retention",
)
COUNTED = {
    f"/history/exports?{ONLY}": "[1-9][0-9]* événement",
    f"/history/evidence?{ONLY}": "[1-9][0-9]* dossier",
}
TAKEN = ("csv", "jsonl", "xes", "ocel")


def test_nothing_that_an_auditor_reads_counts_or_takes_away_tells_of_it(world, case):
    world.engine.hold(case, actor=SYSTEM, reason="An appeal")
    assert telling(world.clients["auditor"], case) == []
    with world.engine.unit(SYSTEM) as unit:
        opened = instance.update().where(instance.c.id == case).values(restricted=False)
        unit.connection.execute(opened)
    everything = [*READ, *TAKEN, *COUNTED, "evidence"]
    assert telling(world.clients["auditor"], case) == everything, "of an open case all of them do"


def telling(client, case):
    """What tells the case, its student or that there is one."""
    texts = {path: client.get(path).text for path in READ}
    for name in TAKEN:
        order = {"format": name, "people": "names", "filter": ONLY, "columns": ["instance"]}
        texts[name] = client.post("/history/exports", data=order).text
    told = [name for name, text in texts.items() if str(case) in text or "Ortega" in text]
    told += [path for path, some in COUNTED.items() if re.search(some, text_of(client.get(path)))]
    asked = client.post("/history/evidence", data={"process": "difficulty"})
    return [*told, "evidence"] if asked.status_code == 302 else told


def test_by_id_it_is_there_for_those_in_charge_alone(world, case):
    (item,) = world.engine.instance(case, actor=SYSTEM).open_items
    for path in addresses(case, item.id):
        for role in SEEING:
            assert world.clients[role].get(path).status_code == 200, (path, role)
        for role in BLIND:
            hidden = world.clients[role].get(path)
            unknown = world.clients[role].get(
                path.replace(str(case), "7").replace(str(item.id), "8")
            )
            assert hidden.status_code == unknown.status_code == 404, (path, role)
            if "text/html" in hidden.mimetype:
                assert content(hidden) == content(unknown)


def test_no_list_search_or_count_shows_it(world, case):
    before = {}
    for role in (*SEEING, *BLIND):
        for path in LISTS:
            answer = world.clients[role].get(path)
            before[role, path] = "Ortega" in answer.text
    shown = {role for (role, _path), found in before.items() if found}
    # What a search was for is repeated in its box.
    told = {path for (role, path), found in before.items() if found and role in BLIND}
    assert told <= {path for path in LISTS if "q=Ortega" in path}
    assert set(SEEING) <= shown
    for role in BLIND:
        assert f"/cases/{case}" not in world.clients[role].get("/cases?q=Ortega").text


def test_nobody_else_acts_on_it(world, case):
    (item,) = world.engine.instance(case, actor=SYSTEM).open_items
    for role in BLIND:
        client = world.clients[role]
        for path in ("claim", "release", "assign", "delegate", "resolve", "draft", "comment"):
            sent = client.post(f"/tasks/{item.id}/{path}", data={"text": "x", "to": "person:1"})
            assert sent.status_code in {403, 404}, (role, path)
        done = client.post(f"/tasks/{item.id}/complete", data={"outcome": "take_up"})
        assert done.status_code == 404
        assert client.post(f"/cases/{case}/comment", data={"text": "x"}).status_code in {403, 404}
    assert [each.assignee for each in world.engine.instance(case, actor=SYSTEM).open_items] == [
        None
    ]


def test_whoever_joins_those_in_charge_sees_it(world, case):
    assert world.clients["ri"].get(f"/cases/{case}").status_code == 404
    with world.engine.unit(SYSTEM) as unit:
        add_to_group(unit.session, find_person(unit.session, "ri"), "ri-care")
    assert world.clients["ri"].get(f"/cases/{case}").status_code == 200
    assert f"/cases/{case}" in world.clients["ri"].get("/cases").text


def test_the_form_warns_and_a_report_without_the_tick_is_refused(world):
    mobility = duties_world.incoming(world)["mobility_id"]
    client = world.clients["student"]
    form = client.get(f"/mobilities/{mobility}/difficulty", headers={"Accept-Language": "en"})
    assert "health" in form.text or "santé" in form.text
    sent = {"kind": "other", "description": "Some text that is kept"}
    refused = client.post(f"/mobilities/{mobility}/difficulty", data=sent)
    assert refused.status_code == 422
    assert "Some text that is kept" in refused.text


def test_a_report_sent_twice_is_one(world):
    mobility = duties_world.incoming(world)["mobility_id"]
    client = world.clients["student"]
    sent = {**duties_world.REPORT, "idempotency_key": "twice"}
    first, second = (client.post(f"/mobilities/{mobility}/difficulty", data=sent) for _ in "12")
    assert first.status_code == second.status_code == 302
    assert first.location == second.location
