"""An administrator begins a lifecycle: its form, its table, and diagrams from elsewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.servers import ROOT

FOREIGN = ROOT / "tests" / "unit" / "definitions" / "foreign"
LISTEN = (
    "window.missing = [];"
    "document.addEventListener('words:missing', (each) => window.missing.push(each.detail));"
)


def test_begun_from_a_blank_with_a_form_and_a_table(visitors):
    sam = visitors("Samuel Ortiz", language="es")
    page = sam.page
    page.add_init_script(LISTEN)
    page.goto("/processes")
    page.locator("a[href='/new-lifecycle']").click()
    assert sam.violations() == []
    for name, text in {"key": "walk_school", "name_fr": "École", "name_en": "School"}.items():
        page.fill(f"#f-{name}", text)
    page.fill("#f-name_es", "Escuela")
    page.locator("#f-source + .btn, form .btn-primary").first.click()
    page.wait_for_url(re.compile("/processes/walk_school/draft$"))

    page.locator("a[href$='/draft/forms/first_step']").click()
    page.locator("#c0 summary").press("Enter")
    page.locator("#c0-label-es").fill("Nota interna")
    expect(page.locator("#c0-title")).to_contain_text("Nota interna")
    page.locator("#c0-maxLength").fill("muchos")
    expect(page.locator("#c0-problems .field-error")).to_be_visible()
    page.locator("#c0-maxLength").fill("10")
    expect(page.locator("#c0-problems .field-error")).to_have_count(0)
    page.locator("#f-remark").fill("Demasiado larga")
    page.locator("#form-preview .btn").last.press("Enter")
    expect(page.locator("#form-preview .field-error")).to_contain_text("10")
    assert sam.violations() == []

    page.goto("/processes/walk_school/draft")
    page.fill("#f-new-table", "points")
    page.locator("#f-new-table").press("Enter")
    page.locator(".decision-canvas .add-rule-add").click()
    page.keyboard.press("Escape")
    expect(page.locator("[data-line][data-state=saved]")).to_be_visible()
    expect(page.locator("#d-points tbody tr")).to_have_count(2)
    page.locator("#d-points form .btn").press("Enter")
    expect(page.locator("#d-points tr.is-hit")).to_have_count(1)
    expect(page.locator(".decision-canvas .add-rule-add")).to_be_visible()
    assert sam.violations() == []
    assert page.evaluate("window.missing") == []


@pytest.mark.parametrize("name", ["signavio", "bizagi", "no_drawing"])
def test_a_diagram_of_another_modeler_is_drawn_and_shows_what_cannot_run(visitors, name):
    sam = visitors("Samuel Ortiz")
    page = sam.page
    page.goto("/new-lifecycle")
    page.set_input_files("#f-files", FOREIGN / f"{name}.bpmn")
    page.locator("form[enctype] .btn").click()
    page.wait_for_url(re.compile(f"/processes/{name}/draft$"))
    data = page.request.get(f"/processes/{name}/draft/files/{name}.bpmn").text()
    shown = re.findall(r'BPMNShape[^>]*bpmnElement="([^"]+)"', data)
    page.locator("[data-diagram] .djs-shape").first.wait_for()
    drawn = page.locator("[data-diagram] [data-element-id]").evaluate_all(
        "all => all.map((each) => each.dataset.elementId)"
    )
    assert len(shown) >= 3
    assert set(shown) <= set(drawn)
    page.locator("a[href*='element=']").first.click()
    expect(page.locator("[data-diagram] .is-active").first).to_be_visible()
    assert sam.violations() == []
