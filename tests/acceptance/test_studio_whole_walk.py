"""What the studio is for, from one end to the other, by somebody who uses no mouse.

An administrator adds a second approver to the contract, translates its form, mends what lint
finds, plays the scenarios, compares, publishes, moves 200 running cases of which two cannot, and
goes back. Only the place of the new step is left to the program; nothing is drawn.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from engine import SYSTEM
from tests.acceptance.test_editor_walk import NO_ERROR, counts, wait_until_saved
from workflows.contract.services import prepare_contract, start_case
from workflows.people.services import find_person

CASES, CANNOT_MOVE = 200, 2
CHECK = "Contrôler la partie administrative"
SIGNATURE = "Signer le contrat (établissement d’origine)"
PLAYED = 180_000


def begin(house):
    """Two hundred contracts on their way, two of them at the signature that gets a deadline."""
    for number in range(CASES):
        with house.engine.unit(SYSTEM) as unit:
            mobility = prepare_contract(
                unit,
                student=find_person(unit.session, "lea.martin"),
                department="lea",
                receiving_hei_id="usal.es",
                academic_year="2026/2027",
                home_hei_id=house.settings.home_hei,
            )
            entry = "sign_sending" if number < CANNOT_MOVE else ("draft", "partner")[number % 2]
            start_case(house.engine, unit, mobility, entry=entry)


class Keyboard:
    """Somebody at the keyboard alone: reaches everything with Tab, sees where the focus is."""

    def __init__(self, page):
        self.page = page

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def tab_to(self, control, back=False):
        """Tab on until ``control`` has the focus, which has to be seen at each stop."""
        control.wait_for()
        for _ in range(400):
            if control.evaluate("each => each.contains(document.activeElement)"):
                return
            self.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"Tab never came to {control}")

    def choose(self, table, text):
        """Go down a table of the diagram as text to the row that holds ``text``."""
        rows = table.locator("button")
        self.tab_to(table)
        wanted = next(n for n, said in enumerate(rows.all_inner_texts()) if text in said)
        self.press("Home", *["ArrowDown"] * wanted, "Enter")

    def use(self, control):
        """Go to a control and press Enter."""
        self.tab_to(control)
        assert self.page.evaluate(FOCUS_SHOWN), f"nobody sees the focus on {control}"
        self.press("Enter")

    def type(self, field, text):
        self.tab_to(field)
        self.press("Control+A")
        self.page.keyboard.type(text)


FOCUS_SHOWN = """() => {
    const style = getComputedStyle(document.activeElement);
    return document.activeElement.matches(':focus-visible')
        && (style.outlineStyle !== 'none' || style.boxShadow !== 'none');
}"""


@pytest.fixture
def walk(people, house):
    house.work(begin, house)
    house.settle()
    sam = people("Samuel Ortiz")
    sam.context.set_default_timeout(60_000)
    return sam, Keyboard(sam.page)


def test_a_second_approver_from_the_first_thought_to_the_way_back(walk, house):
    sam, keys = walk
    page = sam.page
    page.goto("/office")
    keys.use(page.locator("main a[href='/processes']"))
    keys.use(page.locator("main a[href='/processes/contract']"))
    keys.use(page.locator("main a[href$='/draft']"))
    page.wait_for_url("**/draft")
    assert sam.violations() == []

    put_a_second_approver_into_the_flow(sam, keys)
    mend_what_lint_finds(sam, keys)
    tell_the_office_when_it_is_late(page, keys)
    keys.use(page.locator("[data-tools] a[href$='/contract/draft']"))
    translate_the_form(sam, keys)
    play_the_scenarios(page, keys)
    compare(page, keys)
    publish(sam, keys)
    move_the_running_cases(sam, keys, house)
    go_back(sam, keys)
    assert {each.version for each in house.cases("contract")} == {1, 2}


def put_a_second_approver_into_the_flow(sam, keys):
    page = sam.page
    keys.use(page.locator("main a[href$='/edit/contract.bpmn']"))
    page.wait_for_selector("[data-ready]")
    keys.choose(page.locator("[data-flows]"), f"{CHECK} → ")
    keys.tab_to(page.locator("[data-act=append]"), back=True)
    keys.press("Enter")
    page.wait_for_selector(".djs-popup :focus")
    page.keyboard.type("quorum")
    expect(page.locator(".djs-popup .entry:visible")).to_have_count(1)
    keys.press("Enter")
    page.wait_for_selector("[data-entry-id=name] :focus")
    page.keyboard.type("Second accord")
    wait_until_saved(page)
    expect(counts(page)).not_to_have_text(NO_ERROR)


def mend_what_lint_finds(sam, keys):
    page = sam.page
    assert sam.violations() == []
    for option, left in (("required", 1), ("size", 0)):
        keys.use(page.locator("[data-problem-list] button").first)
        page.wait_for_selector(f"[data-entry-id='own-approval.{option}'] :focus")
        page.keyboard.type("2")
        keys.press("Tab")
        wait_until_saved(page)
        expect(page.locator("[data-problem-list] button")).to_have_count(left)


def tell_the_office_when_it_is_late(page, keys):
    """The ready escalation, on a task at which two cases wait: they cannot be moved for it."""
    keys.choose(page.locator("[data-steps]"), SIGNATURE)
    page.wait_for_selector("[data-entry-id=name] :focus")
    keys.tab_to(page.locator("[data-act=append]"), back=True)
    keys.press("Enter")
    page.wait_for_selector(".djs-popup :focus")
    page.keyboard.type("retard")
    keys.press("Enter")
    expect(page.locator("[data-steps] button", has_text="Alerter RI")).to_have_count(9)
    wait_until_saved(page)
    expect(counts(page)).to_have_text(NO_ERROR)


def translate_the_form(sam, keys):
    page = sam.page
    keys.use(page.locator("main a[href$='/forms/administrative_check']"))
    keys.use(page.locator("#c0 summary"))
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        keys.type(page.locator("#c0-label-en"), "Insurance seen")
    assert sam.violations() == []


def play_the_scenarios(page, keys):
    page.goto("/processes/contract/draft")
    keys.use(page.locator("main .actions a[href$='/draft/scenarios']"))
    page.wait_for_url("**/scenarios")
    with page.expect_navigation():
        keys.use(page.locator("form[action$='/play'] .btn-primary"))
    expect(page.locator("[hx-trigger]")).to_have_count(0, timeout=PLAYED)
    expect(page.locator("main")).to_contain_text("Second accord")
    keys.use(page.locator("main a[href$='/contract/draft']"))


def compare(page, keys):
    keys.use(page.locator("main .actions a[href*='/compare?']"))
    keys.use(page.locator(".comparison a", has_text="Second accord"))
    expect(page.locator("[data-picture] .djs-element.is-active").first).to_be_visible()
    changed = page.locator(".comparison tbody", has_text="administrative_check.json").locator("tr")
    expect(changed).to_have_count(2)  # the file, and the one text in it
    expect(changed.last).to_contain_text("Insurance seen")


def publish(sam, keys):
    page = sam.page
    page.goto("/processes/contract/draft")
    keys.use(page.locator("main .actions a[href$='/publish']"))
    keys.type(page.locator("#f-note"), "Une deuxième personne donne son accord")
    keys.type(page.locator("#f-despite"), "Les scénarios attendent une seule voix")
    keys.use(page.locator("main .actions .btn-primary"))
    page.wait_for_url(re.compile(r"/versions/2$"))
    assert sam.violations() == []


def move_the_running_cases(sam, keys, house):
    page, moved = sam.page, [str(CASES - CANNOT_MOVE), "0", str(CANNOT_MOVE)]
    keys.use(page.locator("main .notice a[href$='/versions/1/migrate']"))
    expect(page.locator("section dd")).to_have_text(moved)
    expect(page.locator("main tbody tr", has_text=SIGNATURE)).to_have_count(CANNOT_MOVE)
    assert sam.violations() == []
    keys.use(page.locator("form[method=post] .btn-primary"))
    page.wait_for_url("**/migrations/*")
    house.settle()
    expect(page.locator("#progress[hx-get]")).to_have_count(0)
    expect(page.locator("#progress dd")).to_have_text(moved)


def go_back(sam, keys):
    page = sam.page
    page.goto("/processes/contract/versions/1")
    keys.use(page.locator("main a[href$='/go-back']"))
    keys.type(page.locator("#f-note"), "Comme avant")
    keys.use(page.locator("main .actions .btn-primary"))
    page.wait_for_url(re.compile(r"/versions/3$"))
    expect(page.locator("main .notice a[href$='/versions/2/migrate']")).to_be_visible()
