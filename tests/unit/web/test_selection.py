"""A selection of tasks: each is one command, and each is told what became of it."""

import pytest

from engine.definitions import Bundle
from engine.identity import SYSTEM
from tests.builders import Diagram
from tests.builders_web import PASSWORD, actor_of
from workflows.people.services import create_person, find_person

FORM = """{"id": "%s", "type": "default", "schemaVersion": 17, "components": [
 {"type": "textfield", "key": "note_%s", "label": "Note"%s}]}"""
LANE = {"Coordinator": '"coordinator:lea"'}


def diagram():
    """Steps of every kind: allowed in bulk, needing a reason, an answer, or not allowed at all."""
    drawn = Diagram("office", LANE).start().gateway("fork", "parallel")
    drawn.user("record", form="optional", bulk="true")
    drawn.user("agree", approval="single", bulk="true")
    drawn.user("alone", approval="single")
    drawn.user("explain", approval="single", approval_reasonRequired="approve,reject", bulk="true")
    drawn.user("fill", form="asked", bulk="true")
    drawn.gateway("join", "parallel").end()
    for step in ("record", "agree", "alone", "explain", "fill"):
        drawn.flow("fork", step).flow(step, "join")
    return drawn.flow("begin", "fork").flow("join", "finish")


@pytest.fixture
def items(app, engine):
    """The open work items of one such case, by step."""
    required = ', "validate": {"required": true}'
    bundle = diagram().bundle()
    files = {
        **bundle.files,
        "forms/optional.json": (FORM % ("optional", "a", "")).encode(),
        "forms/asked.json": (FORM % ("asked", "b", required)).encode(),
    }
    engine.deploy(Bundle("office", files), actor=SYSTEM)
    started = engine.start("office", actor=SYSTEM, business_key="M-1", variables={})
    case = engine.instance(started.instance_id, actor=SYSTEM)
    return {item.element: item.id for item in case.open_items}


@pytest.fixture
def denis(app, engine):
    with engine.unit(SYSTEM) as unit:
        person = create_person(
            unit.session, login="denis", given_names="Denis", family_name="Test",
            email="denis@example.org", password=PASSWORD, groups=("coordinator:lea",),
        )  # fmt: skip
        return f"person:{person.id}"


def select(client, action, items, **more):
    data = {"action": action, "item": [str(item) for item in items], "next": "/inbox", **more}
    return client.post("/inbox/selection", data=data)


def open_steps(engine, items):
    case = engine.work_item(items["fill"], actor=SYSTEM).instance_id
    return sorted(item.element for item in engine.instance(case, actor=SYSTEM).open_items)


def test_all_that_goes_well_leads_back_to_the_list(engine, sign_in, items):
    client = sign_in("marie")
    answer = select(client, "claim", [*items.values(), items["fill"]])
    assert answer.headers["Location"] == "/inbox"
    assert "5 tasks changed." in client.get("/inbox").text
    assert engine.work_item(items["fill"], actor=SYSTEM).assignee == actor_of(engine, "marie").id


def test_each_refusal_is_told_by_name(engine, sign_in, items, denis):
    denis_actor = actor_of(engine, "denis")
    engine.claim(items["agree"], actor=denis_actor)
    page = select(sign_in("marie"), "claim", [items["agree"], items["fill"]]).text
    assert "1 task changed." in page
    assert "1 task could not be changed." in page
    assert "not changed: Denis Test was faster" in page
    assert engine.work_item(items["fill"], actor=SYSTEM).assignee == actor_of(engine, "marie").id


def test_giving_to_a_stranger_of_the_group_is_refused_for_each(engine, sign_in, items):
    with engine.reading() as session:
        lea = find_person(session, "lea").id
    page = select(sign_in("marie"), "assign", items.values(), to=f"person:{lea}").text
    assert page.count("that person does not belong to its group") == 5


def test_what_one_may_not_see_is_only_counted(engine, sign_in, items):
    client = sign_in("lea")
    assert select(client, "claim", items.values()).status_code == 302
    assert "5 tasks could not be changed." in client.get("/home").text


def test_only_what_the_diagram_allows_and_what_asks_nothing_is_completed(engine, sign_in, items):
    client = sign_in("marie")
    assert "Complete…" in client.get("/inbox").text
    page = select(client, "complete", items.values()).text
    assert "2 tasks will be completed" in page
    assert page.count("it must be decided on its own page") == 3
    assert open_steps(engine, items) == ["agree", "alone", "explain", "fill", "record"]
    ready = [items["agree"], items["record"]]
    for _ in range(2):
        told = select(client, "complete", ready, confirmed="1", idempotency_key="one").text
        assert "2 tasks changed." in told
        assert "could not be changed" not in told
    assert open_steps(engine, items) == ["alone", "explain", "fill"]
    assert engine.work_item(items["agree"], actor=SYSTEM).outcome == "approve"


def test_a_made_up_confirmation_completes_nothing_more(engine, sign_in, items):
    told = select(sign_in("marie"), "complete", items.values(), confirmed="1").text
    assert "2 tasks changed." in told
    assert told.count("not changed: it must be decided on its own page") == 3
    assert open_steps(engine, items) == ["alone", "explain", "fill"]


def test_without_such_tasks_there_is_no_such_button(sign_in, task):
    assert "Complete…" not in sign_in("marie").get("/inbox").text


def test_none_of_them(sign_in, items):
    page = select(sign_in("marie"), "complete", [items["alone"]]).text
    assert "None of the selected tasks can be completed from the list." in page
    assert "btn-primary" not in page.partition("<main")[2]


def test_a_substitute_completes_under_both_names(app, engine, sign_in, items):
    from workflows.office_work import substitutions

    marie, claire = actor_of(engine, "marie"), actor_of(engine, "claire")
    typed = {
        "person": marie.id.removeprefix("person:"),
        "substitute": claire.id.removeprefix("person:"),
        "first": "2026-03-02",
        "last": "2026-03-03",
    }
    with engine.unit(marie) as unit:
        substitutions.arrange(unit, substitutions.plan(unit.session, marie, typed, unit.now))
    client = sign_in("claire")
    assert "for Marie Test" in client.get("/inbox").text
    select(client, "complete", [items["agree"]], confirmed="1")
    done = engine.work_item(items["agree"], actor=SYSTEM)
    assert (done.completed_by, done.on_behalf_of) == (claire.id, marie.id)
