"""A transcript becomes a decision in a browser: RI, coordinator, jury, registrar, student."""

import re
import time

from tests.builders_papers import numbers_of, pdf_a_problems, seal_problems, text_of
from tests.builders_recognition import TITLES, stay_over_on

GRADES = ("8,2", "4,1", "9,6", "7", "6")


def test_walk(visitors, live_server, tmp_path):
    contract = stay_over_on(live_server)
    office = visitors("Claire Vidal")
    case = begun(office, contract)
    refused_file(office)
    entered_after_a_slip(office)

    coordinator = visitors("Marie Delmas", language="es")
    coordinator.open_task(f"/cases/{case}")
    assert coordinator.violations() == []
    matched(coordinator)
    coordinator.open_task(f"/cases/{case}")
    assert coordinator.violations() == []
    proposed_with_a_reason(coordinator)

    jury = visitors("Jeanne Perrin", language="en")
    jury.open_task(f"/cases/{case}")
    assert jury.violations() == []
    decided_beside_the_rule(jury)

    student = visitors("Léa Martin", width=390)
    student.page.goto(f"/cases/{case}")
    assert "15,5" not in student.page.locator("main").inner_text()
    registered(visitors("Rémi Castel"), case)
    letter = letter_of(student, case, tmp_path)
    assert student.violations() == []
    assert "15,5" in student.page.locator("main").inner_text()
    assert pdf_a_problems(letter, "fr") == []
    assert seal_problems(letter, live_server.data_dir / "demo-seal.p12", tmp_path) == []
    assert "Progression nette." in text_of(letter)
    assert {"15.5", "30", "8.25"} <= set(numbers_of(letter))


def begun(office, contract):
    """The recognition's case, begun from the contract's page."""
    page = office.page
    page.goto(f"/cases/{contract}")
    page.get_by_role("button", name="Commencer la reconnaissance").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    assert office.violations() == []
    return page.locator("a[href^='/cases/']").last.get_attribute("href").rpartition("/")[2]


def refused_file(office):
    page = office.page
    page.set_input_files(
        "#file", {"name": "releve.xml", "mimeType": "text/xml", "buffer": b"<la/>"}
    )
    page.get_by_role("button", name="Déposer").click()
    assert "ni un document ELMO" in page.locator("main").inner_text()
    assert office.violations() == []
    with page.expect_navigation():
        page.locator("main").get_by_role("link", name="Retour", exact=True).click()


def entered_after_a_slip(office):
    """Typed row by row; a grade beyond the scale comes back with its sentence."""
    page = office.page
    page.select_option("#f-scale", "ES")
    titles = (*TITLES[:2], "Lenguas modernas", *TITLES[3:])
    for number, (title, grade) in enumerate(zip(titles, GRADES, strict=True)):
        if number:
            page.locator("#f-rows [data-add-row]").click()
        page.fill(f"input[name='rows.{number}.title']", title)
        page.fill(f"input[name='rows.{number}.credits']", "6")
        page.fill(f"input[name='rows.{number}.grade']", grade)
    assert page.locator("#f-rows [data-total]").inner_text() == "30"
    page.fill("input[name='rows.4.grade']", "12")
    page.locator(".decision-bar .btn-primary").click()
    page.wait_for_selector("#error-summary")
    assert page.locator("#f-rows-4-grade").get_attribute("aria-invalid") == "true"
    assert page.input_value("input[name='rows.2.title']") == "Lenguas modernas"
    page.fill("input[name='rows.4.grade']", GRADES[4])
    with page.expect_navigation():
        page.locator(".decision-bar .btn-primary").click()


def matched(coordinator):
    coordinator.page.get_by_label("Lenguas modernas").select_option(label="Lengua (6 ECTS)")
    coordinator.decide("approve")


def proposed_with_a_reason(coordinator):
    page = coordinator.page
    assert page.locator("svg.grade-bars").count() == 4
    page.locator(".calculation summary").first.click()
    assert "“" not in page.locator(".calculation").first.inner_text()
    assert "12,75" in page.locator(".calculation").first.inner_text()
    page.fill("input[name='lines.0.grade']", "15,5")
    coordinator.decide("approve")
    assert page.locator("#f-lines-0-reason[aria-invalid=true]").count() == 1
    assert page.input_value("input[name='lines.0.grade']") == "15,5"
    page.fill("textarea[name='lines.0.reason']", "Mémoire primé.")
    coordinator.decide("approve")


def decided_beside_the_rule(jury):
    page = jury.page
    assert "Mémoire primé." in page.locator("main").inner_text()
    assert page.locator("#f-verdict-partly").is_checked()
    assert page.locator("#f-verdict-not_recognised").count() == 0
    page.fill("input[name='lines.1.grade']", "12")
    jury.decide("approve")
    assert "stays below 10" in page.locator("#error-summary").inner_text()
    page.fill("input[name='lines.1.grade']", "8.25")
    page.check("#f-verdict-recognised")
    jury.decide("approve")
    assert page.locator("#f-verdict_reason[aria-invalid=true]").count() == 1
    page.fill("#f-verdict_reason", "Progression nette.")
    jury.decide("approve")


def registered(registrar, case):
    registrar.open_task(f"/cases/{case}")
    registrar.page.fill("#f-register_reference", "PV 2027-14")
    registrar.decide("approve")


def letter_of(student, case, folder):
    """The decision's document, once it has been issued."""
    page = student.page
    for _ in range(60):
        page.goto(f"/cases/{case}")
        link = page.locator("#documents a[href^='/documents/']")
        if link.count():
            with page.expect_download() as download:
                link.first.click()
            path = folder / "decision.pdf"
            download.value.save_as(path)
            return path.read_bytes()
        time.sleep(0.5)
    raise AssertionError("no document was issued")
