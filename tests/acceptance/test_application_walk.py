"""From a campaign to the partner's yes, in a browser: everybody who has a part in it."""

import re
import zlib
from datetime import datetime, timedelta

from playwright.sync_api import expect

from tests.acceptance.acts import TITLE, begin_application, choose, fill_application
from tests.acceptance.visitors import partner_link, partner_links, reload_until

PARTNER = "usal.es"


def png():
    """A small picture, as a scanner would send it."""

    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = (1).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0\xff\xff\xff")
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_walk(visitors, live_server):
    office = visitors("Claire Vidal")
    student = visitors("Léa Martin", width=390)
    coordinator = visitors("Marie Delmas")

    board = opened_campaign(office)
    case = applied(student)
    admitted(office, case)
    scored(coordinator, case, board)
    allocated(office, board)
    confirmed(student, case)
    office.open_task(case)
    before = partner_links(live_server, PARTNER)
    office.decide("nominate")

    link = partner_link(live_server, PARTNER, before)
    partner = visitors(width=390)
    answered_once(partner, link)
    student.page.goto("/home")
    reload_until(student, "Rédiger le contrat d’études")


def opened_campaign(office):
    page = office.page
    page.goto("/campaigns")
    page.locator("a[href='/campaigns/new']").first.click()
    page.locator("main .btn-primary").click()
    page.wait_for_selector("#error-summary")
    now = datetime.now()  # noqa: DTZ005 - what a person reads off the wall, and types
    page.fill("#f-title", TITLE)
    page.fill("#f-opens_at", (now - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    page.fill("#f-closes_at", (now + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M"))
    for number in range(5):
        page.locator(f"#f-documents-{number}").set_checked(number == 1)
    chosen = page.locator(".department-part", has_text="Langues étrangères appliquées")
    chosen.locator("input[name$='.chosen']").check()
    assert office.violations() == []
    page.locator("main .btn-primary").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+/places$"))
    page.locator("details:has(#f-paste) summary").click()
    page.fill(
        "#f-paste", f"lea\t{PARTNER}\t023\t6\t1\t5\tes\tB1\nlea\tunibo.it\t023\t6\t2\t5\tit\t"
    )
    page.locator("button[value=paste]").click()
    page.locator("[data-add-row]").click()
    page.locator("tbody tr").last.locator("[data-remove-row]").click()
    assert office.violations() == []
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    page.get_by_role("button", name="Publier").click()
    expect(page.locator(".case-facts")).to_contain_text("ouverte")
    assert office.violations() == []
    return page.locator("a[href^='/rankings/']").first.get_attribute("href")


def applied(student):
    page = student.page
    begin_application(student)
    address = page.url
    choose(page, 0, "Bologna")
    choose(page, 1, "Salamanca")
    page.locator("#f-wishes-1-place").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "Salamanca" in chosen_text(page, 0)
    assert "Bologna" in chosen_text(page, 1)
    page.locator("form[data-application] .btn-primary").click()
    page.wait_for_selector("#error-summary")
    assert "Salamanca" in chosen_text(page, 0)
    fill_application(page)
    expect(page.locator("[data-draft-status]")).not_to_be_empty()
    page.select_option("#f-kind", "cv")
    page.set_input_files("#f-file", {"name": "cv.pdf", "mimeType": "x/y", "buffer": png()})
    with page.expect_navigation():
        page.locator(".upload-form .btn").click()
    assert ".png" in page.locator(".notice.is-warning").inner_text()
    assert page.input_value("#f-student_number") == "22100001"
    page.select_option("#f-kind", "cv")
    page.set_input_files("#f-file", {"name": "cv.png", "mimeType": "x/y", "buffer": png()})
    page.locator(".upload-form .btn").click()
    expect(page.locator("#documents")).to_contain_text("cv.png")
    assert student.violations() == []
    case = page.locator("a[href^='/cases/']").last.get_attribute("href")
    page.locator("form[data-application] .btn-primary").click()
    page.wait_for_url(lambda to: to != address and "/complete" not in to)
    return case


def chosen_text(page, number):
    return page.locator(f"#f-wishes-{number}-place option:checked").inner_text()


def admitted(office, case):
    office.open_task(case)
    assert office.page.locator("#f-wishes .form-check-input:checked").count() == 2
    assert office.violations() == []
    office.decide("admit")


def scored(coordinator, case, board):
    page = coordinator.page
    coordinator.open_task(case)
    for criterion, points in (
        ("motivation", "15"),
        ("language", "25"),
        ("results", "12,5"),
        ("coherence", "16"),
    ):
        page.fill(f"#f-points-{criterion}", points)
    coordinator.decide("score")
    assert page.locator("#f-points-language[aria-invalid=true]").count() == 1
    page.fill("#f-points-language", "14")
    assert coordinator.violations() == []
    coordinator.decide("score")
    page.goto(board)
    page.locator(".own-points summary").click()
    page.locator(".own-points input[name='points.motivation']").fill("17")
    page.locator(".own-points .btn").click()
    expect(page.locator("#consequences")).to_contain_text("Aucun résultat ne change.")
    page.locator("#consequences .btn-primary").click()
    page.wait_for_selector("#f-reason[aria-invalid=true]")
    page.fill("#f-reason", "Entretien relu à deux.")
    assert coordinator.violations() == []
    page.locator("#consequences .btn-primary").click()
    page.wait_for_url(re.compile(r"/rankings/\d+(#.*)?$"))
    assert "Salamanca" in page.locator(".board tbody tr").inner_text()


def allocated(office, board):
    page = office.page
    page.goto(f"{board}/allocate")
    assert page.locator(".decision-bar").count() == 0
    page.goto(board)
    page.locator(".lead-line a").click()
    page.get_by_role("button", name="Clore la campagne").click()
    page.goto(board)
    page.locator(".page-head .btn-primary").click()
    expect(page.locator("main")).to_contain_text("L. 311-3-1")
    assert office.violations() == []
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/rankings/\d+(#.*)?$"))
    assert "Salamanca" in page.locator(".board tbody tr").inner_text()
    assert office.violations() == []


def confirmed(student, case):
    student.open_task(case)
    said = student.page.locator("main")
    expect(said).to_contain_text("c’est la place attribuée")
    expect(said).to_contain_text("L. 311-3-1")
    assert student.violations() == []
    student.decide("confirm")


def answered_once(partner, link):
    page = partner.page
    page.goto(link)
    partner.speak()
    assert "Léa Martin" in page.locator("h1").inner_text()
    assert page.locator("nav").count() == 0
    partner.decide("approve")
    assert page.locator("#f-signer_name[aria-invalid=true]").count() == 1
    page.fill("#f-signer_name", "Carmen Sánchez")
    assert partner.violations() == []
    partner.decide("approve")
    page.goto(link)
    assert page.locator("button[name=outcome]").count() == 0
