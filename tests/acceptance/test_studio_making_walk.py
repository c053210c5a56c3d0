"""An administrator begins a lifecycle: its form, its table, and diagrams from elsewhere."""

from __future__ import annotations

import re

from lxml import etree
from playwright.sync_api import expect

from engine.definitions import Bundle, Kind, Subject, compare
from engine.definitions.xmlns import BPMNDI, DC
from tests.servers import ROOT

FOREIGN = ROOT / "tests" / "unit" / "definitions" / "foreign"
UNSAID = {Subject.FILE, Subject.DRAWING}
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


PLACES = """all => Object.fromEntries(all.map((each) => {
    const { e, f } = each.transform.baseVal.consolidate().matrix;
    return [each.dataset.elementId, [Math.round(e), Math.round(f)]];
}))"""


def places(data):
    """Where the first diagram of a file draws each element."""
    plane = next(etree.fromstring(data).iter(f"{{{BPMNDI}}}BPMNPlane"))
    shapes = plane.iter(f"{{{BPMNDI}}}BPMNShape")
    found = {each.get("bpmnElement"): each.find(f"{{{DC}}}Bounds") for each in shapes}
    return {id_: [round(float(box.get(axis))) for axis in "xy"] for id_, box in found.items()}


def test_diagrams_of_other_modelers_are_drawn_as_there_and_show_what_cannot_run(visitors):
    sam = visitors("Samuel Ortiz")
    page = sam.page
    for name in ("adonis", "bizagi", "camunda8", "no_drawing", "signavio"):
        page.goto("/new-lifecycle")
        page.set_input_files("#f-files", FOREIGN / f"{name}.bpmn")
        page.locator("form[enctype] .btn").click()
        page.wait_for_url(re.compile(f"/processes/{name}/draft$"))
        data = page.request.get(f"/processes/{name}/draft/files/{name}.bpmn").body()
        wanted = places(data)
        page.locator("[data-diagram]").scroll_into_view_if_needed()
        page.locator("[data-diagram] .djs-shape").first.wait_for()
        drawn = page.locator("[data-diagram] .djs-shape").evaluate_all(PLACES)
        assert len(wanted) >= 3
        assert {id_: drawn[id_] for id_ in wanted} == wanted, name
        page.locator("tr:has(.is-late) a[href*='element=']").first.click()
        expect(page.locator("[data-diagram] .is-active").first).to_be_visible()
        assert sam.violations() == []


def test_a_table_that_gets_a_rule_differs_by_that_rule_alone(visitors):
    page = visitors("Samuel Ortiz").page
    page.goto("/processes/meeting/draft/decisions/deadlines")
    page.locator(".decision-canvas .add-rule-add").click()
    expect(page.locator("[data-line][data-state=saved]")).to_be_visible()
    kept = page.request.get("/processes/meeting/draft/files/deadlines.dmn").body()
    before = Bundle.from_folder(ROOT / "bpmn" / "meeting")
    changes = compare(before, Bundle(before.key, {**before.files, "deadlines.dmn": kept}))
    said = [(each.kind, each.subject) for each in changes if each.subject not in UNSAID]
    assert said == [(Kind.ADDED, Subject.RULE)]
    page.goto("/processes/meeting/draft/discard")
    page.locator("main .btn-quiet-danger").click()
    expect(page).to_have_url(re.compile(r"/processes/meeting$"))
