"""Bad input in every field of the office's forms: refused, given back, nothing half-done."""

import html

import pytest

from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup
from tests.security.bad_input_pages import PAGES

HOSTILE = "\x00<script>alert(1)</script>"
ENDLESS = "x" * 25_000
DIGITS = "9" * 5000
UNREAD = ("paste", "places.1.")
"""How fields begin that nobody reads here: pasted lists, and the row that is still empty."""


@pytest.mark.parametrize("page", PAGES)
def test_what_no_field_can_hold_is_refused_and_given_back(office, page):
    form, before = PAGES[page].form(office), office.stored()
    for name in form.names():
        for value in (HOSTILE, ENDLESS if name in form.texts else DIGITS):
            if not name.startswith(UNREAD):
                answer = refused(office, PAGES[page], form, {name: value})
                if name in form.texts and answer.status_code == 422:
                    assert value in html.unescape(answer.text), name
    assert office.stored() == before


@pytest.mark.parametrize("page", ["places", "nomination", "grading table", "agreement", "letter"])
def test_a_zero_character_looks_nothing_up(postgresql_office, page):
    office, form = postgresql_office, PAGES[page].form(postgresql_office)
    before = office.stored()
    for name in form.names():
        if not name.startswith(UNREAD):
            refused(office, PAGES[page], form, {name: HOSTILE})
    assert office.stored() == before


def refused(office, page, form, changes):
    """The answer to what would do but for ``changes``, which refuses it and holds no markup."""
    sent = form.with_(**{**page.would_do, **changes})
    answer = office.client(page.login).post(form.action, data=sent)
    assert answer.status_code in {302, 409, 422}, changes
    assert_no_markup(answer.text)
    return answer


@pytest.mark.parametrize("page", PAGES)
def test_no_shape_of_a_form_breaks_it(office, page):
    form, would_do = PAGES[page].form(office), PAGES[page].would_do
    client = office.client(PAGES[page].login)
    for name in form.names():
        sent = form.with_(**would_do)
        sent.pop(name, None)
        for crooked in ({f"{name}.0": "1"}, {f"{name}.\u00b2.a.b.c.d": "1"}):
            answer = client.post(form.action, data={**sent, **crooked, "outcome": "\x00"})
            assert answer.status_code in {302, 409, 422}, crooked


@pytest.mark.parametrize("page", PAGES)
def test_a_field_that_is_not_the_pages_own_has_no_effect(office, page):
    form, sentinel = PAGES[page].form(office), "4711 sent in"
    foreign = dict.fromkeys((*bad.ROUTING, "anything"), sentinel)
    sent = form.with_(**{**foreign, **PAGES[page].would_do})
    answer = office.client(PAGES[page].login).post(form.action, data=sent)
    assert answer.status_code in {302, 422}
    assert not office.holds(sentinel)


@pytest.mark.parametrize("page", PAGES)
def test_a_body_of_ten_megabytes_or_of_broken_letters_is_told(office, page):
    form, client = PAGES[page].form(office), office.client(PAGES[page].login)
    before = office.stored()
    body = "&".join(f"{name}=%FF%FE%ED%A0%80" for name in form.names()).encode()
    kind = "application/x-www-form-urlencoded"
    large = client.post(form.action, data=body + b"&a=" + b"x" * 13_000_000, content_type=kind)
    assert large.status_code == 413
    assert office.stored() == before
    assert client.post(form.action, data=body, content_type=kind).status_code in {302, 422}
