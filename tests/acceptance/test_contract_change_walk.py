"""A change of a signed agreement in a browser: refused, rejected, signed, in force."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from engine import Database, Engine
from tests.acceptance.visitors import partner_link
from tests.builders_domain import draft
from web.config import Settings
from workflows.contract.services import open_contract
from workflows.people.services import actor_for, find_person
from workflows.registry import registry

CONTACT = "change-walk@example.org"
SIGNER = {"signer_name": "Carmen Sánchez", "signer_position": "Coordinadora"}


@pytest.fixture
def case(live_server):
    """Where a new contract of Léa's is shown that all have signed; the stay begins soon."""
    # Outside the browser's event loop: V8 takes no time limit inside one.
    with ThreadPoolExecutor(1) as thread:
        number = thread.submit(_signed, live_server).result()
    return f"/cases/{number}"


def _signed(server):
    environ = {"PASSERELLE_DEMO": "1", "PASSERELLE_DATA_DIR": str(server.data_dir)}
    settings = Settings.from_env(environ)
    database = Database(server.database_url)
    engine = Engine(database, registry(settings))
    begins = datetime.now(UTC).date() + timedelta(days=20)
    written = draft(
        receiving_contact_email=CONTACT,
        start_date=begins.isoformat(),
        end_date=(begins + timedelta(days=150)).isoformat(),
    )
    answers = (
        ("lea.martin", None, written),
        ("marie.delmas", "approve", {}),
        ("lea.martin", "approve", {}),
        ("marie.delmas", "approve", {}),
        ("claire.vidal", "approve", {}),
        ("claire.vidal", "approve", SIGNER),
    )
    try:
        with engine.reading() as session:
            people = {
                login: actor_for(session, find_person(session, login)) for login, *_ in answers
            }
        with engine.unit(people["lea.martin"]) as unit:
            opened = open_contract(
                engine,
                unit,
                student=find_person(unit.session, "lea.martin"),
                department="lea",
                receiving_hei_id="usal.es",
                academic_year=f"{begins.year}/{begins.year + 1}",
                home_hei_id=settings.home_hei,
            )
        item = opened.work_items[0]
        for login, outcome, data in answers:
            done = engine.complete(
                item,
                actor=people[login],
                data=data,
                outcome=outcome,
                idempotency_key=f"walk {item}",
            )
            item = done.next_items[0] if done.next_items else 0
        return opened.instance_id
    finally:
        database.dispose()


def test_walk(visitors, live_server, case):
    student = visitors("Léa Martin", language="fr", width=390)
    page = student.page
    page.goto(case)
    assert student.violations() == []
    page.get_by_role("link", name="Demander une modification").click()
    page.fill("#f-reason", "Le cours Curso 1 est complet.")
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))

    refused_first_then_sent(student)
    changed = page.locator(".aside-block a[href^='/cases/']").first.get_attribute("href")
    student.decide("approve")

    coordinator = visitors("Marie Delmas", language="en")
    answer(coordinator, changed, "approve")
    office = visitors("Claire Vidal", language="es")
    answer(office, changed, "approve")

    link = partner_link(live_server, CONTACT)
    partner = visitors(language="en", width=390)
    partner.page.goto(link)
    assert "Version 1 stays in force" in partner.page.locator("main").inner_text()
    assert partner.page.locator(".tag", has_text="added").count() == 1
    assert partner.violations() == []
    partner.decide("reject", "This course is full as well.")

    page.goto(task_of(student, changed))
    assert "This course is full as well." in page.locator("main").inner_text()
    expect(page.locator("[data-change-total]").first).to_have_text("30")
    page.fill("input[name='studied.0.title']", "Curso 7")
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_url(lambda address: "/complete" not in address)
    student.decide("approve")
    answer(coordinator, changed, "approve")
    answer(office, changed, "approve")
    partner.page.goto(partner_link(live_server, CONTACT, seen=[link]))
    partner.page.fill("#f-signer_name", "Carmen Sánchez")
    partner.page.fill("#f-signer_position", "Coordinadora")
    partner.decide("approve")

    page.goto(case)
    assert "signée par tous, en vigueur" in page.locator("#changes").locator("..").inner_text()
    newest = page.locator("details.version").first
    assert "Curso 7" in newest.inner_text()
    assert newest.locator(".signature-list .is-done").count() == 3


def refused_first_then_sent(student):
    """A change without reasons comes back with what was typed; with them it goes on."""
    page = student.page
    page.locator("input[name='earlier.0.remove']").check()
    page.locator("[data-change-part]").first.locator("[data-add-row]").click()
    page.fill("input[name='studied.0.title']", "Curso 6")
    page.fill("input[name='studied.0.credits.0.value']", "6")
    expect(page.locator("[data-change-total]").first).to_have_text("30")
    page.locator("form[data-draft-url] .btn-primary").click()
    expect(page.locator("#error-summary")).to_contain_text("Curso 1")
    assert page.input_value("input[name='studied.0.title']") == "Curso 6"
    assert student.violations() == []
    page.select_option("select[name='earlier.0.reason_code']", "not-available")
    page.select_option("select[name='studied.0.reason_code']", "substituting-deleted")
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_url(lambda address: "/complete" not in address)


def task_of(visitor, case):
    """The open task of a case, from the case's own page."""
    visitor.page.goto(case)
    return visitor.page.locator(".work-list a.title").first.get_attribute("href")


def answer(visitor, case, outcome):
    visitor.page.goto(task_of(visitor, case))
    visitor.decide(outcome)
