"""Comments on a case, in a browser: kept, or given back with the reason."""

from playwright.sync_api import expect


def test_a_remark_that_is_refused_comes_back_with_a_sentence(visitors, language):
    page = visitors("Marie Delmas", language=language).page
    page.goto("/cases")
    page.locator("a[href^='/cases/']").first.click()
    box = page.locator("#comment-text")
    box.fill("   ")
    page.locator("#comments form button").click()
    expect(page.locator("#comments [id*=error]")).to_be_visible()
    box = page.locator("#comment-text")
    box.fill("Un mot, <b>en toutes lettres</b>")
    page.locator("#comments form button").click()
    expect(page.locator("#comments .comment").last).to_contain_text("<b>en toutes lettres</b>")
