"""Links for partners: signed, bound, and dead in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.links import LIFE, LinkExpired, LinkInvalid, issue_link, verify_link

KEY = "a key that only this test knows"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOKEN = issue_link(KEY, instance_id=7, work_item_id=1 << 60, digest="ab" * 32, now=NOW)


def test_a_link_says_what_it_was_made_for():
    link = verify_link(KEY, TOKEN, now=NOW + timedelta(days=3))
    assert (link.instance_id, link.work_item_id, link.digest) == (7, 1 << 60, "ab" * 32)
    assert link.expires_at == NOW + LIFE
    assert link.actor.id == "partner:7"
    assert link.actor.only_item == 1 << 60
    assert link.actor.groups == {"partner-desk"}
    assert not link.actor.oversees


def test_a_link_lives_sixty_days_and_not_a_second_longer():
    verify_link(KEY, TOKEN, now=NOW + timedelta(days=60))
    with pytest.raises(LinkExpired):
        verify_link(KEY, TOKEN, now=NOW + timedelta(days=60, seconds=1))


@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "." * 1000, "é", "a" * 5000])
def test_what_is_no_link_is_refused(token):
    with pytest.raises(LinkInvalid):
        verify_link(KEY, token, now=NOW)


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="ascii"))
def test_a_changed_link_is_never_valid(position, character):
    changed = TOKEN[:position] + character + TOKEN[position + 1 :]
    if changed != TOKEN:
        try:
            link = verify_link(KEY, changed, now=NOW)
        except LinkInvalid:
            return
        # The last character of base64 holds bits that mean nothing.
        assert (link.instance_id, link.work_item_id) == (7, 1 << 60)


def test_a_link_of_another_key_is_refused():
    with pytest.raises(LinkInvalid):
        verify_link("another key", TOKEN, now=NOW)


def test_an_old_and_changed_link_is_changed_and_not_old():
    with pytest.raises(LinkInvalid):
        verify_link(KEY, "A" + TOKEN[1:], now=NOW + timedelta(days=400))
