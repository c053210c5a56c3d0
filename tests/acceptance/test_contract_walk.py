"""A learning agreement from its student to three signatures, in a browser, in each language."""

import re

from playwright.sync_api import expect

from tests.acceptance.visitors import fill_draft, partner_link

WORDS = {
    "fr": {"start": "Commencer un contrat", "signed": "signé par les trois"},
    "en": {"start": "Start a learning", "signed": "signed by all three"},
    "es": {"start": "Iniciar un acuerdo", "signed": "firmado por las tres"},
}
STUDIED = [("Traducción general directa", "9"), ("Lengua B: inglés IV", "10,5"), ("Economía", "9")]
RECOGNISED = [("Traduction S6", "15"), ("Économie S6", "13.5")]


def test_walk(visitors, live_server, language):
    said = WORDS[language]
    contact = f"walk-{language}@example.org"
    student = visitors("Léa Martin", language=language, width=390)
    coordinator = visitors("Marie Delmas", language=language)
    office = visitors("Claire Vidal", language=language)

    start(student, said)
    draft = student.page.url
    refused_first_then_submitted(student, contact)
    case = case_address(coordinator, contact)

    coordinator.page.goto(task_at(coordinator, case))
    refusal_needs_a_reason(coordinator)
    student_sees_reason_and_resubmits(student, case, "Le cours d’économie existe déjà en S4.")
    assert draft != student.page.url

    answer(coordinator, case, "approve")
    signed_by_all_inside(student, coordinator, office, case)

    link = partner_link(live_server, contact)
    partner = visitors(language=language, width=390)
    partner.page.goto(link)
    partner.speak()
    assert "Léa Martin" in partner.page.locator("h1").inner_text()
    assert partner.page.locator("nav").count() == 0
    partner.decide("reject", "Please replace course 3.\n<b>Thanks</b>")
    partner.page.goto(link)
    assert partner.page.locator("form.languages").count() == 1
    assert partner.page.locator("button[name=outcome]").count() == 0

    student.page.goto(task_at(student, case))
    assert "Please replace course 3.\n<b>Thanks</b>" in student.page.locator("main").inner_text()
    student.page.fill("input[name='studied.2.title']", "Economía internacional")
    student.page.locator("form[data-draft-url] .btn-primary").click()
    student.page.wait_for_url(lambda address: "/complete" not in address)
    answer(coordinator, case, "approve")
    signed_by_all_inside(student, coordinator, office, case)

    second = partner_link(live_server, contact, seen=[link])
    partner.page.goto(second)
    partner.speak()
    assert partner.page.locator("del").first.inner_text().strip() != ""
    partner.page.fill("#f-signer_name", "")
    partner.decide("approve")
    assert partner.page.locator("#f-signer_name[aria-invalid=true]").count() == 1
    partner.page.fill("#f-signer_name", "Carmen Sánchez")
    partner.page.fill("#f-signer_position", "Coordinadora Erasmus")
    partner.decide("approve")
    assert partner.page.locator("button[name=outcome]").count() == 0

    office.page.goto(case)
    newest = office.page.locator("details.version").first
    assert said["signed"] in newest.inner_text()
    assert newest.locator(".signature-list .is-done").count() == 3
    assert "Carmen Sánchez" in newest.inner_text()
    assert office.page.locator("details.version").count() >= 3


def start(student, said):
    student.page.goto("/start")
    assert said["start"] in student.page.locator("h1").inner_text()
    student.page.select_option("#f-department", "lea")
    student.page.select_option("#f-receiving_hei_id", index=1)
    student.page.fill("#f-academic_year", "2026/2027")
    student.page.locator("main .btn-primary").click()
    student.page.wait_for_url(re.compile(r"/tasks/\d+$"))


def refused_first_then_submitted(student, contact):
    page = student.page
    fill_draft(page, STUDIED, RECOGNISED)
    page.fill("#f-receiving_contact_email", contact)
    assert page.locator("#f-studied [data-total]").inner_text() in {"28,5", "28.5"}
    page.fill("#f-isced_f_code", "languages")
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_selector("#error-summary")
    assert page.locator("#f-isced_f_code").get_attribute("aria-invalid") == "true"
    assert page.input_value("input[name='studied.1.title']") == STUDIED[1][0]
    assert page.input_value("input[name='studied.1.credits.0.value']") == "10,5"
    page.fill("#f-isced_f_code", "0231")
    expect(page.locator("[data-draft-status]")).not_to_be_empty()
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_url(re.compile(r"/home$"))


def case_address(coordinator, contact):
    """The case just submitted: the newest of the coordinator's inbox."""
    page = coordinator.page
    page.goto("/inbox?view=groups&sort=newest")
    page.goto(page.locator("[data-item] a.title").first.get_attribute("href"))
    page.locator("details.version summary").first.click()
    assert contact in page.locator("main").inner_text()
    return page.locator("a[href^='/cases/']").last.get_attribute("href")


def task_at(visitor, case):
    """The open task of a case."""
    visitor.page.goto(case)
    return visitor.page.locator(".work-row.plain a.title").first.get_attribute("href")


def refusal_needs_a_reason(coordinator):
    coordinator.decide("return", "   ")
    assert coordinator.page.locator("#f-reason_return[aria-invalid=true]").count() == 1
    coordinator.page.fill("#f-reason_return", "Le cours d’économie existe déjà en S4.")
    coordinator.page.locator("button[name=outcome][value=return]").click()
    coordinator.page.wait_for_url(lambda address: "/complete" not in address)


def student_sees_reason_and_resubmits(student, case, reason):
    student.page.goto(task_at(student, case))
    assert reason in student.page.locator("main").inner_text()
    student.page.fill("input[name='studied.2.title']", "Economía de la empresa")
    student.page.locator("form[data-draft-url] .btn-primary").click()
    student.page.wait_for_url(lambda address: "/complete" not in address)


def answer(visitor, case, outcome):
    visitor.page.goto(task_at(visitor, case))
    visitor.decide(outcome)


def signed_by_all_inside(student, coordinator, office, case):
    answer(student, case, "approve")
    answer(coordinator, case, "approve")
    office.page.goto(task_at(office, case))
    for name in ("insurance", "grant_agreement", "enrolment"):
        office.page.check(f"#f-{name}")
    office.decide("approve")
