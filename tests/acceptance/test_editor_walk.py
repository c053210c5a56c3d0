"""An administrator draws in the browser: a step is added, mended, saved by itself, found again."""

from __future__ import annotations

import re
from itertools import product

import pytest
from playwright.sync_api import expect

from engine.definitions import Bundle, Subject, compare
from engine.definitions.layout import with_drawing
from engine.definitions.properties import PREFIXES, PROPERTIES
from engine.definitions.refusals import REFUSED, VALUE_CODES
from engine.kernel.supported import SUPPORTED_ELEMENTS
from tests.builders import Diagram
from tests.builders_panel import WRITTEN, every_element
from tests.servers import ROOT

EDITOR = "/processes/contract/draft/edit/contract.bpmn"
FILE = "/processes/contract/draft/files/contract.bpmn"
LISTEN = """window.missing = new Set();
document.addEventListener('words:missing', (event) => window.missing.add(event.detail));"""
NO_ERROR = re.compile(r"^\D+0 · ")
NOT_EXECUTED = {
    *("element_not_supported", "attribute_not_supported", "event_not_supported"),
    *("documentation_only", "extension_not_supported", "unknown_property"),
    *(code for code, _advice in (*REFUSED.values(), *VALUE_CODES.values())),
}
CREATED = {key.partition(":")[0] for key in SUPPORTED_ELEMENTS} - {
    *("boundaryEvent", "inclusiveGateway", "sendTask", "receiveTask", "sequenceFlow"),
    *("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"),
}
"""What the menu shows before anybody searches it, and what stands alone."""
BLANK = "/processes/contract/draft/files/blank.bpmn"
EMPTY = """<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
    xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" id="blank" targetNamespace="urn:blank">
  <bpmn:process id="blank_process" isExecutable="true"><bpmn:startEvent id="begin"/></bpmn:process>
  <bpmndi:BPMNDiagram id="drawing"><bpmndi:BPMNPlane id="plane" bpmnElement="blank_process">
    <bpmndi:BPMNShape id="begin_shape" bpmnElement="begin">
      <dc:Bounds x="0" y="0" width="36" height="36"/></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>"""
FOR_EACH = """<bpmn:multiInstanceLoopCharacteristics>
    <bpmn:loopDataInputRef>voters</bpmn:loopDataInputRef><bpmn:inputDataItem id="voter"/>
</bpmn:multiInstanceLoopCharacteristics>"""
VOTED = (
    Diagram("blank_process")
    .start()
    .node("userTask", "check", inner=FOR_EACH, approval="single")
    .end()
    .flow("begin", "check", "finish")
)
TOLD = Diagram("blank_process").node(
    "userTask", "vote", inner=FOR_EACH, approval="single", form="ballot"
)
TOLD.start().end().flow("begin", "vote", "finish")
TOLD.catch("told", TOLD.message("contract_signed"))
ANOTHER = Diagram("blank_process").start().end().flow("begin", "finish")
ANOTHER.catch("finished", ANOTHER.message("grades_known"))
KEEP = """async ([address, text, condition]) => (await fetch(address, {
  method: 'PUT', body: text,
  headers: {...JSON.parse(document.body.getAttribute('hx-headers')), ...condition},
})).status"""
LEAVE = """([address, tag, text]) => sessionStorage.setItem(
  'draft ' + address, JSON.stringify({tag, text}))"""
SHOWN = """async (ids) => {
    const shown = {};
    for (const id of ids) {
        document.querySelector(`.djs-element[data-element-id="${id}"] .djs-hit`)
            .dispatchEvent(new MouseEvent('click', {bubbles: true}));
        await new Promise((done) => setTimeout(done, 30));
        shown[id] = [...document.querySelectorAll('[data-panel] [data-entry-id]')]
            .map((each) => each.dataset.entryId);
    }
    return shown;
}"""
READY = ("wait-timeDuration", "catch-contract_signed", "throw-contract_signed")
ELSEWHERE = ("ready-", "create-expanded-pool", "create-collapsed-pool")


@pytest.fixture
def sam(visitors):
    """Opens the editor for an administrator, and leaves no draft behind."""
    opened = []

    def open_editor(language="fr", address=EDITOR, **options):
        visitor = visitors("Samuel Ortiz", language=language, **options)
        visitor.context.add_init_script(LISTEN)
        visitor.page.goto(address)
        visitor.page.wait_for_selector("[data-ready]")
        opened.append(visitor)
        return visitor

    yield open_editor
    page = opened[-1].page
    for key in ("contract", "grade_transfer"):
        page.goto(f"/processes/{key}/draft")
        if page.locator("a[href$='/discard']").count():
            page.goto(f"/processes/{key}/draft/discard")
            page.locator("main .btn-quiet-danger").click()


def counts(page):
    return page.locator("[data-problem-counts]")


def wait_until_saved(page):
    """What is typed reaches the diagram a moment later: saved is what stays so for a while."""
    page.wait_for_function(
        """() => {
            const line = document.querySelector('[data-line]');
            if (line.dataset.state !== 'saved') line.since = undefined;
            else line.since ??= performance.now();
            return performance.now() - line.since > 600;
        }""",
        polling=100,
    )


def create(page, entry, place):
    """Take an element out of the menu of all and drop it somewhere."""
    page.locator(".djs-palette .entry[data-action=create]").click()
    page.locator(f".djs-popup .entry[data-id='{entry}']").click()
    page.mouse.move(place[0] - 2, place[1] - 2)
    page.mouse.move(*place, steps=2)
    page.mouse.click(*place)
    page.keyboard.press("Escape")


def middle_of(page, element):
    """Where an element is drawn."""
    box = page.locator(f"[data-element-id={element}] .djs-hit").first.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def keep(page, address, text):
    """Save a file of the draft, whatever is in it now."""
    found = page.context.request.get(address)
    condition = {"If-Match": found.headers["etag"]} if found.ok else {"If-None-Match": "*"}
    assert page.evaluate(KEEP, [address, text, condition]) == 200


def fill_feel(page, entry, expression):
    field = page.locator(f"[data-entry-id='{entry}'] [role=textbox]")
    field.click()
    page.keyboard.type(expression)
    page.keyboard.press("Tab")


def test_a_quorum_is_added_mended_and_found_again(sam):
    visitor = sam()
    page = visitor.page
    page.goto("/processes/contract")
    page.locator("tbody a").first.click()
    page.locator("a[href$='.bpmn']").first.click()
    page.wait_for_selector("[data-ready]")
    expect(counts(page)).to_have_text(NO_ERROR)
    assert visitor.violations() == []

    create(page, "ready-approval-quorum", middle_of(page, "draft_submitted"))
    wait_until_saved(page)
    expect(counts(page)).not_to_have_text(NO_ERROR)
    wrong = page.locator("[data-problem-list] tr").filter(has_text="required").first
    wrong.locator("button").press("Enter")
    page.wait_for_selector("[data-entry-id='own-approval.required'] :focus")
    page.keyboard.type("2")
    fill_feel(page, "own-approval.size", "3")
    page.locator("[data-group-id=group-general] .bio-properties-panel-group-header").click()
    page.locator("[data-entry-id=name] textarea").fill("Seconde lecture")
    expect(counts(page)).to_have_text(NO_ERROR)
    wait_until_saved(page)
    assert visitor.violations() == []

    page.goto("/processes/contract")
    page.goto(EDITOR)
    page.wait_for_selector("[data-ready]")
    step = page.locator("[data-steps] tr").filter(has_text="Seconde lecture")
    expect(step).to_have_count(1)
    step.locator("button").press("Enter")
    expect(page.locator("[data-entry-id='own-approval.required'] [role=textbox]")).to_have_text("2")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    assert page.evaluate("[...window.missing]") == []


def test_a_stale_save_is_refused_and_the_person_chooses(sam):
    first, second = sam(), sam("en")
    for visitor, name in ((first, "Premier"), (second, "Second")):
        page = visitor.page
        page.locator("[data-steps] button").first.press("Enter")
        page.wait_for_selector("[data-entry-id=name] :focus")
        page.keyboard.type(name, delay=30)
        if visitor is first:
            wait_until_saved(page)
    page = second.page
    expect(page.locator("[data-conflict]")).to_contain_text("Samuel Ortiz saved the draft at")
    assert second.violations() == []
    assert b"Premier" in page.context.request.get(FILE).body()
    page.locator("[data-act=overwrite]").click()
    wait_until_saved(page)
    assert b"Second" in page.context.request.get(FILE).body()
    expect(page.locator("[data-conflict]")).to_be_hidden()


def change_during_a_save(page):
    """Type on while what was typed first is being saved; gives what the line told from then on."""
    held = []

    def hold(route):
        held.append(route)
        if len(held) > 1:
            route.continue_()

    page.route(f"**{FILE}", hold)
    page.evaluate(
        """() => {
            const line = document.querySelector('[data-line]');
            window.told = [];
            new MutationObserver(() => window.told.push(line.dataset.state))
                .observe(line, { attributes: true, attributeFilter: ['data-state'] });
        }"""
    )
    page.locator("[data-steps] button").first.press("Enter")
    page.wait_for_selector("[data-entry-id=name] :focus")
    with page.expect_request(lambda request: request.method == "PUT"):
        page.keyboard.type("Un", delay=30)
    page.keyboard.type(" et deux", delay=30)
    expect(page.locator("[data-line]")).to_have_attribute("data-state", "changed")
    held[0].continue_()
    with page.expect_response(lambda response: response.request.method == "PUT"):
        wait_until_saved(page)
    page.unroute(f"**{FILE}")
    return page.evaluate("window.told")


def test_what_a_tab_could_not_save_is_there_when_it_is_opened_again(sam):
    page = sam().page
    assert change_during_a_save(page).count("saved") == 1
    assert 'name="Un et deux"' in page.context.request.get(FILE).text()
    for stale in (False, True):
        answer = page.context.request.get(FILE)
        tag = '"v0"' if stale else answer.headers["etag"]
        text = answer.text().replace('name="Un et deux"', f'name="Left {stale}"')
        text = text.replace('name="Left False"', f'name="Left {stale}"')
        page.evaluate(LEAVE, [FILE, tag, text])
        page.reload()
        page.wait_for_selector("[data-ready]")
        if stale:
            expect(page.locator("[data-conflict]")).to_be_visible()
            page.locator("[data-act=overwrite]").click()
        wait_until_saved(page)
        assert f"Left {stale}" in page.context.request.get(FILE).text()
    keep(page, FILE, text[: len(text) // 2])
    page.reload()
    expect(page.locator("[data-unreadable]")).to_be_visible()
    assert page.context.request.get(FILE).text() == text[: len(text) // 2]


def test_whatever_the_menu_creates_is_executed(sam):
    page = sam("es").page
    keep(page, BLANK, EMPTY)
    page.goto(BLANK.replace("/files/", "/edit/"))
    page.wait_for_selector("[data-ready]")
    said = []
    page.on("response", lambda each: said.append(each) if each.request.method == "PUT" else None)
    for _ in range(3):
        page.locator("[data-act=smaller]").click()
    offered = menu(page)
    assert any(entry.startswith("ready-service") for entry in offered)
    alone = [each for each in offered if not each.startswith(ELSEWHERE) and "boundary" not in each]
    ready = [f"ready-{each}" for each in READY]
    assert set(ready) <= set(offered)
    for place, entry in zip(
        product(range(300, 1000, 115), range(320, 800, 105)), [*ready, *alone], strict=False
    ):
        create(page, entry, place)
    wait_until_saved(page)
    page.wait_for_timeout(2_500)
    diagram = page.context.request.get(BLANK).text()
    assert [each for each in CREATED if f"<bpmn:{each} id=" not in diagram] == []
    assert {each["code"] for each in said[-1].json()["problems"]} & NOT_EXECUTED == set()
    assert page.evaluate("[...window.missing]") == []


def menu(page):
    """The ids of all that can be created."""
    page.locator(".djs-palette .entry[data-action=create]").click()
    page.wait_for_selector(".djs-popup .entry")
    found = page.locator(".djs-popup .entry").evaluate_all("all => all.map(e => e.dataset.id)")
    page.keyboard.press("Escape")
    return found


def test_the_panel_offers_on_every_element_what_the_engine_reads_there(sam):
    page = sam().page
    diagram, kinds = every_element()
    keep(page, BLANK, diagram.decode())
    page.goto(BLANK.replace("/files/", "/edit/"))
    page.wait_for_selector("[data-ready]")
    offered, written = {}, set()
    for id_, entries in page.evaluate(SHOWN, list(kinds)).items():
        own = {each.removeprefix("own-") for each in entries if each.startswith("own-")}
        free = PREFIXES.get(kinds[id_], " ")
        offered.setdefault(kinds[id_], set()).update(
            each for each in own if not each.startswith(free)
        )
        written |= {each for each in entries if not each.startswith("own-")}
    named = {"name.en", "name.es"}
    assert offered == {each: {*PROPERTIES.get(each, named)} - {"name.fr"} for each in offered}
    assert written == set(WRITTEN)
    for flow, may_be_default in (("chosen", 1), ("plain", 0)):
        page.evaluate(SHOWN, [flow])
        expect(page.locator(".djs-context-pad [data-action=delete]")).to_have_count(1)
        replace = page.locator(".djs-context-pad [data-action=replace]")
        expect(replace).to_have_count(may_be_default)


def test_a_diagram_that_is_opened_and_saved_means_what_it_meant(sam):
    visitor = sam(address="/processes/grade_transfer/draft/edit/grade_transfer.bpmn")
    page = visitor.page
    page.locator("[data-flows] button").first.press("Enter")
    page.wait_for_selector("[data-entry-id=name] :focus")
    page.keyboard.type("x")
    page.keyboard.press("Tab")
    page.locator("[data-act=undo]:enabled").click()
    wait_until_saved(page)
    expect(page.locator("[data-act=redo]")).to_be_enabled()
    page.wait_for_timeout(2_000)
    kept = page.context.request.get("/processes/grade_transfer/draft/files/grade_transfer.bpmn")
    before = Bundle.from_folder(ROOT / "bpmn" / "grade_transfer")
    after = Bundle(before.key, {**before.files, "grade_transfer.bpmn": kept.body()})
    assert {each.subject for each in compare(before, after)} <= {Subject.FILE, Subject.DRAWING}


def paste(page, place):
    page.keyboard.press("Control+v")
    page.mouse.move(place[0] - 5, place[1] - 5)
    page.mouse.move(*place, steps=2)
    page.mouse.click(*place)


def test_what_is_copied_in_one_lifecycle_is_pasted_in_another(sam):
    page = sam().page
    keep(page, BLANK, with_drawing("blank.bpmn", TOLD.xml()).decode())
    page.goto(BLANK.replace("/files/", "/edit/"))
    page.wait_for_selector("[data-ready]")
    page.mouse.click(*middle_of(page, "vote"))
    page.keyboard.down("Shift")
    page.mouse.click(*middle_of(page, "told"))
    page.keyboard.up("Shift")
    page.keyboard.press("Control+c")

    elsewhere = BLANK.replace("contract", "grade_transfer")
    taken = ANOTHER.xml().replace(b"message_grades_known", b"message_contract_signed")
    keep(page, elsewhere, with_drawing("blank.bpmn", taken).decode())
    page.goto(elsewhere.replace("/files/", "/edit/"))
    page.wait_for_selector("[data-ready]")
    x, y = middle_of(page, "finish")
    page.mouse.click(x, y + 60)
    with page.expect_response(lambda answer: answer.request.method == "PUT") as saved:
        paste(page, (x + 150, y + 60))
    wait_until_saved(page)
    problems = {(each["code"], each["element"]) for each in saved.value.json()["problems"]}
    assert ("unknown_form", "vote") in problems
    found = page.context.request.get(elsewhere).text()
    for said in ('name="approval" value="single"', "<bpmn:loopDataInputRef>voters<"):
        assert said in found
    told = re.search(r'id="told".*?messageRef="(\w+)"', found, re.DOTALL)[1]
    assert f'<bpmn:message id="{told}" name="contract_signed"' in found
    assert '<bpmn:message id="message_contract_signed" name="grades_known"' in found


def test_a_step_that_is_cut_and_pasted_or_made_another_kind_is_still_the_same(sam):
    page = sam().page
    keep(page, BLANK, with_drawing("blank.bpmn", VOTED.xml()).decode())
    page.goto(BLANK.replace("/files/", "/edit/") + "?element=finish")
    expect(page.locator("[data-entry-id=name] :focus")).to_have_value("finish")
    place = middle_of(page, "check")
    page.mouse.click(*place)
    page.keyboard.press("Control+x")
    paste(page, place)
    wait_until_saved(page)
    same = 'id="check" name="check"'
    pasted = page.context.request.get(BLANK).text()
    assert f"<bpmn:userTask {same}" in pasted
    for said in ('name="approval" value="single"', "<bpmn:loopDataInputRef>voters<", 'id="voter"'):
        assert said in pasted

    page.locator(".djs-context-pad .entry[data-action=replace]").click()
    page.locator(".djs-popup .entry[data-id='replace-with-service-task']").click()
    expect(page.locator("[data-steps] tr", has_text="check")).to_contain_text("service")
    page.wait_for_timeout(2_500)
    changed = page.context.request.get(BLANK).text()
    assert f"<bpmn:serviceTask {same}" in changed
    assert "<bpmn:loopDataInputRef>voters<" in changed
    assert "approval" not in changed
