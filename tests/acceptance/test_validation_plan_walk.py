"""A recognition plan in a browser: units, a teacher's return, all signatures, a new version."""

import re

import pytest

PARTNER = "usal.es"
YEAR = "2028/2029"


@pytest.fixture
def student(visitors):
    return visitors("Léa Martin", language="fr", width=390)


def test_walk(visitors, student):
    case = started(student)
    refused_first_then_sent(student)
    paul = visitors("Paul Roussel", language="en")
    paul.open_task(case)
    assert "Traduction" in own_units(paul)
    assert "Droit des affaires" not in own_units(paul)
    assert paul.violations() == []
    paul.decide("return", "The chosen course is too short.")

    student.open_task(case)
    assert "The chosen course is too short." in student.page.locator("main").inner_text()
    student.page.fill("input[name='rows.0.courses.0.credits']", "6")
    submit(student)

    julien = visitors("Julien Mercier", language="es")
    for teacher in (paul, julien):
        teacher.open_task(case)
        teacher.decide("approve")
    coordinator = visitors("Marie Delmas", language="en")
    coordinator.open_task(case)
    assert coordinator.violations() == []
    coordinator.decide("approve")
    student.open_task(case)
    assert student.violations() == []
    student.decide("approve")
    coordinator.open_task(case)
    coordinator.decide("approve")

    page = student.page
    page.goto(case)
    newest = page.locator("#plan-versions").locator("..").locator("details.version").first
    assert "signée par tous, en vigueur" in newest.inner_text()
    assert "premier semestre" in newest.inner_text()
    assert student.violations() == []
    changed(student)


def started(student):
    """A plan that the student starts; gives the address of its case."""
    page = student.page
    page.goto("/start")
    page.select_option("#f-department", "lea")
    page.select_option("#f-receiving_hei_id", PARTNER)
    page.select_option("#f-mobility_type", "outside_erasmus")
    page.fill("#f-academic_year", YEAR)
    page.locator("main form .btn-primary").click()
    page.wait_for_url(re.compile(r"/tasks/\d+$"))
    assert student.violations() == []
    return page.locator(".aside-block a[href^='/cases/']").first.get_attribute("href")


def refused_first_then_sent(student):
    """A unit without its semester comes back as it was typed; with it the plan goes on."""
    page = student.page
    page.fill("#f-start_date", "2028-09-01")
    page.fill("#f-end_date", "2029-01-31")
    fill_unit(page, 0, "Traduction", "6", "Paul Roussel", "replaced")
    page.select_option("select[name='rows.0.failure_rule']", "host_resit")
    page.fill("input[name='rows.0.courses.0.title']", "Traducción jurada")
    page.fill("input[name='rows.0.courses.0.credits']", "4,5")
    page.locator("[name=row_action][value='add:rows']").click()
    fill_unit(page, 1, "Droit des affaires", "3", "Julien Mercier", "kept_distance")
    page.select_option("select[name='rows.1.term']", "year")
    page.select_option("#f-conversion_method", "grid")
    submit(student)
    assert page.locator("select[name='rows.0.term'][aria-invalid=true]").count() == 1
    assert page.locator("input[name='rows.0.courses.0.title']").input_value() == "Traducción jurada"
    assert student.violations() == []
    page.select_option("select[name='rows.0.term']", "semester_1")
    submit(student)


def fill_unit(page, number, title, ects, teacher, disposition):
    path = f"rows.{number}"
    page.fill(f"input[name='{path}.unit_title']", title)
    page.fill(f"input[name='{path}.credits']", ects)
    page.select_option(f"select[name='{path}.teacher_id']", label=teacher)
    page.select_option(f"select[name='{path}.disposition']", disposition)


def submit(student):
    with student.page.expect_navigation():
        student.page.locator("form[data-draft-url] .decision-bar .btn-primary").click()


def own_units(teacher):
    return teacher.page.locator("section.panel").first.inner_text()


def changed(student):
    """The student writes a new version; the signed one stays in force meanwhile."""
    page = student.page
    with page.expect_navigation():
        page.get_by_role("button", name="Rédiger une nouvelle version").click()
    again = page.url
    student.open_task(again)
    page.select_option("select[name='rows.0.term']", "semester_2")
    submit(student)
    page.goto(again)
    versions = page.locator("#plan-versions").locator("..").locator("details.version")
    assert versions.count() == 3
    versions.nth(1).locator("summary").click()
    assert "signée par tous, en vigueur" in versions.nth(1).inner_text()
    assert "second semestre" in versions.first.inner_text()
    assert "modifié" in versions.first.inner_text()
