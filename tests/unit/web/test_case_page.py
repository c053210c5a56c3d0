"""The case page: a long history in parts, answers inside the university, who reads what."""

import re

import pytest

from engine.identity import SYSTEM
from engine.tables import identity_link
from workflows.people.services import RI, actor_for, find_person


@pytest.fixture
def act(engine):
    """Answers one open task of a case as somebody."""

    def as_login(login, item_id, outcome, **data):
        with engine.reading() as session:
            actor = actor_for(session, find_person(session, login))
        return engine.complete(
            item_id, actor=actor, data=data, outcome=outcome, idempotency_key=f"act {item_id}"
        ).next_items[0]

    return as_login


@pytest.fixture
def case(engine, task):
    """The address of the case behind the coordinator's task."""
    return f"/cases/{engine.work_item(task, actor=SYSTEM).instance_id}"


def comment_often(engine, case, times):
    with engine.reading() as session:
        marie = actor_for(session, find_person(session, "marie"))
    for number in range(times):
        engine.comment(int(case.rsplit("/", 1)[1]), actor=marie, text=f"Remark {number}")


def test_who_only_oversees_a_case_is_offered_no_comment(engine, sign_in, case):
    claire, marie = sign_in("claire"), sign_in("marie")
    assert 'id="comment-text"' in claire.get(case).text
    with engine.database.write() as connection:
        connection.execute(identity_link.delete().where(identity_link.c.group == RI))
    assert claire.post(f"{case}/comment", data={"text": "Hello"}).status_code == 403
    assert 'id="comment-text"' not in claire.get(case).text
    assert 'id="comment-text"' in marie.get(case).text


def test_a_long_history_shows_its_newest_part_and_leads_to_all_of_it(engine, sign_in, case):
    comment_often(engine, case, 230)
    client = sign_in("marie")
    seen, address, pages = [], case, 0
    while address:
        text = client.get(address).text
        timeline = text[text.index('id="timeline"') :]
        seen += [timeline.count('<span class="when">')]
        older = re.search(r'href="([^"]*before=\d+)#timeline"', timeline)
        assert ("Back to the newest events" in timeline) == (pages > 0)
        # The marks of the diagram stay those of now, whichever part of the history is read.
        assert re.search(r'aria-current="step".{0,300}Check academic coherence', text, re.DOTALL)
        address, pages = older and older[1].replace("&amp;", "&"), pages + 1
    events = engine.history(int(case.rsplit("/", 1)[1]), actor=SYSTEM, limit=1000)
    assert seen[:-1] == [100] * (len(seen) - 1)
    assert sum(seen) == len(events) > 230
    assert "Case opened" in timeline


def test_a_task_page_reads_a_bounded_part_of_the_history(engine, sign_in, case, task):
    comment_often(engine, case, 120)
    text = sign_in("marie").get(f"/tasks/{task}").text
    assert text.count('<span class="when">') == 6
    assert re.search(r'aria-current="step".{0,300}Check academic coherence', text, re.DOTALL)


@pytest.mark.parametrize("before", ["0", "1", "x", "-5", "9" * 40, "²"])
def test_an_address_that_names_no_part_shows_the_newest(sign_in, case, before):
    answer = sign_in("marie").get(f"{case}?before={before}")
    assert answer.status_code == 200
    assert "Case opened" in answer.text


def test_what_the_administration_notes_for_itself_is_for_staff(sign_in, act, task, case):
    item = act("marie", task, "approve")
    item = act("lea", item, "approve")
    item = act("marie", item, "approve")
    act("claire", item, "approve", insurance=True, admin_comment="Grant comes late")
    for login in ("claire", "marie"):
        text = sign_in(login).get(case).text
        assert "Grant comes late" in text
        assert re.search(r"check-circle.{0,120}Insurance checked", text, re.DOTALL)
        assert re.search(r"#circle\".{0,120}Enrolment checked", text, re.DOTALL)
    text = sign_in("lea").get(case).text
    assert "Insurance checked" in text
    assert "Grant comes late" not in text


def test_a_page_is_of_one_moment(engine, sign_in, case, monkeypatch):
    look = engine.instance

    def and_somebody_speaks(instance_id, *, actor):
        found = look(instance_id, actor=actor)
        monkeypatch.undo()
        engine.comment(instance_id, actor=actor, text="Said meanwhile")
        return found

    client = sign_in("marie")
    monkeypatch.setattr(engine, "instance", and_somebody_speaks)
    assert "Said meanwhile" not in client.get(case).text
    assert "Said meanwhile" in client.get(case).text
