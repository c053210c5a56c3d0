"""The history of a case as an auditor reads it: sentences, events, moments, values, incidents."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete

from engine import SYSTEM, Actor
from engine.history.keys import KeyRing
from engine.tables import history_payload
from tests.builders import Diagram, timer
from tests.builders_domain import draft
from tests.builders_web import actor_of, application, text_of

PEOPLE = {"anne": ("auditor",), "claire": ("ri",), "lea": (), "marie": ("coordinator:lea",)}
REASON = "The third course overlaps."
CLERK = Actor("person:5", "Clerk", frozenset({"office"}))


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, PEOPLE)


@pytest.fixture
def case(engine, task):
    """Lea's agreement, returned by her coordinator."""
    engine.complete(
        task,
        actor=actor_of(engine, "marie"),
        outcome="return",
        reason=REASON,
        idempotency_key="return",
    )
    return engine.work_item(task, actor=SYSTEM).instance_id


@pytest.fixture
def anne(sign_in):
    return sign_in("anne")


def lines(client, address):
    """The sentences of a timeline, in their order."""
    (timeline,) = re.findall(r'<ol class="timeline">.*?</ol>', client.get(address).text, re.DOTALL)
    told = re.findall(r"</span>(.*?)</li>", timeline, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in told]


def test_sentences_say_who_did_what_in_which_function_and_why(anne, case):
    assert lines(anne, f"/cases/{case}/history")[:3] == [
        "Draft the learning agreement: asked of Lea Test",
        f"Check academic coherence: returned by Marie Test (Coordination, Languages) {REASON}",
        "Check academic coherence: asked of Coordination, Languages",
    ]


def test_the_case_page_tells_the_same_and_leads_auditors_to_each_event(anne, sign_in, case):
    assert lines(anne, f"/cases/{case}") == lines(anne, f"/cases/{case}/history")
    assert f'href="/cases/{case}/history/5"' in anne.get(f"/cases/{case}").text
    assert f"/cases/{case}/history" not in sign_in("lea").get(f"/cases/{case}").text


def test_an_event_is_told_in_full(anne, engine, case):
    event = engine.history(case, actor=SYSTEM, after=4, limit=1)[0]
    said = text_of(anne.get(f"/cases/{case}/history/5"))
    assert "Check academic coherence: returned by Marie Test" in said
    assert "In the function of Coordination, Languages" in said
    assert "Step Check academic coherence (user task)" in said
    assert "Outcome of Check academic coherence – returned" in said
    assert event.hash.hex() in said
    assert anne.get(f"/cases/{case}/history/99").status_code == 404


def test_mails_are_told_with_the_event_that_they_tell_of(anne, engine, case):
    while engine.run_due_jobs(worker="tests"):
        pass
    assert "lea@example.org" in text_of(anne.get(f"/cases/{case}/history/6"))


def test_a_reminder_is_told_with_the_mail_that_it_was(sign_in, engine, clock, case):
    clock.advance(timedelta(days=6))
    while engine.run_due_jobs(worker="tests"):
        pass
    sent = [e for e in engine.history(case, actor=SYSTEM) if e.kind == "service_completed"][-1]
    (news,) = sent.payload["news"]
    assert news.startswith("reminder-")
    said = text_of(sign_in("anne").get(f"/cases/{case}/history/{sent.seq}"))
    assert "lea@example.org" in said


def test_signatures_bear_their_digest(anne, engine, case):
    marie, lea = actor_of(engine, "marie"), actor_of(engine, "lea")
    item = engine.instance(case, actor=SYSTEM).open_items[0].id
    for number, (actor, named) in enumerate(
        ((lea, {"data": draft()}), (marie, {"outcome": "approve"}), (lea, {"outcome": "approve"}))
    ):
        done = engine.complete(item, actor=actor, idempotency_key=f"on {number}", **named)
        item = done.next_items[0]
    signed = [e for e in engine.history(case, actor=SYSTEM) if e.kind == "work_item_completed"][-1]
    said = text_of(anne.get(f"/cases/{case}/history/{signed.seq}"))
    assert re.search(r"Student.{0,40} · Version 2 Signed content: [0-9a-f]{64}", said)


def test_erased_contents_are_shown_as_erased(anne, engine, case):
    with engine.database.write() as connection:
        own = history_payload.c
        connection.execute(delete(history_payload).where(own.instance_id == case, own.seq == 5))
    told = lines(anne, f"/cases/{case}/history")[1]
    assert "Check academic coherence: done by Marie Test" in told
    assert "content erased" in told
    assert "The content of this event was erased" in text_of(anne.get(f"/cases/{case}/history/5"))
    moments = anne.get(f"/cases/{case}/history/moments.json").json["moments"]
    assert [moment[5] for moment in moments] == [1, 1, 1, 1, 0, 0]
    page = anne.get(f"/cases/{case}/history").text
    assert not re.search(r"data-uncertain\s+hidden", page)
    assert anne.get(f"/cases/{case}/history/values").status_code == 200


def test_the_table_says_where_the_case_stood_at_the_event_asked_for(anne, case):
    def states(at):
        page = anne.get(f"/cases/{case}/history?at={at}").text
        rows = re.findall(r'data-element="(\w+)" data-state="(\w+)"', page)
        return dict(rows)

    assert states(2)["draft"] == "now"
    assert states(3) | {"draft": "done", "check_coherence": "now"} == states(3)
    assert states(5)["draft"] == "now"
    assert states(5)["check_coherence"] == "done"
    assert states(5)["sign_student"] == "later"
    assert states(99) == states(6)


def test_an_event_of_long_ago_is_in_the_timeline_beside_it(anne, engine, case):
    for number in range(150):
        engine.comment(case, actor=actor_of(engine, "marie"), text=f"Remark {number}")
    assert len(lines(anne, f"/cases/{case}/history")) == 100
    told = lines(anne, f"/cases/{case}/history?at=5")
    assert told[0].startswith("Check academic coherence: returned by")
    assert len(told) == 5


def test_the_scrubber_gets_every_moment_in_one_list(anne, case):
    told = anne.get(f"/cases/{case}/history/moments.json").json
    assert [moment[0] for moment in told["moments"]] == [1, 2, 3, 4, 5, 6]
    returned = told["moments"][4]
    assert told["sentences"][returned[2]].startswith("Check academic coherence: returned by")
    assert returned[6]["draft"] == [1, 1, 0, 0]
    assert told["zone"] == "Europe/Paris"
    assert "agreement_arrived" in told["skipped"][returned[4]]


def test_values_are_told_with_who_set_them(anne, case):
    said = text_of(anne.get(f"/cases/{case}/history/values"))
    assert "Outcome of Check academic coherence returned set 1 time" in said
    assert "Marie Test (Coordination, Languages) – returned" in said
    assert said.index("Outcome of") < said.index("academic_year")


def test_two_versions_of_the_contract_stand_side_by_side(anne, engine, case):
    said = text_of(anne.get(f"/cases/{case}/history/contract"))
    assert "Version 1" in said
    assert "Version 2" in said
    alone = text_of(anne.get(f"/cases/{case}/history/contract?left=1&right=1"))
    assert alone.count("Signatures") == 1


def test_the_diagram_of_a_version_is_given_to_those_alone_who_see_a_case_that_followed_it(
    anne, case
):
    assert anne.get(f"/cases/{case}/history/version-1.bpmn").status_code == 200
    assert anne.get(f"/cases/{case}/history/version-2.bpmn").status_code == 404


def test_the_seal_says_up_to_when_the_record_was_verified(anne, engine, settings, case):
    assert "not verified yet" in text_of(anne.get(f"/cases/{case}/history"))
    engine.make_anchor(KeyRing(settings.anchor_keys_dir), issuer="univ-tlse2.fr")
    engine.start_check(actor=SYSTEM)
    while engine.run_due_jobs(worker="tests"):
        pass
    assert "verified up to the anchor of" in text_of(anne.get(f"/cases/{case}/history"))


@pytest.fixture
def reminded(engine):
    """A case whose task was reminded of three times, then done."""
    cycle = timer("timeCycle", '"R9/P1D"')
    diagram = Diagram("reminded").start().user("ask").end().flow("begin", "ask", "finish")
    diagram.boundary("remind", "ask", cycle, interrupting=False).end("reminded_end")
    engine.deploy(diagram.flow("remind", "reminded_end").bundle(), actor=SYSTEM)
    return engine.start("reminded", actor=SYSTEM, business_key="R-1", variables={})


def test_reminders_that_follow_each_other_are_one_line(sign_in, engine, clock, reminded):
    for _ in range(3):
        clock.advance(timedelta(days=1, minutes=1))
        engine.run_due_jobs(worker="tests")
    told = lines(sign_in("anne"), f"/cases/{reminded.instance_id}/history")
    assert told == [
        "ask: remind, 3 times since 3 Mar 2026",
        "ask: asked of office",
        "Case opened by Passerelle (automatic)",
    ]


def test_every_failure_of_a_case_is_told_with_its_tries(anne, engine):
    diagram = Diagram("stuck").start().user("ask").gateway("which").user("next").end()
    diagram.flow("begin", "ask", "which").flow("which", "next", condition="yes = 1")
    diagram.flow("which", "finish", condition="yes = 2").flow("next", "finish")
    engine.deploy(diagram.bundle(), actor=SYSTEM)
    started = engine.start("stuck", actor=SYSTEM, business_key="S-1", variables={"yes": 0})
    address = f"/cases/{started.instance_id}/history/incidents"
    assert "Nothing has ever stopped this case" in text_of(anne.get(address))
    engine.complete(started.work_items[0], actor=CLERK, idempotency_key="k")
    anna = actor_of(engine, "claire")
    (incident,) = engine.incidents(actor=anna).items
    engine.retry(incident.id, actor=anna)
    while engine.run_due_jobs(worker="tests"):
        pass
    page = anne.get(address).text
    assert page.count('<th scope="row">') == 2
    assert "Claire Test" in page
    assert "open Failed" in text_of(anne.get(address))
