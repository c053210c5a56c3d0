"""An administrator changes a lifecycle in the browser, an auditor looks on, and all is put back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.servers import ROOT

MEETING = ROOT / "bpmn" / "meeting"
DIAGRAM = (MEETING / "meeting.bpmn").read_bytes()
TABLE = (MEETING / "deadlines.dmn").read_bytes()
SHORTER = re.sub(rb'"P(\d+)D"', rb'"P1\1D"', TABLE, count=1)
RENAMED = DIAGRAM.replace(b'id="publish" name="', b'id="publish" name="X ')
MISTAKEN = re.sub(rb"bpmn:userTask", rb"bpmn:manualTask", DIAGRAM)
SAID = {
    "fr": ("Impossible à publier", "règle", "en vigueur"),
    "en": ("Cannot be published", "rule", "in force"),
    "es": ("No se puede publicar", "regla", "en vigor"),
}


def bring(visitor, name, data):
    """Send a file into the draft."""
    file = {"name": name, "mimeType": "application/xml", "buffer": data}
    visitor.page.set_input_files("#f-files", files=[file])
    visitor.page.locator("form[enctype] .btn").click()
    visitor.page.wait_for_load_state("networkidle")


def note_and_send(visitor, text):
    """Type why and send, with the keyboard alone."""
    visitor.page.locator("#f-note").focus()
    visitor.page.keyboard.type(text)
    visitor.page.locator("main .actions .btn-primary").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_url(re.compile(r"/versions/\d+$"))
    visitor.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("language", "width", "dark"), [("fr", 1440, False), ("en", 390, True), ("es", 390, False)]
)
def test_changed_looked_at_published_and_put_back(visitors, language, width, dark):
    refused, rule, in_force = SAID[language]
    sam = visitors("Samuel Ortiz", language=language, width=width, dark=dark)
    page = sam.page
    page.goto("/office")
    page.locator("main a[href='/processes']").click()
    assert sam.violations() == []
    page.locator("main a[href='/processes/meeting']").click()
    assert sam.violations() == []
    before = int(page.locator("tbody a").first.get_attribute("href").rpartition("/")[2])
    page.locator("main .btn-primary").click()
    assert sam.violations() == []

    bring(sam, "meeting.bpmn", MISTAKEN)
    expect(page.locator("main")).to_contain_text(refused)
    assert sam.violations() == []
    page.locator("a[href*='element=']").first.click()
    expect(page.locator("[data-diagram] .is-active").first).to_be_visible()
    assert sam.violations() == []

    bring(sam, "meeting.bpmn", DIAGRAM)
    bring(sam, "deadlines.dmn", SHORTER)
    expect(page.locator(".comparison tbody")).to_contain_text(rule)
    auditor = visitors("Anne Lacombe", language=language, width=width, dark=dark)
    auditor.page.goto("/processes/meeting/draft")
    expect(auditor.page.locator("main form")).to_have_count(0)
    assert auditor.violations() == []

    page.locator("main .btn-primary").click()
    assert sam.violations() == []
    note_and_send(sam, "Longer")
    assert int(page.url.rpartition("/")[2]) == before + 1
    expect(page.locator(".case-facts")).to_contain_text(in_force)
    page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
    assert sam.violations() == []

    page.goto(f"/processes/meeting/versions/{before}")
    page.locator("a[href$='/go-back']").click()
    assert sam.violations() == []
    note_and_send(sam, "As it was")
    assert int(page.url.rpartition("/")[2]) == before + 2


@pytest.mark.parametrize("width", [1440, 390])
def test_two_states_are_seen_side_by_side_and_walked_through_by_keyboard(visitors, width):
    sam = visitors("Samuel Ortiz", width=width)
    sam.page.goto("/processes/meeting/draft")
    bring(sam, "meeting.bpmn", RENAMED)
    sam.page.locator(".actions a[href*='/compare?']").click()
    page = sam.page
    expect(page.locator("[data-comparison][data-ready]")).to_be_visible()
    expect(page.locator("[data-picture] .sign.is-changed")).to_have_count(2)
    assert sam.violations() == []
    page.locator("a[data-element=publish]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-picture] [data-element-id=publish].is-active")).to_have_count(2)
    expect(page.locator("[data-said]")).to_contain_text("modifi")
    zoomed = "each => each.querySelector('.viewport').getAttribute('transform')"
    left, right = (each.evaluate(zoomed) for each in page.locator("[data-picture]").all())
    assert left == right
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    page.goto("/processes/meeting/draft/discard")
    page.locator("main .btn-quiet-danger").click()
    expect(page).to_have_url(re.compile(r"/processes/meeting$"))


def test_two_at_one_draft(visitors):
    first, second = visitors("Samuel Ortiz"), visitors("Samuel Ortiz")
    for visitor in (first, second):
        visitor.page.goto("/processes/meeting/draft")
    bring(first, "deadlines.dmn", SHORTER)
    bring(second, "deadlines.dmn", TABLE)
    assert second.violations() == []
    second.page.locator("main .btn-primary").click()
    expect(second.page.locator(".comparison tbody").first).to_contain_text("deadlines.dmn")
    second.page.locator("a[href$='/discard']").click()
    assert second.violations() == []
    second.page.locator("main .btn-quiet-danger").click()
    expect(second.page).to_have_url(re.compile(r"/processes/meeting$"))
