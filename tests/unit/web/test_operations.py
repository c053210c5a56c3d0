"""The operations page: what an operator reads there, and does about it."""

from __future__ import annotations

import itertools

import pytest

from engine.identity import SYSTEM
from tests.builders_web import text_of
from web import measures
from workflows.mail.models import MailMessage

_numbers = itertools.count()


def failed_mails(engine, number):
    """Mails that no server took."""
    with engine.unit(SYSTEM) as unit:
        for each in range(number):
            row = MailMessage(
                to=f"reader{each}@example.org",
                subject="Your grades",
                body="They are secret.",
                language="en",
                message_id=f"m{next(_numbers)}",
                status="queued",
            )
            unit.session.add(row)
            unit.session.flush()
            payload = {"mail": row.id, "to_name": "Reader"}
            unit.enqueue("mail", payload, max_attempts=1)
    mail = engine._runner._registry.job_kinds["mail"]
    mail._smtp_url, before = "smtp://127.0.0.1:1", mail._smtp_url
    while engine.run_due_jobs(worker="tests"):
        pass
    mail._smtp_url = before


def waiting(engine, number):
    with engine.unit(SYSTEM) as unit:
        for _ in range(number):
            unit.enqueue("office.digest", {"person": 1})


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def test_an_installation_without_trouble_says_so(sam, engine):
    engine.worker_runs("here:1")
    page = text_of(sam.get("/operations"))
    assert "Nothing has failed" in page
    assert "nothing is due" in page
    assert "here:1" in page


def test_without_a_worker_the_page_says_what_waits(sam):
    assert "No worker has run yet" in text_of(sam.get("/operations"))


def test_a_worker_that_died_is_called_silent(sam, engine, clock):
    engine.worker_runs("here:1")
    clock.at = clock.at.replace(hour=clock.at.hour + 1)
    assert "silent" in text_of(sam.get("/operations"))


def test_a_failed_mail_shows_its_address_and_none_of_its_text(sam, engine):
    failed_mails(engine, 1)
    page = sam.get("/operations").get_data(as_text=True)
    assert "reader0@example.org" in page
    assert "Your grades" not in page
    assert "They are secret" not in page


def test_a_failed_mail_is_sent_again_from_there(sam, engine):
    failed_mails(engine, 1)
    (alike,) = engine.failures(actor=SYSTEM)
    answer = sam.post(f"/incidents/{alike.failures[0].id}/retry", data={"next": "/operations"})
    assert answer.location == "/operations"
    engine.run_due_jobs(worker="tests")
    assert "Nothing has failed" in text_of(sam.get("/operations"))


def test_many_are_tried_again_after_a_look_at_them(sam, engine):
    failed_mails(engine, 3)
    (alike,) = engine.failures(actor=SYSTEM)
    address = f"/operations/failures/{alike.key}"
    assert "Try 3 incidents again" in text_of(sam.get(address))
    order = sam.post(address, data={"until": alike.newest})
    assert "0 of 3" in text_of(sam.get(order.location))
    while engine.run_due_jobs(worker="tests"):
        pass
    page = text_of(sam.get(order.location))
    assert "3 of 3" in page
    assert "None says the same" in page


def test_what_comes_back_is_named_where_the_retry_is_followed(sam, engine):
    failed_mails(engine, 2)
    (alike,) = engine.failures(actor=SYSTEM)
    order = sam.post(f"/operations/failures/{alike.key}", data={"until": alike.newest})
    while engine.run_due_jobs(worker="tests"):
        pass
    failed_mails(engine, 1)
    assert "1 incident says the same" in text_of(sam.get(order.location))


def test_a_failure_that_somebody_dealt_with_leads_back(sam):
    for answer in (
        sam.get("/operations/failures/0123456789abcdef"),
        sam.post("/operations/failures/0123456789abcdef", data={"until": "nonsense"}),
    ):
        assert (answer.status_code, answer.location) == (302, "/operations")


def test_figures_follow_and_lists_stay(sam, engine):
    """Of the lists the answer says only that they are others by now."""
    failed_mails(engine, 1)
    page = sam.get("/operations").get_data(as_text=True)
    seen = page.split("/operations/now?seen=")[1].split('"')[0]
    told = "The lists below have changed"
    assert told not in sam.get(f"/operations/now?seen={seen}").get_data(as_text=True)
    waiting(engine, 1)
    assert told not in sam.get(f"/operations/now?seen={seen}").get_data(as_text=True)
    failed_mails(engine, 1)
    assert told in sam.get(f"/operations/now?seen={seen}").get_data(as_text=True)


def test_figures_can_be_held(sam):
    assert 'hx-trigger="every 10s"' not in sam.get("/operations?refresh=off").text


def test_more_work_costs_no_more_statements(sam, engine, count_statements):
    failed_mails(engine, 1)
    waiting(engine, 1)

    def statements():
        with count_statements(engine.database) as sent:
            assert sam.get("/operations").status_code == 200
        return len(sent)

    statements()
    few = statements()
    failed_mails(engine, 30)
    waiting(engine, 100)
    assert statements() == few <= 12


def test_jobs_are_timed_by_kind(engine):
    before = {pace.names: pace.times for pace in measures.slow_jobs()}
    failed_mails(engine, 2)
    after = {pace.names: pace.times for pace in measures.slow_jobs()}
    assert after[("mail", "")] == before.get(("mail", ""), 0) + 2
    assert measures.failed_jobs()[("mail", "")] >= 2


def test_every_kind_of_job_of_the_house_has_a_name(engine):
    from web.words.operations import KINDS

    own = set(engine._runner._registry.job_kinds) | {"timer", "message", "move", "service"}
    assert own - set(KINDS) == set()


def test_monitoring_reads_the_queue_from_metrics(app, engine):
    failed_mails(engine, 2)
    waiting(engine, 1)
    told = app.test_client().get("/metrics").text
    assert 'passerelle_jobs_due{kind="office.digest",state="waiting"} 1.0' in told
    assert 'passerelle_incidents_open{kind="mail",reason="job_failed"} 2.0' in told
