"""An administrator moves running cases in the browser: all but two, then these with a mapping."""

from __future__ import annotations

from playwright.sync_api import expect

from engine import SYSTEM, Actor, Labels
from tests.builders import Diagram

CLERK = Actor("person:0", "Clerk", frozenset({"office"}))
CASES, FURTHER = 8, 2


def version(check):
    diagram = Diagram("moved").start().user("ask").user(check).end()
    return diagram.flow("begin", "ask", check, "finish").bundle()


def begin(engine):
    """Eight cases, two of them at a step that the next version calls otherwise."""
    engine.deploy(version("check"), actor=SYSTEM)
    for number in range(CASES):
        labels = Labels(f"Student {number}", "lea", "Salamanca")
        started = engine.start(
            "moved", actor=SYSTEM, business_key=f"M-{number}", variables={}, labels=labels
        )
        if number < FURTHER:
            engine.complete(started.work_items[0], actor=CLERK, idempotency_key=f"on {number}")
    engine.deploy(version("review"), actor=SYSTEM)


def test_cases_are_looked_at_moved_and_the_rest_is_mapped(people, house):
    house.work(begin, house.engine)
    sam = people("Samuel Ortiz", width=390)
    page = sam.page
    page.goto("/processes/moved/versions/1")
    page.locator("main a[href$='/migrate']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/migrate")
    assert sam.violations() == []
    expect(page.locator("main")).to_contain_text("Student 1")

    page.locator("form[method=post] .btn-primary").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/migrations/*")
    house.settle()
    # The page follows by itself.
    expect(page.locator("#progress[hx-get]")).to_have_count(0)
    expect(page.locator("#progress dd")).to_have_text([str(CASES - FURTHER), "0", str(FURTHER)])
    assert sam.violations() == []

    page.locator("#progress a[href*='/migrate?']").click()
    page.select_option("[name='map.check']", "review")
    page.locator("main form:not([method]) button").click()
    page.wait_for_url("**map.check=review*")
    page.locator("form[method=post] .btn-primary").click()
    page.wait_for_url("**/migrations/*")
    order = page.url
    page.close()  # The workers need nobody who looks on.
    house.settle()
    page = sam.context.new_page()
    page.goto(order)
    expect(page.locator("#progress[hx-get]")).to_have_count(0)
    expect(page.locator("#progress dd")).to_have_text(["0", str(FURTHER), "0"])
    assert {case.version for case in house.cases("moved")} == {2}
