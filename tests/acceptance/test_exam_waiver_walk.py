"""An exam waiver from the signed contract to the record, and back when the stay is cut short."""

import sqlite3
import time
from datetime import UTC, datetime

from tests.builders_domain import course
from tests.builders_exam_waiver import agreement_signed_on
from tests.builders_papers import pdf_a_problems, seal_problems, text_of

YEAR = datetime.now(UTC).year + 1
"""The server tells the real time: no exam of the next academic year has begun."""

UNITS = [
    course("Traduction juridique", "30", term_number="1"),
    course("Économie", "15", term_number="2"),
    course("Civilisation", "15", term_number="2"),
]


def test_walk(visitors, live_server, tmp_path):
    mobility = agreement_signed_on(
        live_server,
        f"{YEAR}/{YEAR + 1}",
        start_date=f"{YEAR}-09-01",
        end_date=f"{YEAR + 1}-06-30",
        recognised=UNITS,
    )
    first = waiver_case(live_server, mobility)
    case = f"/cases/{first}"
    coordinator = visitors("Marie Delmas")
    proposed_after_a_slip(coordinator, case)

    head = visitors("Hélène Faure", language="es")
    head.open_task(case)
    assert head.violations() == []
    head.decide("return", "Falta Civilisation.")
    coordinator.open_task(case)
    assert "Falta Civilisation." in coordinator.page.locator("main").inner_text()
    coordinator.page.get_by_label("Civilisation").check()
    coordinator.decide("approve")
    head.open_task(case)
    head.decide("approve")

    registrar = visitors("Rémi Castel", language="en")
    registrar.open_task(case)
    registrar.page.locator(".decision-bar .btn-primary").click()
    assert registrar.page.locator("#f-coded[aria-invalid=true]").count() == 1
    registrar.page.check("#f-coded")
    with registrar.page.expect_navigation():
        registrar.page.locator(".decision-bar .btn-primary").click()

    student = visitors("Léa Martin", width=390)
    letter = letter_of(student, case, tmp_path)
    assert pdf_a_problems(letter.read_bytes(), "fr") == []
    seal = live_server.data_dir / "demo-seal.p12"
    assert seal_problems(letter.read_bytes(), seal, tmp_path) == []
    verified_by_a_stranger(visitors(language="en"), letter)
    cut_short(visitors("Claire Vidal", language="en"), case)

    second = f"/cases/{waiver_case(live_server, mobility, besides=first)}"
    head.open_task(second)
    head.decide("approve")
    registrar.open_task(second)
    student.page.goto(second)
    shown = student.page.locator("#waiver details.version").first
    assert "n’est plus dispensé" in shown.inner_text()
    assert student.violations() == []


def waiver_case(server, mobility, besides=0):
    """The address of the waiver's case, once the workers have started it."""
    query = """
        SELECT instance.id FROM instance JOIN definition ON definition.id = definition_id
        WHERE definition.key = 'exam_waiver' AND business_key = ? AND instance.id > ?
    """
    for _ in range(120):
        with sqlite3.connect(server.data_dir / "passerelle.sqlite3") as connection:
            found = connection.execute(query, (str(mobility), besides)).fetchone()
        if found:
            return found[0]
        time.sleep(0.5)
    raise AssertionError(f"no waiver began for mobility {mobility}")


def proposed_after_a_slip(coordinator, case):
    """Nothing chosen is refused with a sentence; what is then chosen goes on."""
    coordinator.open_task(case)
    page = coordinator.page
    assert page.locator("input[name^=pick_]:checked").count() == 3
    assert coordinator.violations() == []
    for box in page.locator("input[name^=pick_]").all():
        box.uncheck()
    coordinator.decide("approve")
    assert "Choisissez au moins un examen" in page.locator("#error-summary").inner_text()
    assert page.locator("input[name^=pick_]:checked").count() == 0
    for name in ("Traduction juridique", "Économie"):
        page.get_by_label(name).check()
    coordinator.decide("approve")


def letter_of(student, case, folder):
    student.page.goto(case)
    assert "Inscrits comme absences justifiées" in student.page.locator("#waiver").inner_text()
    with student.page.expect_download() as download:
        student.page.get_by_role("link", name="La décision (PDF)").first.click()
    path = folder / "letter.pdf"
    download.value.save_as(path)
    return path


def verified_by_a_stranger(stranger, letter):
    code = text_of(letter.read_bytes()).partition("Code de vérification : ")[2][:19]
    page = stranger.page
    page.goto("/verify")
    stranger.speak()
    page.fill("#code", code.lower())
    with page.expect_navigation():
        page.locator("main .btn-primary").click()
    assert "is valid" in page.locator("main").inner_text()
    assert "Martin" not in page.locator("main").inner_text()
    page.set_input_files("#file", letter)
    page.locator("[data-compare-result]:visible").wait_for()
    assert "exactly the one" in page.locator("[data-compare-result]").inner_text()
    assert stranger.violations() == []
    letter.with_name("changed.pdf").write_bytes(letter.read_bytes() + b" ")
    page.set_input_files("#file", letter.with_name("changed.pdf"))
    with page.expect_navigation():
        page.locator("form[data-compare] button").click()
    assert "is not the one" in page.locator(".notice.is-danger").inner_text()


def cut_short(office, case):
    page = office.page
    page.goto(case)
    page.get_by_role("link", name="The stay is cut short").click()
    page.fill("#f-last_day", f"{YEAR + 2}-01-31")
    with page.expect_navigation():
        page.locator("main .btn-primary").click()
    assert page.locator("#f-last_day[aria-invalid=true]").count() == 1
    assert office.violations() == []
    page.fill("#f-last_day", f"{YEAR + 1}-01-31")
    page.fill("#f-reason", "Back for an internship.")
    with page.expect_navigation():
        page.locator("main .btn-primary").click()
    assert "/cases/" in page.url
