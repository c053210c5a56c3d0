"""From a partner's nomination to the certificate of arrival, in a browser; and one refused."""

import re
from datetime import datetime, timedelta

import pytest

from tests.acceptance.visitors import reload_until

PARTNER = "unibo.it"
REASON = "Les cours demandés sont complets ce semestre."


@pytest.fixture
def today():
    """What a person reads off the wall, and types."""
    return datetime.now().date()  # noqa: DTZ005


def test_walk_to_the_certificate_of_arrival(visitors, today):
    office = visitors("Claire Vidal")
    case = nominated(office, today, "Accolti", ("lea", "his"))
    office.open_task(case)
    assert office.violations() == []
    office.decide("approve")

    for name, width in (("Marie Delmas", 1440), ("Paul Roussel", 390)):
        coordinator = visitors(name, width=width)
        coordinator.open_task(case)
        assert "Accolti" in coordinator.page.locator("main").inner_text()
        assert coordinator.violations() == []
        coordinator.decide("approve")

    registrar = visitors("Rémi Castel")
    registrar.open_task(case)
    registrar.decide("approve")
    assert registrar.page.locator("[aria-invalid=true]").count() == 1
    registrar.page.fill("#f-student_number", "22604711")
    assert registrar.violations() == []
    registrar.decide("approve")

    office.open_task(case)
    office.page.fill("#f-arrived_on", today.isoformat())
    assert office.violations() == []
    office.decide("approve")
    office.page.goto(case)
    reload_until(office, "confirmation-of-arrival")
    link = office.page.locator("a[href^='/documents/']").first.get_attribute("href")
    answer = office.page.request.get(link)
    assert answer.body().startswith(b"%PDF-")
    assert office.violations() == []


def test_walk_to_a_refusal_that_says_why(visitors, today):
    office = visitors("Claire Vidal", language="es")
    case = nominated(office, today, "Berti", ("lea", "his"))
    office.open_task(case)
    office.decide("approve")
    coordinator = visitors("Marie Delmas", width=390)
    coordinator.open_task(case)
    coordinator.decide("reject", "")
    assert coordinator.page.locator("[aria-invalid=true]").count() == 1
    coordinator.page.fill("textarea[name=reason_reject]", REASON)
    assert coordinator.violations() == []
    with coordinator.page.expect_navigation():
        coordinator.page.locator("button[name=outcome][value=reject]").click()
    office.page.goto(case)
    said = office.page.locator("main").inner_text()
    assert REASON in said
    assert office.page.locator(".work-row.plain a.title").count() == 0
    assert office.violations() == []


def nominated(office, today, name, departments):
    """Record a nomination, wrongly first; gives the address of its case."""
    page = office.page
    page.goto("/nominations/new")
    page.locator("main .btn-primary").click()
    page.wait_for_selector("#error-summary")
    assert office.violations() == []
    page.select_option("#f-sending_hei_id", PARTNER)
    for code in departments:
        page.check(f"input[name=departments][value={code}]")
    first = today.year if today.month >= 9 else today.year - 1
    for field, value in (
        ("receiving_academic_year_id", f"{first}/{first + 1}"),
        ("student_given_names", "Ida"),
        ("student_family_name", name),
        ("student_birth_date", "2004-05-17"),
        ("student_email", f"{name.lower()}@unibo.example.org"),
        ("start_date", today.isoformat()),
        ("end_date", (today + timedelta(days=140)).isoformat()),
        ("isced_f_code", "0231"),
        ("language", "fr"),
        ("omobility_id", f"walk-{name}"),
    ):
        page.fill(f"#f-{field}", value)
    page.select_option("#f-cefr_level", "B2")
    page.locator("main .btn-primary").click()
    page.wait_for_url(re.compile(r"/cases/\d+$"))
    return re.sub(r"^https?://[^/]+", "", page.url)
