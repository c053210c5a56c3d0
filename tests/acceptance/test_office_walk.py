"""The office's own matters in a browser: a substitute, saved views, a mention, mails."""

import re

from playwright.sync_api import expect

from tests.acceptance.visitors import axe


def choose_substitute(page, substitute, last):
    page.goto("/settings/substitutions")
    page.select_option("#f-person", label="Claire Vidal")
    page.select_option("#f-substitute", label=substitute)
    today = page.locator("#f-first").get_attribute("min")
    page.fill("#f-first", today)
    page.fill("#f-last", last or today)
    page.locator("main form .btn-primary").click()


def test_a_substitute_from_the_first_to_the_last(visitors):
    claire = visitors("Claire Vidal", language="en").page
    choose_substitute(claire, "Marie Delmas", "2020-01-01")
    expect(claire.locator("#error-summary")).to_contain_text("The end lies before the start.")
    assert axe(claire) == []
    choose_substitute(claire, "Marie Delmas", None)
    expect(claire.get_by_role("heading", level=1)).to_have_text(
        "Marie Delmas replaces Claire Vidal"
    )
    assert axe(claire) == []
    claire.get_by_role("button", name="Confirm").click()
    expect(claire.locator(".told-list").first).to_contain_text("in force")
    marie = visitors("Marie Delmas", language="en").page
    expect(marie.locator(".role-band")).to_contain_text("for Claire Vidal until")
    marie.goto("/inbox?step=check_admin")
    row = marie.locator("[data-item]").first
    expect(row).to_contain_text("for Claire Vidal")
    marie.goto(row.locator("a.title").get_attribute("href"))
    expect(marie.locator("main")).to_contain_text("for Claire Vidal")
    expect(marie.locator("button[name=outcome][value=approve]")).to_be_visible()
    assert axe(marie) == []
    claire.locator(".told-list summary").first.click()
    claire.locator(".told-list .btn-danger").first.click()
    expect(claire.locator(".told-list").last).to_contain_text("ended early by Claire Vidal")
    marie.reload()
    expect(marie.locator("button[name=outcome][value=approve]")).to_have_count(0)
    claire.goto("/outbox?q=replaces")
    claire.goto("/outbox?q=remplace")
    claire.locator("tbody a").first.click()
    expect(claire.locator(".mail-text")).to_contain_text("Marie Delmas")


def test_saved_views_by_keyboard(visitors):
    page = visitors("Marie Delmas", language="en", width=1440).page
    page.goto("/inbox?view=all&due=late")
    page.locator("[data-save] > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Late ones")
    page.keyboard.press("Enter")
    entry = page.locator(".saved-views a", has_text="Late ones")
    expect(entry).to_have_attribute("aria-current", "true")
    expect(entry.locator(".count")).to_have_text(re.compile(r"\d+"))
    page.locator(".saved-menu > summary").focus()
    page.keyboard.press("Enter")
    assert axe(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("Overdue everywhere")
    page.keyboard.press("Enter")
    expect(page.locator(".saved-views a")).to_contain_text("Overdue everywhere")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".saved-views a")).to_contain_text("Late ones")
    page.locator(".saved-menu > summary").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".saved-views a")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".saved-views a")).to_have_count(1)
    page.locator(".saved-menu > summary").click()
    page.get_by_role("button", name="Delete").click()


def test_naming_somebody_in_a_comment(visitors):
    claire = visitors("Claire Vidal", language="en").page
    claire.goto("/inbox?view=all&step=check_coherence&department=lea")
    claire.goto(claire.locator("[data-item] a.title").first.get_attribute("href"))
    claire.locator("#comment-text").click()
    claire.keyboard.type("Please look, @mar")
    options = claire.locator(".mention-list [role=option]")
    expect(options.first).to_contain_text("Marie")
    assert axe(claire) == []
    claire.keyboard.type("ie.d")
    expect(options).to_have_count(1)
    claire.keyboard.press("Enter")
    expect(claire.locator("#comment-text")).to_have_value("Please look, @marie.delmas ")
    claire.keyboard.type("and @nobody.at.all")
    claire.locator("#comments form button").click()
    expect(claire.locator("#comments .mention")).to_have_text("@marie.delmas")
    expect(claire.locator("#comments .told")).to_have_text(re.compile("told: Marie Delmas"))
    marie = visitors("Marie Delmas", language="en").page
    marie.goto("/inbox?view=all")
    expect(marie.locator("[data-item]", has_text="a comment names you")).to_have_count(1)
    marie.get_by_role("link", name="You are named").click()
    marie.wait_for_url("**/mentions")
    assert axe(marie) == []
    marie.locator("main li button").first.click()
    marie.wait_for_url(re.compile(r"/cases/\d+#comments"))
    expect(marie.locator("#comments")).to_contain_text("Please look, @marie.delmas")
    marie.goto("/inbox?view=all")
    expect(marie.locator("[data-item]", has_text="a comment names you")).to_have_count(0)


def test_how_to_hear_of_things(visitors, language):
    page = visitors("Marie Delmas", language=language, width=390).page
    page.goto("/settings")
    page.check("#mention-digest")
    page.select_option("#f-morning_hour", "9")
    page.locator("form[action$='/settings/mail'] .btn-primary").click()
    expect(page.locator("[role=status] .notice")).to_be_visible()
    expect(page.locator("#mention-digest")).to_be_checked()
    expect(page.locator("#f-morning_hour")).to_have_value("9")
    assert axe(page) == []
    page.check("#mention-now")
    page.locator("form[action$='/settings/mail'] .btn-primary").click()
    expect(page.locator("#mention-now")).to_be_checked()
