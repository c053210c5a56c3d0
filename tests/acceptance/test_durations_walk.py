"""An auditor sees how long a lifecycle takes, compares two years, and finds who is late."""

from __future__ import annotations

from playwright.sync_api import expect

SECONDS = 60


def test_durations_are_computed_drawn_compared_and_lead_to_who_is_late(visitors):
    anne = visitors("Anne Lacombe", language="es", width=390, dark=True)
    page = anne.page
    page.goto("/history/durations?process=contract")
    expect(page.locator(".duration-table")).to_be_visible(timeout=SECONDS * 1000)
    expect(page.locator(".heat-figure").first).to_be_attached()
    expect(page.locator(".is-heat-5").first).to_be_attached()
    assert anne.violations() == []

    page.locator("#f-compare").select_option(index=2)
    page.locator("form.history-filter button").click()
    expect(page.locator(".duration-table thead th[colspan]")).to_have_count(
        2, timeout=SECONDS * 1000
    )
    assert anne.violations() == []

    page.goto("/history/durations?process=contract&by=month")
    expect(page.locator(".duration-table tbody tr").first).to_be_visible(timeout=SECONDS * 1000)
    assert anne.violations() == []

    page.locator("a[href='/history/deadlines']").click()
    expect(page.locator(".deadline-table tbody tr").first).to_be_visible()
    assert anne.violations() == []
    page.locator(".deadline-table tbody a").first.click()
    expect(page.locator("h1")).to_be_visible()
