"""WCAG A and AA on every page (axe): at a desk in the light scheme, on a phone in the dark one."""

import re

import pytest

from tests.acceptance.test_contract_walk import RECOGNISED, STUDIED, WORDS, start
from tests.acceptance.visitors import axe, fill_draft, partner_link
from tests.builders_domain import sample

STAFF_PAGES = [
    "/inbox",
    "/inbox?view=all",
    "/inbox?view=mine",
    "/inbox?q=nobody",
    "/cases",
    "/settings",
    "/settings/substitutions",
    "/mentions",
]
PAGES = {
    "Léa Martin": ["/home", "/start", "/cases"],
    "Marie Delmas": STAFF_PAGES,
    "Claire Vidal": [*STAFF_PAGES, "/start", "/contracts/import", "/incidents", "/tasks/1"],
    "Samuel Ortiz": ["/inbox", "/incidents", "/operations", "/start"],
    "Anne Lacombe": [
        "/inbox?view=all",
        "/cases",
        "/record",
        "/history/exports",
        "/history/exports/accesses",
        "/history/evidence?from=99",
        "/history/durations?version=99",
    ],
}


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_role(visitors, name):
    visitor = visitors(name)
    found = {}
    for path in PAGES[name]:
        visitor.page.goto(path)
        visitor.settle()
        found[path] = visitor.violations_in_both_views()
    assert {path: each for path, each in found.items() if each} == {}


def test_sign_in(visitors):
    visitor = visitors()
    visitor.page.goto("/sign-in")
    assert visitor.violations_in_both_views() == []
    visitor.page.fill("#login", "nobody")
    visitor.page.fill("#password", "wrong")
    visitor.page.locator("main .btn-primary").click()
    visitor.page.wait_for_selector("[role=alert]")
    assert visitor.violations_in_both_views() == []


def test_every_kind_of_task_and_its_case(visitors):
    """All steps of the demonstration's cases, as somebody sees them who oversees."""
    visitor = visitors("Claire Vidal")
    visitor.page.goto("/inbox?view=all")
    steps = {}
    for link in visitor.page.locator("[data-item] a.title").all():
        steps.setdefault(link.inner_text(), link.get_attribute("href"))
    assert len(steps) >= 4
    for address in steps.values():
        visitor.page.goto(address)
        open_everything(visitor)
        assert visitor.violations_in_both_views() == [], address
        visitor.page.goto(visitor.page.locator("a[href^='/cases/']").last.get_attribute("href"))
        open_everything(visitor)
        assert visitor.violations_in_both_views() == [], visitor.page.url


@pytest.mark.parametrize("name", ["Léa Martin", "Marie Delmas"])
def test_deciding(visitors, name):
    visitor = visitors(name)
    visitor.page.goto("/home" if name == "Léa Martin" else "/inbox?view=groups")
    link = visitor.page.locator(".next-card a, [data-item] a.title").first
    visitor.page.goto(link.get_attribute("href"))
    open_everything(visitor)
    assert visitor.violations() == []


def test_a_stale_tab(visitors):
    student = visitors("Léa Martin")
    start(student, WORDS["fr"])
    fill_draft(student.page, STUDIED, RECOGNISED)
    stale = student.context.new_page()
    stale.goto(student.page.url)
    stale.fill("#f-isced_clarification", "Typed in vain")
    student.page.locator("form[data-draft-url] .btn-primary").click()
    student.page.wait_for_url(re.compile(r"/home$"))
    stale.locator("form[data-draft-url] .btn-primary").click()
    stale.wait_for_selector("#kept-data")
    assert "Typed in vain" in stale.input_value("#kept-data")
    assert axe(stale) == []


def test_results_of_an_import(visitors):
    visitor = visitors("Claire Vidal")
    wrong = sample("ola-ex1").replace(b"<gender>", b"<gender>x").replace(b"</title>", b"</name>", 1)
    files = {"wrong.xml": wrong, "schema.xml": wrong.replace(b"</name>", b"</title>")}
    for name, data in {**files, "right.xml": sample("ola-ex4")}.items():
        visitor.page.goto("/contracts/import")
        upload = {"name": name, "mimeType": "text/xml", "buffer": data}
        visitor.page.set_input_files("#file", files=[upload])
        visitor.page.locator("main .btn-primary").click()
        visitor.page.wait_for_selector(".data-table" if name in files else ".notice.is-done")
        assert visitor.violations_in_both_views() == [], name
    visitor.page.goto(visitor.page.locator("main a[href^='/cases/']").first.get_attribute("href"))
    open_everything(visitor)
    assert visitor.violations_in_both_views() == []


def test_partner_page(visitors, live_server):
    visitor = visitors(width=390)
    visitor.page.goto(partner_link(live_server, "@"))
    open_everything(visitor)
    assert visitor.violations() == []
    visitor.page.goto("/partner/not-a-link")
    assert visitor.violations() == []


def open_everything(visitor):
    visitor.settle()
    visitor.page.evaluate(
        "document.querySelectorAll('details').forEach(each => { each.open = true })"
    )
