"""An auditor finds the contracts that were returned more than once last semester."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from engine import Database, Engine, FixedClock
from engine.identity import SYSTEM
from tests.acceptance.visitors import axe
from tests.builders_domain import draft
from web.config import Settings
from workflows.contract.services import open_contract
from workflows.people.services import actor_for, create_person, find_person
from workflows.registry import registry
from workflows.years import semester

GIVEN, FAMILY = (
    "Maria Alexandra Konstantina Wilhelmina",
    "von und zu Hohenstein-Papadopoulou-de la Fuente y García",
)
REASON = "The total of credits is too low for the time abroad."


def returned_twice(live_server):
    """A contract that its coordinator returned twice in the middle of the last semester."""
    first, last = semester(datetime.now(UTC).date(), before=1)
    then = datetime.combine(first + (last - first) / 2, time(10), UTC)
    environ = {"PASSERELLE_DEMO": "1", "PASSERELLE_DATA_DIR": str(live_server.data_dir)}
    settings = Settings.from_env(environ)
    database, clock = Database(live_server.database_url), FixedClock(then)
    engine = Engine(database, registry(settings), clock=clock)
    with engine.unit(SYSTEM) as unit:
        student = create_person(
            unit.session, login="long.name", given_names=GIVEN, family_name=FAMILY,
            email="long@example.org", groups=(),
        )  # fmt: skip
        opened = open_contract(
            engine, unit, student=student, department="lea", receiving_hei_id="usal.es",
            academic_year="2026/2027", home_hei_id=settings.home_hei,
        )  # fmt: skip
    with engine.reading() as session:
        actors = [
            actor_for(session, find_person(session, n)) for n in ("long.name", "marie.delmas")
        ]
    for number in range(4):
        clock.advance(timedelta(days=1))
        engine.run_due_jobs(worker="walk")
        items = engine.instance(opened.instance_id, actor=SYSTEM).open_items
        answer = {"outcome": "return", "reason": REASON} if number % 2 else {"data": draft()}
        engine.complete(
            items[0].id, actor=actors[number % 2], idempotency_key=f"walk{number}", **answer
        )
    engine.terminate(opened.instance_id, actor=SYSTEM, reason="The walk is over.")
    database.dispose()


@pytest.fixture
def contract(live_server):
    """Made outside the browser's event loop: V8 takes no time limit inside one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(returned_twice, live_server).result()


def test_the_contracts_returned_more_than_once_last_semester(contract, visitors):
    page = visitors("Anne Lacombe", language="en", width=1440).page
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search the history")
    assert axe(page) == []
    page.get_by_role("link", name="Contracts returned more than once").click()
    page.locator(".filters > summary", has_text="Filter").click()
    page.get_by_role("link", name="last semester").click()
    expect(page.locator(".filter-chips")).to_contain_text("at least 2 times")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert axe(page) == []
    page.get_by_role("link", name="Events", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text(REASON)
    expect(page.locator("tbody tr").first).to_contain_text("Marie Delmas")
    assert axe(page) == []
    page.locator(".filters > summary", has_text="Save this search").click()
    page.get_by_label("Name", exact=True).fill("Returned twice, last semester")
    page.keyboard.press("Enter")
    expect(page.locator(".saved-views")).to_contain_text("Returned twice, last semester")
    page.locator(".filter-chips a[title*='at least 2 times']").click()
    expect(page.locator(".filter-chips")).not_to_contain_text("at least 2 times")
    page.locator(".saved-views a").click()
    page.get_by_role("link", name="Cases", exact=True).last.click()
    page.locator("tbody a").click()
    expect(page.locator("#timeline")).to_contain_text(REASON)
    page.goto("/history/conformance")
    expect(page.locator("#class-title")).to_have_text("On an old version")
    assert axe(page) == []
