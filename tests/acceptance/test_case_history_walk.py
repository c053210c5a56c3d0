"""An auditor goes back to the second return of a contract and reads who sent it back, and why."""

from __future__ import annotations

import io
import zipfile

from playwright.sync_api import expect

from engine import SYSTEM
from tests.builders_domain import draft
from tests.builders_web import actor_of, open_leas_agreement

REASONS = ("A course overlaps.", "The credits do not add up.")


def returned_twice(engine, settings):
    """A contract that its coordinator has sent back twice, then found coherent."""
    lea, marie = actor_of(engine, "lea.martin"), actor_of(engine, "marie.delmas")
    opened = open_leas_agreement(engine, settings, "lea.martin")
    (item,) = (each.id for each in engine.instance(opened.instance_id, actor=SYSTEM).open_items)
    for number, reason in enumerate((*REASONS, None)):
        done = engine.complete(item, actor=lea, data=draft(), idempotency_key=f"draft {number}")
        (item,) = engine.complete(
            done.next_items[0],
            actor=marie,
            outcome="return" if reason else "approve",
            reason=reason,
            idempotency_key=f"check {number}",
        ).next_items
    return opened.instance_id


def test_an_auditor_scrubs_to_the_second_return_and_takes_the_evidence(people, house):
    case = house.work(returned_twice, house.engine, house.settings)
    anne = people("Anne Lacombe", language="en")
    page = anne.page
    page.goto(f"/cases/{case}")
    page.get_by_role("link", name="The whole history, with the diagram").click()
    page.wait_for_selector("[data-replayed] .djs-element.is-visited")
    slider = page.get_by_role("slider")
    slider.focus()
    while "returned" not in slider.get_attribute("aria-valuetext"):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#event .said")).to_have_text(REASONS[1])
    expect(page.locator("#event")).to_contain_text("returned by Marie Delmas")
    expect(page.locator(".djs-element.is-active")).to_have_attribute("data-element-id", "draft")
    now = page.locator("tr[data-state=now]")
    expect(now.locator("th")).to_have_text("Draft the learning agreement")
    expect(now.locator("[data-times]")).to_have_text("2")
    assert anne.violations() == []

    page.get_by_role("button", name="Play the events").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-playing=no]")).to_be_visible(timeout=15_000)
    expect(slider).to_have_value(slider.get_attribute("max"))

    page.locator(".timeline [data-event]", has_text="returned").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#event .said")).to_have_text(REASONS[0])

    with page.expect_download() as given:
        page.get_by_role("button", name="Export the evidence").press("Enter")
    content = io.BytesIO(given.value.path().read_bytes())
    assert "verify.py" in zipfile.ZipFile(content).namelist()
