"""Grades of incoming students in a browser: keys and a pasted block, a seal, a partner far away."""

import re
import time

from playwright.sync_api import expect

from tests.acceptance.visitors import partner_link
from tests.builders_grade_transfer import students_of
from tests.builders_papers import pdf_a_problems, seal_problems, text_of

YEAR = "2023/2024"
"""A year whose results came out long ago: its sheets open at once."""


def test_walk(visitors, live_server, tmp_path):
    people = students_of(live_server, YEAR, count=3)
    coordinator = visitors("Marie Delmas")
    sheet = open_sheet(coordinator)
    assert coordinator.violations() == []
    entered_by_keys(coordinator)
    refused_then_corrected(coordinator)
    pasted_from_a_spreadsheet(coordinator)
    certified(coordinator, sheet)

    office = visitors("Claire Vidal", language="en")
    case = checked_and_signed(office, people[0])
    contact = people[0].contact
    link = partner_link(live_server, contact)

    partner = visitors(language="es", width=390)
    partner.page.goto(link)
    partner.speak()
    assert partner.violations() == []
    assert people[0].student in partner.page.locator("h1").inner_text()
    files = {code: fetched(partner, link, code) for code in ("fr", "en", "es")}
    numbers = {code: re.findall(r"\d+(?:[.,]\d+)?", body_of(pdf)) for code, pdf in files.items()}
    assert numbers["fr"] == numbers["en"] == numbers["es"]
    for language, content in files.items():
        assert pdf_a_problems(content, language) == []
    seal = live_server.data_dir / "demo-seal.p12"
    for content in files.values():
        assert seal_problems(content, seal, tmp_path) == []
    partner.page.fill("#f-signer_name", "")
    partner.decide("acknowledge")
    assert partner.page.locator("#f-signer_name[aria-invalid=true]").count() == 1
    partner.page.fill("#f-signer_name", "Carmen Sánchez")
    partner.decide("acknowledge")
    assert partner.page.locator("button[name=outcome]").count() == 0

    office.page.goto(case)
    assert "Acknowledged by Carmen Sánchez" in office.page.locator("main").inner_text()
    corrected(office)
    coordinator.page.goto(sheet)
    assert coordinator.page.locator("[data-mark]").count() == 1


def open_sheet(coordinator):
    """The sheet, once the worker has opened it for all three students."""
    page = coordinator.page
    address = f"/grades/lea/{YEAR.replace('/', '-')}"
    for _ in range(60):
        page.goto(address)
        if page.locator("[data-mark]").count() == 6:
            return page.url
        time.sleep(0.5)
    raise AssertionError("the sheet did not open")


def entered_by_keys(coordinator):
    page = coordinator.page
    page.locator("[data-mark]").first.focus()
    page.keyboard.type("12,5")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("abi")
    page.keyboard.press("Enter")
    page.keyboard.type("9 R")
    assert values(page) == ["12,5", "abi", "", "9 R", "", ""]
    expect(page.locator("[data-unsaved]")).to_contain_text("3")
    assert page.locator("[data-mark].is-unsaved").count() == 3


def refused_then_corrected(coordinator):
    page = coordinator.page
    page.keyboard.press("Control+a")
    page.keyboard.type("21")
    assert page.locator("[data-mark][aria-invalid=true]").count() == 1
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_selector("#error-summary")
    assert values(page) == ["12,5", "abi", "", "21", "", ""]
    page.locator("[data-mark][aria-invalid=true]").focus()
    page.keyboard.type("11")


def pasted_from_a_spreadsheet(coordinator):
    page = coordinator.page
    coordinator.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-mark]").nth(2).focus()
    paste(page, "12\n" * 10_000)
    expect(page.locator("[data-unsaved]")).to_contain_text("10000")
    assert values(page)[2] == ""
    paste(page, "14\t11\n8,5\t16\n")
    assert values(page)[2:] == ["14", "11", "8,5", "16"]
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_selector(".notice.is-done")
    assert values(page) == ["12.5", "ABI", "14", "11", "8.5", "16"]
    assert page.locator("[data-mark].is-unsaved").count() == 0


def paste(page, text):
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


def values(page):
    return page.evaluate("[...document.querySelectorAll('[data-mark]')].map((each) => each.value)")


def certified(coordinator, sheet):
    page = coordinator.page
    for left in (3, 0):
        page.locator("button[name=certify]").first.click()
        page.wait_for_url(sheet)
        expect(page.locator("[data-mark]")).to_have_count(left)


def checked_and_signed(office, person):
    """RI completes the stay, issues and signs; gives the case's address."""
    page = office.page
    office.open_task_of(person.student)
    case = page.locator("a[href^='/cases/']").last.get_attribute("href")
    assert office.violations() == []
    page.fill("#f-first_day", "")
    office.decide("issue")
    assert page.locator("#f-first_day[aria-invalid=true]").count() == 1
    page.fill("#f-first_day", "2024-01-18")
    page.fill("#f-programme", "Langues étrangères appliquées")
    office.decide("issue")
    expect(page.locator("input[name=digest]")).to_have_count(1)
    assert office.violations() == []
    office.decide("sign")
    return case


def fetched(partner, link, code):
    answer = partner.context.request.get(f"{link}/transcript/{code}")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def body_of(pdf):
    """The text without the code, which is each file's own."""
    return re.sub(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", "", text_of(pdf))


def corrected(office):
    page = office.page
    page.get_by_text("Correct a grade").click()
    page.locator("input[name=courses]").first.check()
    page.fill("#f-reason", "Copie oubliée")
    page.get_by_role("button", name="Open them again").click()
    page.wait_for_selector(".notice.is-done")
    for _ in range(60):
        page.reload()
        if page.locator(".work-row.plain").count():
            return
        time.sleep(0.5)
    raise AssertionError("no department was asked")
