"""An administrator changes a scenario, has it played, and sees where it went."""

from __future__ import annotations

import re

from playwright.sync_api import expect

DRAFT = "/processes/grant/draft/scenarios"
SECONDS = 120


def test_a_scenario_is_changed_played_and_told(visitors):
    sam = visitors("Samuel Ortiz", language="es", width=390, dark=True)
    page = sam.page
    page.goto("/processes/grant")
    page.locator("main a[href$='/scenarios']").click()
    assert sam.violations() == []
    page.goto(DRAFT)
    page.locator("a[href$='refused.yaml']").click()
    assert sam.violations() == []
    page.locator("a[href$='number=1']").click()
    assert sam.violations() == []
    page.locator("#f-what").fill("conjure")
    page.keyboard.press("Enter")
    expect(page.locator("#step-1")).to_contain_text("conjure")

    page.locator("form[action$='/play'] button").click()
    expect(page.locator("[hx-trigger]")).to_have_count(0, timeout=SECONDS * 1000)
    row = page.locator("tr", has=page.locator("a[href$='refused.yaml']"))
    expect(row).to_contain_text("falló en el paso 1")
    page.locator(".diagram-canvas").scroll_into_view_if_needed()
    expect(page.locator(".djs-connection.is-missed").first).to_be_attached()
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert sam.violations() == []

    page.goto(f"{DRAFT}/refused.yaml/text")
    assert sam.violations() == []
    page.goto("/processes/grant/draft/publish")
    expect(page.locator("#f-despite")).to_have_attribute("required", "")
    assert sam.violations() == []
    page.goto("/processes/grant/draft/discard")
    page.locator("main .btn-quiet-danger").click()
    expect(page).to_have_url(re.compile(r"/processes/grant$"))
