"""A task prepared by a colleague: given, prepared, given back; only where that is allowed."""

import pytest

from engine.identity import SYSTEM
from workflows.people.services import create_person, find_person

PREPARE = "To prepare, then back to me"
BACK = "Give it back prepared"


@pytest.fixture
def deputy(app, engine):
    """A second coordinator of the department."""
    from tests.builders_web import PASSWORD

    with engine.unit(SYSTEM) as unit:
        person = create_person(
            unit.session,
            login="denis",
            given_names="Denis",
            family_name="Test",
            email="denis@example.org",
            password=PASSWORD,
            groups=("coordinator:lea",),
        )
        return f"person:{person.id}"


def id_of(engine, login):
    with engine.reading() as session:
        return f"person:{find_person(session, login).id}"


def test_a_task_goes_to_a_colleague_and_comes_back(engine, sign_in, task, deputy):
    marie, denis = sign_in("marie"), sign_in("denis")
    page = f"/tasks/{task}"
    assert PREPARE in marie.get(page).text
    answer = marie.post(f"{page}/delegate", data={"to": deputy, "next": page})
    assert answer.headers["Location"] == page
    item = engine.work_item(task, actor=SYSTEM)
    assert (item.assignee, item.owner) == (deputy, id_of(engine, "marie"))

    waiting = marie.get(page).text
    assert "Denis Test prepares it for Marie Test" in waiting
    assert PREPARE not in waiting
    assert BACK not in waiting
    preparing = denis.get(page).text
    assert "you prepare it for Marie Test" in preparing
    assert BACK in preparing
    assert PREPARE not in preparing

    assert denis.post(f"{page}/resolve", data={"next": page}).status_code == 302
    item = engine.work_item(task, actor=SYSTEM)
    assert (item.assignee, item.owner) == (id_of(engine, "marie"), None)
    assert PREPARE in marie.get(page).text


def test_delegating_to_oneself_or_to_strangers_is_refused(engine, sign_in, task, deputy):
    marie = sign_in("marie")
    for to in (id_of(engine, "marie"), id_of(engine, "lea"), "person:999", ""):
        assert marie.post(f"/tasks/{task}/delegate", data={"to": to}).status_code == 422
    assert engine.work_item(task, actor=SYSTEM).assignee is None


def test_giving_back_what_nobody_gave_is_refused(sign_in, task, deputy):
    assert sign_in("marie").post(f"/tasks/{task}/resolve").status_code == 409


def test_alone_in_the_group_there_is_nobody_to_ask(sign_in, task):
    text = sign_in("marie").get(f"/tasks/{task}").text
    assert PREPARE not in text
    assert "Give it to a colleague" not in text
