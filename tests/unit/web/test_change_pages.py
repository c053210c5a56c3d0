"""Pages of changes: what a signed contract's case offers, asking, writing, signing, correcting."""

import html
import re
from datetime import UTC, datetime

import pytest

from engine.definitions import Bundle
from engine.identity import SYSTEM
from tests.builders_domain import draft
from tests.builders_web import actor_of, open_leas_agreement

SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}


@pytest.fixture
def case(app, engine, settings, clock):
    """The case of a contract that all have signed, two weeks into the stay."""
    engine.deploy(Bundle.from_folder(settings.bundles_dir / "contract_change"), actor=SYSTEM)
    opened = open_leas_agreement(engine, settings)
    item = opened.work_items[0]
    answers = (
        ("lea", None, draft()),
        ("marie", "approve", {}),
        ("lea", "approve", {}),
        ("marie", "approve", {}),
        ("claire", "approve", {}),
        ("claire", "approve", SIGNER),
    )
    for number, (login, outcome, data) in enumerate(answers):
        done = engine.complete(
            item,
            actor=actor_of(engine, login),
            data=data,
            outcome=outcome,
            idempotency_key=f"sign {number}",
        )
        item = done.next_items[0] if done.next_items else None
    clock.at = datetime(2026, 9, 15, 8, 0, tzinfo=UTC)
    return opened.instance_id


def said(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def asked(client, case, **changes):
    form = {"party": "student", "about": "components", "reason": "Full.", "writes": "student"}
    return client.post(f"/cases/{case}/change", data={**form, **changes})


def test_the_case_of_a_signed_contract_offers_a_change(sign_in, case):
    page = sign_in("lea").get(f"/cases/{case}")
    assert "Components can be changed until 6 October 2026" in said(page)
    assert f"/cases/{case}/change" in page.text
    assert f"/cases/{case}/correction" not in page.text
    assert f"/cases/{case}/correction" in sign_in("marie").get(f"/cases/{case}").text


def test_before_the_signatures_there_is_no_change(sign_in, engine, settings, app):
    opened = open_leas_agreement(engine, settings)
    client = sign_in("lea")
    assert "Changes" not in said(client.get(f"/cases/{opened.instance_id}"))
    assert client.get(f"/cases/{opened.instance_id}/change").status_code == 404


def test_a_student_asks_and_writes_the_change(sign_in, case):
    client = sign_in("lea")
    assert "For whom do you ask?" not in client.get(f"/cases/{case}/change").text
    answer = asked(client, case)
    assert answer.status_code == 302
    task = answer.location
    page = client.get(task)
    assert page.text.count("data-earlier=") == 8
    lineage = re.search(r'name="earlier.0.lineage" value="([^"]+)"', page.text)[1]
    form = {
        "idempotency_key": "k",
        "earlier.0.lineage": lineage,
        "earlier.0.remove": "1",
        "earlier.0.reason_code": "",
        "studied.0.title": "Nuevo <b>",
        "studied.0.term_number": "1",
        "studied.0.total_terms": "2",
        "studied.0.credits.0.value": "6",
        "studied.0.reason_code": "substituting-deleted",
    }
    refused = client.post(f"{task}/complete", data=form)
    assert refused.status_code == 422
    assert "Curso 1 (removed): Please fill this in." in said(refused)
    assert 'value="Nuevo &lt;b&gt;"' in refused.text
    assert "data-remove checked" in refused.text
    sent = client.post(f"{task}/complete", data={**form, "earlier.0.reason_code": "not-available"})
    assert sent.status_code == 302
    page = client.get(sent.location)
    assert "Version 1 stays in force until everybody has signed this one." in said(page)
    assert "the course is not available" in said(page)
    assert "Nuevo <b>" in said(page)
    assert "A change is under way." in said(client.get(f"/cases/{case}"))


def test_rows_come_and_go_without_script(sign_in, case):
    client = sign_in("lea")
    task = asked(client, case).location
    page = client.post(f"{task}/complete", data={"row_action": "add:studied"})
    assert 'name="studied.0.title"' in page.text
    page = client.post(
        f"{task}/complete", data={"studied.0.title": "x", "row_action": "remove:studied:0"}
    )
    assert 'name="studied.0.title"' not in page.text


def test_who_asks_for_the_partner_may_let_the_student_write(sign_in, case, engine):
    client = sign_in("claire")
    page = client.get(f"/cases/{case}/change")
    assert "the partner university" in said(page)
    answer = asked(client, case, party="partner")
    assert "/cases/" in answer.location
    assert (
        "propose"
        in engine.instance(
            int(answer.location.rpartition("/")[2]), actor=actor_of(engine, "claire")
        ).active_elements
    )


def test_a_late_request_asks_why_and_its_task_asks_why_again(sign_in, case, clock):
    clock.at = datetime(2026, 10, 20, 8, 0, tzinfo=UTC)
    student, coordinator = sign_in("lea"), sign_in("marie")
    refused = asked(student, case)
    assert refused.status_code == 422
    assert "say why the request comes so late" in said(refused)
    answer = asked(student, case, late_reason="It was cancelled.")
    instance = answer.location.rpartition("/")[2]
    task = re.search(r"/tasks/\d+", coordinator.get(f"/cases/{instance}").text)[0]
    page = coordinator.get(task)
    assert "It was cancelled." in said(page)
    assert "Why is an exception made?" in said(page)
    missing = coordinator.post(f"{task}/complete", data={"outcome": "approve"})
    assert missing.status_code == 422
    admitted = coordinator.post(
        f"{task}/complete", data={"outcome": "approve", "admission": "Not their fault."}
    )
    assert admitted.status_code == 302
    assert "Not their fault." in said(student.get(f"/cases/{instance}"))


def test_a_change_is_withdrawn_from_its_case(sign_in, case):
    client = sign_in("lea")
    asked(client, case)
    running = re.search(r'/cases/(\d+)">See how it stands', client.get(f"/cases/{case}").text)[1]
    assert "Withdraw the change" in client.get(f"/cases/{running}").text
    silent = client.post(f"/cases/{running}/change/withdraw", data={"reason": " "})
    assert "Please fill this in." in said(client.get(silent.location))
    client.post(f"/cases/{running}/change/withdraw", data={"reason": "It works after all."})
    page = client.get(f"/cases/{running}")
    assert "withdrawn" in said(page)
    assert "It works after all." in said(page)
    again = client.post(f"/cases/{running}/change/withdraw", data={"reason": "Twice."})
    assert "No change is under way any more." in said(client.get(again.location))


def test_a_correction_is_kept_on_the_case_and_a_large_one_refused(sign_in, case):
    client = sign_in("marie")
    assert sign_in("lea").get(f"/cases/{case}/correction").status_code == 403
    page = client.get(f"/cases/{case}/correction")
    fields = dict(
        re.findall(r'<input class="form-control"[^>]*name="([a-z_]+)" value="([^"]*)"', page.text)
    )
    fields = {name: html.unescape(text) for name, text in fields.items()}
    refused = client.post(
        f"/cases/{case}/correction", data={**fields, "end_date": "2027-04-30", "why": "Later."}
    )
    assert refused.status_code == 422
    assert "14 days at most" in said(refused)
    assert 'value="Later."' in refused.text
    kept = client.post(f"/cases/{case}/correction", data={**fields, "end_date": "2027-02-07"})
    assert kept.status_code == 302
    page = said(client.get(f"/cases/{case}"))
    assert "Corrected without new signatures" in page
    assert "2027-02-07" in page


def test_semester_dates_are_entered_by_the_office(sign_in, case):
    client = sign_in("claire")
    assert "No date yet" in said(client.get("/semesters"))
    form = {"hei_id": "usal.es", "academic_year": "2026/2027", "semester": "1"}
    refused = client.post("/semesters", data={**form, "starts_on": "2030-09-01"})
    assert refused.status_code == 422
    assert "does not lie in the academic year" in said(refused)
    assert client.post("/semesters", data={**form, "starts_on": "2026-09-07"}).status_code == 302
    assert "7 September 2026" in said(client.get("/semesters"))
    assert "until 12 October 2026" in said(client.get(f"/cases/{case}"))


@pytest.mark.parametrize(("login", "status"), [("sam", 403), ("marie", 200), ("claire", 200)])
def test_who_only_administers_asks_for_nothing(sign_in, case, login, status):
    assert sign_in(login).get(f"/cases/{case}/change").status_code == status


def test_a_change_whose_case_was_ended_is_told_as_overtaken(sign_in, case, engine):
    client = sign_in("lea")
    asked(client, case)
    running = re.search(r'/cases/(\d+)">See how it stands', client.get(f"/cases/{case}").text)[1]
    chief = actor_of(engine, "claire")
    engine.terminate(int(running), actor=chief, reason="A document brought another version.")
    assert "overtaken by a document" in said(client.get(f"/cases/{running}"))
    page = client.get(f"/cases/{case}")
    assert "overtaken by a document" in said(page)
    assert f"/cases/{case}/change" in page.text
