"""Cookies, tokens, logins and languages that nobody was given."""

import re

import pytest

from tests.security import bad_input_payloads as bad
from tests.security.bad_input_answers import assert_no_markup, said
from tests.security.bad_input_house import fresh_key
from tests.security.bad_input_requests import cookie_of


class TestSessions:
    def test_a_tampered_cookie_is_nobodys(self, house):
        name, cookie = cookie_of(house.client("marie"))
        for place in range(0, len(cookie), 9):
            changed = cookie[:place] + ("A" if cookie[place] != "A" else "B") + cookie[place + 1 :]
            for value in (changed, cookie[:place]):
                visitor = house.visitor()
                visitor.set_cookie(name, value)
                assert visitor.get("/inbox").status_code == 302

    @pytest.mark.parametrize("token", ["missing", "another session's", "made up"])
    def test_a_form_of_another_session_changes_nothing(self, house, token):
        item = house.at("check")
        client = house.client("marie")
        before = house.stored()
        house.app.config["WTF_CSRF_ENABLED"] = True
        try:
            mine, theirs = (token_of(house.client(login)) for login in ("marie", "paul"))
            value = {"missing": "", "another session's": theirs, "made up": "x"}[token]
            form = {"csrf_token": value, "outcome": "approve", "idempotency_key": fresh_key()}
            refused = client.post(f"/tasks/{item}/complete", data=form)
            assert refused.status_code == 400
            assert "could not read this request" in said(refused)
            assert house.stored() == before
            done = client.post(f"/tasks/{item}/complete", data={**form, "csrf_token": mine})
        finally:
            house.app.config["WTF_CSRF_ENABLED"] = False
        assert done.status_code == 302

    @pytest.mark.parametrize("login", ["", "a\x00b", "x" * 10_000, "' or 1=1 --", "\U0001f393"])
    def test_a_login_nobody_has(self, any_house, login):
        for password in ("", "a\x00b", "x" * 100_000):
            answer = any_house.visitor().post(
                "/sign-in", data={"login": login, "password": password}
            )
            assert answer.status_code == 401
            assert_no_markup(answer.text)

    @pytest.mark.parametrize("person", bad.NUMBERS)
    def test_a_demo_person_nobody_is(self, any_house, person):
        settings = any_house.app.extensions["passerelle"].settings
        object.__setattr__(settings, "demo", True)
        try:
            answer = any_house.visitor().post("/sign-in/demo", data={"person": person})
        finally:
            object.__setattr__(settings, "demo", False)
        assert answer.status_code == 404

    @pytest.mark.parametrize("language", ["", "de", "fr\x00", "../fr", "x" * 9000])
    def test_a_language_nobody_speaks(self, house, language):
        before = house.stored()
        answer = house.client("marie").post("/language", data={"language": language})
        assert answer.status_code == 400
        assert house.stored() == before


def token_of(client):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/inbox").text)[1]
