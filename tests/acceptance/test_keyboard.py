"""Without a mouse: everything is reached, one sees where one is, and the focus is never lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

NUMBER_STOPS = """() => {
  const reachable = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const groups = new Set();
  let number = 0;
  for (const each of document.querySelectorAll(reachable)) {
    const closed = each.closest('details:not([open])');
    const hidden = closed && !(each.tagName === 'SUMMARY' && each.parentElement === closed);
    if (each.disabled || each.tabIndex < 0 || hidden || !each.checkVisibility()) continue;
    if (each.type === 'radio' && groups.size === groups.add(each.name).size) continue;
    each.dataset.stop = number++;
  }
  document.activeElement.blur();
  window.scrollTo(0, 0);
  return number;
}"""
"""Numbers what the tab key should stop at; a group of radio buttons is one stop."""

HERE = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const drawn = (each) => {
    const look = getComputedStyle(each);
    return look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0;
  };
  // A row of the inbox draws the ring for what is in it, a diagram over what is in it (its
  // own outline would be painted underneath); days draw their own.
  const row = at.closest('.work-row');
  const diagram = at.closest('.diagram-canvas');
  const over = diagram && getComputedStyle(diagram, '::after');
  const shown = drawn(at) || ['date', 'datetime-local', 'month'].includes(at.type)
    || (row && drawn(row)) || (over && over.content !== 'none' && over.borderTopStyle === 'solid');
  const box = at.getBoundingClientRect();
  const x = box.left + Math.min(box.width / 2, 20);
  const y = box.top + Math.min(box.height / 2, 20);
  const top = document.elementFromPoint(x, y);
  const free = top && (at.contains(top) || top.contains(at) || top.closest('label, svg.icon'));
  return {
    stop: at.dataset.stop, name: at.outerHTML.slice(0, 120), shown, free: Boolean(free),
  };
}"""
"""Where the focus is, whether one sees it, and whether something lies over it."""


def walked(page):
    """What is wrong on the way of the tab key through the page; nothing, if all is well."""
    stops = page.evaluate(NUMBER_STOPS)
    left = {str(number) for number in range(stops)}
    wrong = []
    # A field for a day has several stops of its own.
    for _ in range(2 * stops + 10):
        page.keyboard.press("Tab")
        here = page.evaluate(HERE)
        if here is None:
            continue
        left.discard(here["stop"])
        wrong += [f"no ring: {here['name']}"] * (not here["shown"])
        wrong += [f"covered: {here['name']}"] * (not here["free"])
        if not left:
            break
    # The preview of a row is another one by the time its links have their turn.
    missed = page.evaluate(
        """stops => stops.map((stop) => document.querySelector(`[data-stop='${stop}']`))
            .filter(Boolean).map((each) => each.outerHTML)""",
        sorted(left),
    )
    return wrong + [f"not reached: {each[:120]}" for each in missed]


@pytest.mark.parametrize(
    ("name", "width", "paths"),
    [
        ("Claire Vidal", 1440, ["/inbox?view=all", "/campaigns/new", "/operations", "task"]),
        ("Claire Vidal", 390, ["/settings", "task", "case"]),
        ("Léa Martin", 390, ["/home", "/start"]),
    ],
)
def test_all_is_reached_and_one_sees_where_one_is(visitors, name, width, paths):
    visitor = visitors(name, width=width)
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    wrong = {}
    for path in paths:
        page.goto(_address(page, path))
        visitor.settle()
        wrong[path] = walked(page)
    assert [each for path in paths for each in wrong[path]] == []


def _address(page, path):
    """An address; for ``task`` and ``case`` that of the first in the list."""
    if path == "task":
        page.goto("/inbox?view=all")
        return page.locator("[data-item] a.title").first.get_attribute("href")
    if path == "case":
        page.goto("/cases")
        return page.locator("main a[href^='/cases/']").first.get_attribute("href")
    return path


def test_a_refusal_takes_the_focus_and_leads_to_the_field(visitors):
    page = visitors("Claire Vidal").page
    page.goto("/start")
    page.fill("#f-academic_year", "next year")
    page.keyboard.press("Enter")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(page.locator("#f-academic_year")).to_have_value("next year")
    page.keyboard.press("Tab")
    link = summary.locator("a").first
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(link.get_attribute("href"))).to_be_focused()


def test_a_wrong_password_takes_the_focus(visitors):
    page = visitors().page
    page.goto("/sign-in")
    page.fill("#login", "nobody")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("main [role=alert]")).to_be_focused()


def test_the_focus_outlives_a_comment(visitors):
    """The part of the page that it was in is another one after the comment was sent."""
    page = visitors("Claire Vidal").page
    page.goto("/inbox?view=groups")
    page.goto(page.locator("[data-item] a.title").first.get_attribute("href"))
    page.locator("#comment-text").press_sequentially("Seen by keyboard")
    button = page.locator("#comments form button")
    button.press("Enter")
    expect(page.locator("#comments .comment")).to_contain_text(["Seen by keyboard"])
    expect(button).to_be_focused()


def test_the_first_stop_leads_past_the_menu(visitors):
    page = visitors("Claire Vidal").page
    page.goto("/cases")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_what_opens_over_the_page_gives_the_focus_back(visitors):
    page = visitors("Claire Vidal").page
    page.goto("/inbox?view=all")
    keys = page.locator("[data-open-help]")
    keys.press("Enter")
    expect(page.locator("#key-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(keys).to_be_focused()
    menu = page.locator(".person-menu summary")
    menu.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".person-menu a")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.locator(".person-menu")).not_to_have_attribute("open", re.compile(".*"))
