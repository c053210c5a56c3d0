"""What people do on the pages of the lifecycles, one act after the other."""

from __future__ import annotations

import re
from datetime import datetime

from tests.acceptance.visitors import fill_draft, partner_link
from workflows.demo.dates import ZONE

TITLE = "Campagne du parcours"
SIGNER = "Carmen Sánchez"
LANGUAGES = "Langues étrangères appliquées"
APPLICATION = {
    "student_number": "22100001",
    "years_completed": "2",
    "erasmus_months": "0",
    "isced_f": "0231",
    "motivation": "Étudier la traduction juridique dans le pays dont c’est la langue.",
    "languages-0-language": "es",
}
POINTS = {"motivation": "15", "language": "14", "results": "12,5", "coherence": "16"}


def write_campaign(office, opens: str, closes: str) -> None:
    """Fill the form of a new campaign for languages, without any document asked for."""
    page = office.page
    page.goto("/campaigns/new")
    page.fill("#f-title", TITLE)
    page.fill("#f-opens_at", opens)
    page.fill("#f-closes_at", closes)
    for number in range(5):
        page.locator(f"#f-documents-{number}").set_checked(False)
    chosen = page.locator(".department-part", has_text=LANGUAGES)
    chosen.locator("input[name$='.chosen']").check()


def keep_campaign(office, *places: str) -> str:
    """Keep the campaign with these places, publish it; gives the address of its ranking."""
    page = office.page
    page.locator("main .btn-primary").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+/places$"))
    page.locator("details:has(#f-paste) summary").click()
    page.fill("#f-paste", "".join(f"lea\t{place}\n" for place in places))
    page.locator("button[value=paste]").click()
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/campaigns/\d+$"))
    with page.expect_navigation():
        page.get_by_role("button", name="Publier").click()
    return page.locator("a[href^='/rankings/']").first.get_attribute("href")


def begin_application(student) -> None:
    """Go to the campaign and begin."""
    page = student.page
    page.goto("/campaigns")
    section = page.locator("article.campaign", has_text=TITLE)
    option = section.locator("option", has_text=LANGUAGES).get_attribute("value")
    section.locator("select").select_option(option)
    section.locator(".btn-primary").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))


def choose(page, number: int, partner: str) -> None:
    """Make a partner the wish of this number, from 0."""
    options = page.locator(f"#f-wishes-{number}-place option").all_inner_texts()
    label = next(text for text in options if partner in text)
    page.select_option(f"#f-wishes-{number}-place", label=label)


def fill_application(page) -> None:
    """Everything of the application's form but the wishes."""
    for name, value in APPLICATION.items():
        page.fill(f"#f-{name}", value)
    page.select_option("#f-eqf_level", "6")
    page.select_option("#f-languages-0-cefr", "B2")
    for name, value in (("enrolled", "true"), ("debts", "false"), ("conditional", "false")):
        page.check(f"#f-{name}-{value}")


def submit_application(student) -> None:
    page = student.page
    page.locator("form[data-application] .btn-primary").click()
    page.wait_for_url(lambda to: "/tasks/" not in to)


def score(coordinator, case: str) -> None:
    coordinator.open_task(case)
    for criterion, points in POINTS.items():
        coordinator.page.fill(f"#f-points-{criterion}", points)
    coordinator.decide("score")


def allocate(office, board: str) -> None:
    """Give out the places of a closed campaign."""
    page = office.page
    page.goto(f"{board}/allocate")
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_url(re.compile(r"/rankings/\d+(#.*)?$"))


def begin_contract(student, partner: str, year: str) -> None:
    """Begin a learning agreement in languages with a partner."""
    page = student.page
    page.goto("/start")
    page.select_option("#f-department", "lea")
    page.select_option("#f-receiving_hei_id", partner)
    page.fill("#f-academic_year", year)
    page.locator("main .btn-primary").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))


def write_contract(student, studied, recognised, **changes: str) -> None:
    """Fill the open draft and submit it."""
    page = student.page
    fill_draft(page, studied, recognised)
    for name, value in changes.items():
        page.fill(f"#f-{name}", value)
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_url(lambda address: "/complete" not in address and "/tasks/" not in address)


def answer(visitor, case: str, outcome: str, reason: str | None = None) -> None:
    """Open one's task of the case and decide."""
    visitor.open_task(case)
    visitor.decide(outcome, reason)


def sign_inside(student, coordinator, office, case: str) -> None:
    """The signatures of the university's own people."""
    answer(student, case, "approve")
    answer(coordinator, case, "approve")
    office.open_task(case)
    for name in ("insurance", "grant_agreement", "enrolment"):
        office.page.check(f"#f-{name}")
    office.decide("approve")


def partner_approves(partner, contact: str, seen=(), **signer: str) -> str:
    """The partner follows its newest link and says yes; gives the link."""
    link = partner_link(partner.server, contact, seen)
    partner.page.goto(link)
    partner.page.fill("#f-signer_name", SIGNER)
    for name, value in signer.items():
        partner.page.fill(f"#f-{name}", value)
    partner.decide("approve")
    return link


def record_waiver(registrar, case: str) -> None:
    """The registrar enters the excused absences."""
    registrar.open_task(case)
    registrar.page.check("#f-coded")
    submit(registrar)


def enter_marks(coordinator, department: str, year: str, *marks: str) -> None:
    """Enter the marks of a department's open sheet and certify them, course by course."""
    page = coordinator.page
    page.goto(f"/grades/{department}/{year}")
    for number, mark in enumerate(marks):
        page.locator("[data-mark]").nth(number).fill(mark)
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_selector(".notice.is-done")
    while page.locator("button[name=certify]").count():
        with page.expect_navigation():
            page.locator("button[name=certify]").first.click()


def begin_recognition(office, contract: str) -> None:
    """Begin the recognition on the contract's page."""
    page = office.page
    page.goto(contract)
    page.get_by_role("button", name="Commencer la reconnaissance").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))


def enter_transcript(office, rows) -> None:
    """Type a Spanish transcript into the open task: title and grade, 6 credits each."""
    page = office.page
    page.select_option("#f-scale", "ES")
    for number, (title, grade) in enumerate(rows):
        if page.locator(f"input[name='rows.{number}.title']").count() == 0:
            page.locator("#f-rows [data-add-row]").click()
        page.fill(f"input[name='rows.{number}.title']", title)
        page.fill(f"input[name='rows.{number}.credits']", "6")
        page.fill(f"input[name='rows.{number}.grade']", grade)


def submit(visitor) -> None:
    """Complete the open task as it is filled in."""
    with visitor.page.expect_navigation():
        visitor.page.locator(".decision-bar .btn-primary").click()


def mails(office, words: str) -> list[tuple[str, str]]:
    """Subject and hour in Paris of the outbox's mails with these words, oldest first."""
    page = office.page
    page.goto("/outbox?q=" + words)
    rows = page.locator("tbody tr")
    found = [
        (row.locator("th").inner_text(), row.locator("time").get_attribute("datetime"))
        for row in rows.all()
    ]
    return [
        (subject, datetime.fromisoformat(at).astimezone(ZONE).strftime("%Y-%m-%d %H:%M"))
        for subject, at in reversed(found)
    ]
