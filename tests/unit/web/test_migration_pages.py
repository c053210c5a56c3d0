"""The pages on which running cases are moved to another version."""

from __future__ import annotations

import re

import pytest

from engine import SYSTEM, Actor, Bundle, InstanceQuery, Labels
from tests.builders import Diagram, properties
from tests.builders_web import actor_of, application
from tests.unit.web.test_studio import text_of

PEOPLE = {"sam": ("admin",), "anne": ("auditor",), "claire": ("ri",)}
MOVE = "/processes/case/versions/1/migrate"
RESTRICTED = properties({"restricted": "true"}).encode()
ANA = Actor("person:1", "Ana", frozenset({"office"}))


def version(*, ask="ask", last=""):
    diagram = Diagram("case").start().user(ask).user("decide").end()
    if last:
        return diagram.user(last).flow("begin", ask, "decide", last, "finish").bundle()
    return diagram.flow("begin", ask, "decide", "finish").bundle()


@pytest.fixture
def app(engine, settings):
    """A lifecycle with three cases on its first version, one of them a step further."""
    app = application(settings, engine, PEOPLE, bundles=())
    engine.deploy(version(), actor=SYSTEM)
    for number in range(3):
        started = engine.start(
            "case",
            actor=SYSTEM,
            business_key=f"M-{number}",
            variables={},
            labels=Labels(f"Student {number}", "lea", "Salamanca"),
        )
    engine.complete(started.work_items[0], actor=ANA, idempotency_key="once")
    return app


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def test_a_version_without_another_has_nowhere_to_move_its_cases(sam):
    assert "no other version" in text_of(sam.get(MOVE))


def test_cases_are_looked_at_moved_and_followed(engine, sam):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    assert MOVE in sam.get("/processes/case/versions/1").get_data(as_text=True)
    page = text_of(sam.get(MOVE))
    assert "Move as they are 3" in page
    assert "Move 3 cases to version 2" in page

    answer = sam.post(MOVE, data={"to": "2"})
    address = answer.location
    begun = sam.get(address)
    assert "0 of 3 cases looked at" in text_of(begun)
    assert 'hx-trigger="every 2s"' in begun.get_data(as_text=True)
    work(engine)
    ended = sam.get(address)
    assert "Moved as they were 3" in text_of(ended)
    assert "hx-trigger" not in ended.get_data(as_text=True)
    assert address in sam.get("/processes/case/migrations").get_data(as_text=True)
    assert engine.versions("case")[0].running == 3


def test_the_timeline_says_it_and_keeps_the_names_of_steps_left_behind(engine, sam):
    engine.deploy(version(ask="question"), actor=SYSTEM)
    (case,) = engine.instances(actor=SYSTEM, query=InstanceQuery(business_key="M-0")).items
    sam.post(MOVE, data={"to": "2", "map.ask": "question"})
    work(engine)
    page = text_of(sam.get(f"/cases/{case.id}"))
    assert "Case moved from version 1 to version 2 by " in page
    assert "ask: asked of " in page


def test_what_cannot_move_is_told_with_its_step_and_a_mapping_is_offered(engine, sam):
    engine.deploy(version(ask="question"), actor=SYSTEM)
    page = sam.get(MOVE)
    assert "Stay on version 1 2" in text_of(page)
    assert "The target has no such step; say which one takes its place. 2 cases" in text_of(page)
    assert "Student 0" in text_of(page)
    assert 'name="map.ask"' in page.get_data(as_text=True)
    mapped = text_of(sam.get(f"{MOVE}?to=2&map.ask=question"))
    assert "Move to a step that takes the place of theirs 2" in mapped
    assert "Move 3 cases to version 2" in mapped


def test_the_choice_narrows_the_cases_and_is_what_moves(engine, sam):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    chosen = "department=lea&partner=Salamanca&step=decide"
    page = sam.get(f"{MOVE}?to=2&{chosen}")
    assert "Move 1 case to version 2" in text_of(page)
    sent = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.get_data(as_text=True))
    answer = sam.post(MOVE, data=dict(sent))
    work(engine)
    page = text_of(sam.get(answer.location))
    assert "Moved as they were 1" in page
    assert "Open task decide" in page


def test_a_migration_is_stopped_and_what_has_moved_stays_so(engine, sam):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    address = sam.post(MOVE, data={"to": "2"}).location
    order = int(address.rsplit("/", 1)[1])
    engine.work_off_migration(order, limit=1)
    page = text_of(sam.post(f"{address}/cancel", follow_redirects=True))
    assert "Stopped 2" in page
    assert "Moved as they were 1" in page
    work(engine)
    assert [each.running for each in engine.versions("case")] == [1, 2]
    again = sam.post(f"{address}/cancel", follow_redirects=True)
    assert "had ended already" in again.get_data(as_text=True)


def test_confidential_cases_move_without_being_counted_or_listed(engine, sam):
    for content in (version(), version(last="archive")):
        files = {
            name: data.replace(b"<bpmn:laneSet", RESTRICTED + b"<bpmn:laneSet")
            for name, data in content.files.items()
        }
        engine.deploy(Bundle("case", files), actor=SYSTEM)
        if engine.versions("case")[0].number == 2:
            engine.start("case", actor=SYSTEM, business_key="M-9", variables={})
    address = MOVE.replace("/1/", "/2/")
    assert address in sam.get("/processes/case/versions/2").get_data(as_text=True)
    assert address in sam.get("/processes/case/migrations").get_data(as_text=True)
    page = text_of(sam.get(address))
    assert "Move as they are 0" in page
    assert "Move the cases to version 3" in page
    begun = sam.post(address, data={"to": "3"})
    work(engine)
    assert "Moved as they were 0" in text_of(sam.get(begun.location))
    (case,) = engine.instances(actor=SYSTEM, query=InstanceQuery(business_key="M-9")).items
    assert (case.version, case.restricted) == (3, True)


def test_auditors_look_and_do_nothing(engine, sign_in):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    order = engine.migrate(engine.migration_route("case", 1, 2, {}), actor=actor_of(engine, "sam"))
    anne = sign_in("anne")
    assert '<button class="btn btn-primary"' not in anne.get(MOVE).get_data(as_text=True)
    page = anne.get(f"/processes/case/migrations/{order}")
    assert (page.status_code, "/cancel" in page.get_data(as_text=True)) == (200, False)
    assert anne.post(MOVE, data={"to": "2"}).status_code == 403


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"to": "1"}, 422),
        ({"to": "7"}, 422),
        ({"to": "x"}, 422),
        ({"to": "2", "map.ask": "nothing\0"}, 422),
        ({"to": "2", "map.<script>": "archive"}, 422),
    ],
)
def test_what_no_page_offers_is_refused_and_moves_nothing(engine, sam, data, status):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    assert sam.post(MOVE, data=data).status_code == status
    assert engine.migrations("case") == []


@pytest.mark.parametrize(
    "address", ["/processes/case/versions/1/migrate?to=7", "/processes/case/migrations/7"]
)
def test_what_is_not_there_is_not_found(engine, sam, address):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    assert sam.get(address).status_code == 404


def test_an_order_is_shown_under_its_own_lifecycle_alone(engine, sam):
    engine.deploy(version(last="archive"), actor=SYSTEM)
    engine.deploy(
        Diagram("other").start().user("ask").end().flow("begin", "ask", "finish").bundle(),
        actor=SYSTEM,
    )
    address = sam.post(MOVE, data={"to": "2"}).location
    assert sam.get(address.replace("/case/", "/other/")).status_code == 404
