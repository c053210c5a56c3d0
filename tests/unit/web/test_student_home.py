"""The student's home: the one thing to do, or who has what and for how long, and what there is."""

import re
from datetime import timedelta

import pytest

from engine.identity import SYSTEM
from tests.builders_domain import draft
from tests.builders_web import actor_of, open_leas_agreement
from workflows.papers import documents
from workflows.papers.codes import new_code


@pytest.fixture
def opened(app, engine, settings):
    return open_leas_agreement(engine, settings)


@pytest.fixture
def handed_in(engine, opened):
    """Léa has handed in her draft; the coordinator has it."""
    return hand_in(engine, opened)


def hand_in(engine, opened):
    engine.run_due_jobs(worker="test")
    item = engine.instance(opened.instance_id, actor=SYSTEM).open_items[0]
    done = engine.complete(
        item.id, actor=actor_of(engine, "lea"), data=draft(), idempotency_key=str(item.id)
    )
    return done.next_items[0]


def paper(engine, opened, name, instance_id=None):
    """A document of the case, or of one instance alone."""
    key = engine.instance(opened.instance_id, actor=SYSTEM).business_key
    with engine.unit(SYSTEM) as unit:
        documents.store(
            unit.session,
            business_key=key,
            kind="exam_waiver.decision",
            language="fr",
            filename=name,
            media_type="application/pdf",
            content=b"%PDF-1.7",
            now=unit.now,
            actor_id="system",
            code=new_code(),
            instance_id=instance_id,
        )


def card(page):
    return re.sub(r"\s+", " ", re.search(r'class="next-card".*?</section>', page, re.DOTALL)[0])


def test_one_thing_to_do(sign_in, opened):
    page = sign_in("lea").get("/home").text
    assert page.count("next-card") == 1
    assert "Draft the learning agreement" in card(page)
    assert "btn-primary" in card(page)


def test_who_has_what_and_since_when(sign_in, engine, handed_in):
    engine.clock.at += timedelta(days=2)
    shown = card(sign_in("lea").get("/home").text)
    assert "Nothing is asked of you" in shown
    assert "Coordination, Languages: Check academic coherence" in shown
    assert "(Learning agreement)" in shown
    assert "2 days ago" in shown
    assert "usually" not in shown


def test_how_long_it_usually_takes_once_enough_is_known(sign_in, engine, settings, opened):
    """Five coordinators' answers of the last year, the median of their days."""
    for days in (1, 2, 5, 6, 30):
        decided_after(engine, settings, timedelta(days=days))
    hand_in(engine, opened)
    assert "usually done within 5 days" in card(sign_in("lea").get("/home").text)
    engine.clock.at += timedelta(days=340)
    assert "usually done" not in card(sign_in("lea").get("/home").text)


def decided_after(engine, settings, time):
    item = hand_in(engine, open_leas_agreement(engine, settings))
    engine.clock.at += time
    done = engine.complete(
        item, actor=actor_of(engine, "marie"), outcome="approve", idempotency_key=str(item)
    )
    engine.terminate(done.instance_id, actor=SYSTEM, reason="Given up")


def test_my_documents(sign_in, engine, handed_in, opened):
    paper(engine, opened, "mine.pdf")
    paper(engine, opened, "also-mine.pdf", instance_id=opened.instance_id)
    page = sign_in("lea").get("/home").text
    assert "mine.pdf" in page
    assert "also-mine.pdf" in page


def test_whom_to_ask(sign_in, handed_in):
    page = sign_in("lea").get("/home").text
    assert '<a href="mailto:marie@example.org">' in page


def test_nothing_yet(sign_in):
    page = sign_in("lea").get("/home").text
    assert "No mobility yet" in page
    assert "next-card" not in page


def test_a_longer_year_costs_no_more_statements(
    sign_in, engine, settings, opened, handed_in, count_statements
):
    lea = sign_in("lea")
    lea.get("/home")
    with count_statements(engine.database) as before:
        lea.get("/home")
    for number in range(4):
        paper(engine, opened, f"{number}.pdf")
        hand_in(engine, open_leas_agreement(engine, settings))
    with count_statements(engine.database) as after:
        lea.get("/home")
    assert len(after) == len(before) <= 16
