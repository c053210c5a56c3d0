"""The lighter duties in a browser: a meeting, an agreement, letters, a grant, a difficulty."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.acceptance.visitors import axe


def plan_meeting(page, title):
    page.goto("/meetings")
    page.get_by_role("link", name="Plan a meeting").click()
    page.locator("main form .btn-primary").click()
    expect(page.locator("#error-summary")).to_contain_text("Please fill this in.")
    assert axe(page) == []
    page.fill("#f-title", title)
    page.fill("#f-starts_at", "2099-03-18T14:00")
    page.fill("#f-ends_at", "2099-03-18T16:00")
    page.fill("#f-place", "Amphi 5")
    page.check("#f-languages-fr")
    page.fill("#f-capacity", "1")
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish the meeting")


def test_a_meeting_is_published_signed_up_for_and_called_off(visitors):
    marie = visitors("Marie Delmas", language="en")
    title = "Going abroad, all you ever wanted to know about it"
    plan_meeting(marie.page, title)
    assert axe(marie.page) == []
    marie.decide("publish")
    lea = visitors("Léa Martin", language="es", width=390)
    lea.page.goto("/meetings")
    lea.page.get_by_role("link", name=title).click()
    assert axe(lea.page) == []
    with lea.page.expect_download() as download:
        lea.page.get_by_role("link", name="A mi calendario").click()
    assert "SUMMARY:Going abroad" in Path(download.value.path()).read_text(encoding="utf-8")
    lea.page.get_by_role("button", name="Inscribirme").click()
    expect(lea.page.locator("main")).to_contain_text("se ha inscrito")
    theo = visitors("Théo Garnier", language="fr").page
    theo.goto(lea.page.url)
    expect(theo.locator("main")).to_contain_text("Il n’y a plus de place")
    marie.page.goto(lea.page.url)
    marie.page.locator("details:has(#f-reason) > summary").click()
    marie.page.get_by_role("button", name="Call the meeting off").click()
    expect(marie.page.locator(".field-error")).to_contain_text("Please fill this in.")
    marie.page.fill("#f-reason", "The room is flooded.")
    marie.page.get_by_role("button", name="Call the meeting off").click()
    lea.page.reload()
    expect(lea.page.locator(".notice.is-danger")).to_contain_text("The room is flooded.")


def test_an_agreement_is_proposed_and_its_file_written(visitors):
    marie = visitors("Marie Delmas", language="en")
    page = marie.page
    page.goto("/partnerships/new")
    assert axe(page) == []
    page.select_option("#f-kind", "double_degree")
    page.fill("#f-title", "Double degree with a very long name " + "x" * 60)
    page.select_option("#f-hei_id", index=1)
    page.select_option("#f-department", index=1)
    page.locator("main form .btn-primary").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the pedagogical file")
    page.fill("#f-purpose", "Two degrees in four years.")
    page.fill("#f-years", "6")
    page.locator(".decision-bar .btn-primary").click()
    expect(page.locator("#error-summary")).to_contain_text("from 1 to 5")
    expect(page.locator("#f-purpose")).to_have_value("Two degrees in four years.")
    assert axe(page) == []
    page.fill("#f-years", "5")
    page.fill("#f-starts_on", "2099-09-01")
    for name in ("home_curriculum", "partner_curriculum", "grade_grid"):
        page.fill(f"#f-{name}", "Semester 1: 30 credits")
    page.locator(".decision-bar .btn-primary").click()
    page.goto("/partnerships?q=very+long+name")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody tr")).to_contain_text("in the circuit")
    assert axe(page) == []
    narrow = visitors("Claire Vidal", language="fr", width=390).page
    narrow.goto("/partnerships")
    assert narrow.evaluate("document.documentElement.scrollWidth") == 390
    assert axe(narrow) == []


def test_letters_on_a_case_are_read_by_those_they_are_to(visitors, tmp_path):
    marie = visitors("Marie Delmas", language="en").page
    marie.goto("/cases?q=L%C3%A9a+Martin")
    marie.locator("tbody tr", has_text="Léa Martin").first.get_by_role("link").click()
    case = marie.url
    note = tmp_path / "note.pdf"
    note.write_bytes(b"%PDF-1.7 not really")
    thread = marie.locator("#messages")
    thread.locator("summary", has_text="Write a message").click()
    thread.get_by_label("Student").check()
    thread.get_by_label("Message").fill("Have you thought of the housing form?")
    thread.get_by_label("Enclosed").set_input_files(note)
    thread.get_by_role("button", name="Send").click()
    expect(marie.locator(".field-error")).to_contain_text("cannot be opened")
    expect(marie.get_by_label("Message")).to_have_value("Have you thought of the housing form?")
    assert axe(marie) == []
    marie.get_by_role("button", name="Send").click()
    expect(marie.locator(".letter").last).to_contain_text("housing form")
    relay = marie.url.partition("#")[0]
    lea = visitors("Léa Martin", language="fr", width=390).page
    lea.goto(case)
    expect(lea.locator("#messages .letter").last).to_contain_text("housing form")
    assert axe(lea) == []
    claire = visitors("Claire Vidal", language="es").page
    claire.goto(relay)
    expect(claire.locator("main")).not_to_contain_text("housing form")


def test_a_grant_is_opened_on_a_case_and_decided(visitors):
    claire = visitors("Claire Vidal", language="en")
    page = claire.page
    page.goto("/cases?q=L%C3%A9a+Martin")
    page.locator("tbody tr", has_text="Léa Martin").first.get_by_role("link").click()
    page.select_option("#scheme", "crous")
    page.get_by_role("button", name="Open a grant").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Establish the facts")
    page.fill("#f-stay_start", "2099-09-01")
    page.fill("#f-stay_end", "2099-12-31")
    page.locator(".decision-bar .btn-primary").click()
    deadline = page.get_by_role("heading", level=1)
    for _ in range(40):
        page.goto("/inbox?step=decide&q=L%C3%A9a+Martin")
        if page.locator("[data-item]").count():
            break
        page.wait_for_timeout(250)
    page.goto(page.locator("[data-item] a.title").first.get_attribute("href"))
    expect(deadline).to_have_text("Decide on the grant")
    expect(page.locator("main")).to_contain_text("The student must be enrolled")
    assert axe(page) == []
    claire.decide("reject", "Not enrolled this year.")
    page.goto("/inbox?step=decide&q=L%C3%A9a+Martin")
    expect(page.locator("[data-item]")).to_have_count(0)


def test_the_partner_s_page_says_when_its_link_is_no_link(visitors):
    stranger = visitors(language="en").page
    assert stranger.goto("/correspondence/" + "x" * 40).status == 404
    expect(stranger.get_by_role("heading", level=1)).to_have_text(re.compile(r".+"))
    assert axe(stranger) == []
