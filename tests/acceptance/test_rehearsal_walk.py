"""An administrator rehearses a draft as two people, moves the clock, keeps it, and ends it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

DRAFT = "/processes/meeting/draft"
BAND = ".rehearsal-band"


def test_a_draft_is_rehearsed_kept_as_a_scenario_and_ended(visitors):
    sam = visitors("Samuel Ortiz", language="es", width=390, dark=True)
    page = sam.page
    page.goto(f"{DRAFT}/new-scenario")
    page.fill("#f-title", "Primero")
    page.fill("#f-name", "first_try")
    page.locator("#f-name").press("Enter")
    page.wait_for_url(re.compile("first_try.yaml$"))
    page.goto(DRAFT)
    page.locator("main a[href$='/rehearsal']").click()
    assert sam.violations() == []
    page.fill("#f-at", "2026-03-02T09:00")
    page.locator("main .btn-primary").click()

    page.select_option("#f-action", "plan_meeting")
    page.select_option("#f-who", "coordinator")
    page.locator("form:has(#f-action) .btn").press("Enter")
    expect(page.locator("main button[value=coordinator]")).to_be_visible()
    assert sam.violations() == []
    page.locator("main button[value=coordinator]").press("Enter")
    expect(page.locator(BAND)).to_be_visible()
    expect(page.locator("#band-member")).to_have_value("coordinator")
    assert sam.violations() == []
    sam.decide("publish")
    page.select_option("#band-member", "student")
    page.locator(f"{BAND} form .btn").first.press("Enter")
    expect(page.locator(".person-menu summary")).to_contain_text("Léa Martin")
    page.locator(f"{BAND} form .btn").last.press("Enter")
    expect(page.locator(f"{BAND} time")).to_contain_text("5 mar 2026")
    page.locator(f"{BAND} nav a").first.click()
    expect(page.locator(".scenario-steps tbody tr")).to_have_count(4)

    page.locator(f"{BAND} nav a").last.click()
    assert sam.violations() == []
    page.locator("main a[href$='/scenario']").click()
    assert sam.violations() == []
    page.fill("#f-title", "Ensayado")
    page.fill("#f-name", "rehearsed")
    page.locator("#f-name").press("Enter")
    expect(page.locator("#step-2")).to_contain_text("publish")

    page.goto(f"{DRAFT}/rehearsal")
    page.locator("main form[action$='/end'] .btn").click()
    expect(page.locator(".notice.is-done")).to_be_visible()
    page.go_back()
    page.goto(f"{DRAFT}/discard")
    page.locator("main .btn-quiet-danger").click()
    expect(page).to_have_url(re.compile(r"/processes/meeting$"))
