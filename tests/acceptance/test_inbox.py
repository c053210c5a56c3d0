"""The inbox under the hands of those who live in it: keys, preview, news, selection."""

import re

from playwright.sync_api import expect

from tests.acceptance.test_contract_walk import RECOGNISED, STUDIED, WORDS, start
from tests.acceptance.visitors import fill_draft


def submit_a_case(visitors):
    student = visitors("Théo Garnier", language="en")
    start(student, WORDS["en"])
    fill_draft(student.page, STUDIED, RECOGNISED)
    student.page.locator("form[data-draft-url] .btn-primary").click()
    student.page.wait_for_url(re.compile(r"/home$"))


def test_by_keyboard_alone(visitors):
    submit_a_case(visitors)
    page = visitors("Marie Delmas", language="en").page
    page.goto("/inbox?view=groups")
    rows = page.locator("[data-item]")
    assert rows.count() >= 2
    expect(page.locator("#preview h2").first).to_have_text(rows.nth(0).locator("a").inner_text())
    page.keyboard.press("j")
    expect(rows.nth(1)).to_have_class(re.compile("is-current"))
    expect(page.locator("#preview strong").first).to_have_text(
        rows.nth(1).locator(".cell").nth(1).locator("span").first.inner_text()
    )
    page.keyboard.press("k")
    expect(rows.nth(0)).to_have_class(re.compile("is-current"))
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("1 selected")
    page.keyboard.press("c")
    expect(page.locator("[role=status]").first).to_contain_text("1 task changed")
    expect(page.locator("[data-item]").first.locator(".state").last).to_have_text("mine")
    page.locator("[data-item] a.title").first.focus()
    page.keyboard.press("x")
    page.locator("button[name=action][value=release]").click()
    expect(page.locator("[data-item]").first.locator(".state").last).to_have_text("unclaimed")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.locator("[data-item] a.title").first.focus()
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/tasks/\d+$"))


def test_new_tasks_are_announced_and_move_nothing(visitors):
    page = visitors("Marie Delmas", language="en").page
    page.goto("/inbox?view=groups")
    before = page.locator("[data-item]").evaluate_all("rows => rows.map(row => row.dataset.item)")
    submit_a_case(visitors)
    expect(page.locator("[data-news]")).to_contain_text("1 new task", timeout=40_000)
    assert before == page.locator("[data-item]").evaluate_all(
        "rows => rows.map(row => row.dataset.item)"
    )
    page.keyboard.press("n")
    expect(page.locator("[data-item]")).to_have_count(len(before) + 1)


def test_filters_can_be_emptied(visitors):
    page = visitors("Claire Vidal", language="en").page
    page.goto("/inbox?view=all")
    everything = page.locator("[data-item]").count()
    page.locator("[data-filters] > summary").click()
    page.select_option("#filter-department", "his")
    page.locator("[data-filters] button").click()
    page.wait_for_url(re.compile("department=his"))
    assert 0 < page.locator("[data-item]").count() < everything
    page.locator("[data-filters] a").click()
    expect(page.locator("[data-item]")).to_have_count(everything)


def test_without_script(browser, live_server):
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=False, locale="en-GB"
    )
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name=re.compile("Théo Garnier")).click()
    page.goto("/start")
    page.select_option("#f-department", "his")
    page.select_option("#f-receiving_hei_id", index=1)
    page.fill("#f-academic_year", "2026/2027")
    page.locator("main .btn-primary").click()
    page.fill("input[name='studied.0.title']", "Kept without script")
    page.locator("#f-studied [data-add-row]").click()
    assert page.input_value("input[name='studied.0.title']") == "Kept without script"
    assert page.locator("input[name='studied.1.title']").count() == 1
    page.locator("#f-studied [data-remove-row]").nth(1).click()
    assert page.locator("input[name='studied.1.title']").count() == 0
    page.locator("button[formaction$='/draft']").last.click()
    assert page.input_value("input[name='studied.0.title']") == "Kept without script"
    context.close()


def test_hostile_texts_open_no_dialog(visitors):
    hostile = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>${alert(3)}{{alert(4)}}"
    student = visitors("Théo Garnier", language="en")
    start(student, WORDS["en"])
    page = student.page
    fill_draft(page, [(hostile, "30")], [(hostile, "30")])
    page.fill("#f-isced_clarification", hostile)
    page.fill("#f-receiving_contact_family_name", hostile)
    page.fill("#comment-text", hostile)
    page.locator("#comments form button").click()
    expect(page.locator("#comments .comment p")).to_have_text(hostile)
    page.locator("form[data-draft-url] .btn-primary").click()
    page.wait_for_url(re.compile(r"/home$"))
    coordinator = visitors("Marie Delmas", language="en")
    coordinator.page.goto("/inbox?view=groups&sort=newest")
    coordinator.page.wait_for_timeout(800)
    coordinator.page.goto(
        coordinator.page.locator("[data-item] a.title").first.get_attribute("href")
    )
    expect(
        coordinator.page.locator(".component-table th").filter(has_text="onerror")
    ).to_have_count(2)
    coordinator.decide("return", hostile)
    student.page.goto("/home")
    student.page.goto(student.page.locator("main a[href^='/tasks/']").last.get_attribute("href"))
    expect(student.page.locator(".notice", has_text="onerror")).to_be_visible()
