"""Signing in and out: what the cookie is worth, and when it stops being worth anything."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from engine import SYSTEM
from tests.builders_web import PASSWORD, served
from web.app import create_app
from web.security import IDLE_TIMEOUT
from web.sessions import LIFETIME
from workflows.people.services import create_person


def test_wrong_password_says_so_and_keeps_the_login(app):
    client = app.test_client()
    answer = client.post(
        "/sign-in",
        data={"login": "lea", "password": "wrong"},
        headers={"Accept-Language": "es"},
    )
    assert answer.status_code == 401
    assert "no coinciden" in answer.text
    assert 'value="lea"' in answer.text


def test_a_demonstration_offers_everybody_with_what_they_do(engine, settings, app):
    functions = {
        "jeanne": ("jury:lea",), "remi": ("registrar",), "giulia": (), "laure": ("council:cfvu",),
    }  # fmt: skip
    with engine.unit(SYSTEM) as unit:
        for login, groups in functions.items():
            person = create_person(
                unit.session,
                login=login,
                given_names=login.title(),
                family_name="Test",
                email=f"{login}@example.org",
                groups=groups,
            )
            person.demo = True
    page = served(replace(settings, demo=True), engine).test_client().get("/sign-in")
    offered = re.findall(r"<strong>(.+?)</strong><span>(.+?)</span>", page.text)
    assert offered == [
        ("Étudiant·e", "Giulia Test"),
        ("Conseil\u00a0: CFVU", "Laure Test"),
        ("Jury\u00a0: Langues", "Jeanne Test"),
        ("Scolarité", "Remi Test"),
    ]


def test_the_session_changes_at_sign_in(app):
    client = app.test_client()
    client.get("/sign-in")
    client.set_cookie("session", "planted")
    client.post("/sign-in", data={"login": "lea", "password": PASSWORD})
    assert client.get_cookie("session").value != "planted"
    assert client.get("/home").status_code == 200


def test_a_stolen_cookie_dies_at_sign_out(app, sign_in):
    client = sign_in("lea")
    stolen = client.get_cookie("session").value
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("session", stolen)
    assert thief.get("/home").status_code == 302


def test_a_session_does_not_outlive_its_day(sign_in, clock):
    client = sign_in("lea")
    clock.advance(LIFETIME - timedelta(minutes=1))
    assert client.get("/home").status_code == 200
    clock.advance(timedelta(minutes=2))
    assert client.get("/home").status_code == 302


def test_an_idle_session_ends(sign_in):
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        client = sign_in("lea")
        traveller.shift(IDLE_TIMEOUT - timedelta(minutes=1))
        assert client.get("/home").status_code == 200
        traveller.shift(IDLE_TIMEOUT - timedelta(minutes=1))
        assert client.get("/home").status_code == 200
        traveller.shift(IDLE_TIMEOUT + timedelta(minutes=1))
        assert client.get("/home").status_code == 302


def test_sign_in_comes_back_to_the_page(app):
    client = app.test_client()
    asked = client.get("/cases?q=x")
    assert asked.status_code == 302
    assert "/sign-in?next=/cases?q%3Dx" in asked.headers["Location"].replace("%2F", "/")
    answer = client.post(
        "/sign-in", data={"login": "marie", "password": PASSWORD, "next": "/cases?q=x"}
    )
    assert answer.headers["Location"] == "/cases?q=x"


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_sign_in_never_leaves_the_site(app, target):
    answer = app.test_client().post(
        "/sign-in", data={"login": "marie", "password": PASSWORD, "next": target}
    )
    assert answer.headers["Location"] == "/"


def test_sign_in_is_limited(app):
    client = app.test_client()
    address = {"REMOTE_ADDR": "10.9.9.9"}
    data = {"login": "lea", "password": "wrong"}
    said = [client.post("/sign-in", data=data, environ_overrides=address) for _ in range(11)]
    assert [answer.status_code for answer in said] == [401] * 10 + [429]
    assert "Trop d’essais" in said[-1].text


def test_another_application_of_the_process_forgets_no_count(app, settings, engine):
    client, address = app.test_client(), {"REMOTE_ADDR": "10.9.9.8"}
    data = {"login": "lea", "password": "wrong"}
    for _ in range(10):
        client.post("/sign-in", data=data, environ_overrides=address)
    create_app(settings, engine)
    assert client.post("/sign-in", data=data, environ_overrides=address).status_code == 429


def test_cookie_flags(app, settings, engine):
    from dataclasses import replace

    secure = create_app(replace(settings, base_url="https://passerelle.example.org"), engine)
    header = secure.test_client().get("/sign-in").headers["Set-Cookie"]
    assert header.startswith("__Host-session=")
    for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert flag in header
    assert "Domain" not in header


def test_saving_a_draft_leaves_the_session_of_other_answers_alone(sign_in, task):
    client = sign_in("marie")
    assert "Set-Cookie" in client.get(f"/tasks/{task}").headers
    by_script = {"Accept": "application/json"}
    saved = client.post(f"/tasks/{task}/draft", data={"comment": "So far"}, headers=by_script)
    assert saved.status_code == 200
    assert "Set-Cookie" not in saved.headers


def test_a_draft_refused_to_nobody_begins_no_session(settings, engine, task):
    client = create_app(settings, engine).test_client()
    refused = client.post(f"/tasks/{task}/draft", data={"comment": "Too late"})
    assert refused.status_code == 400
    assert "Set-Cookie" not in refused.headers


@pytest.mark.parametrize(("mode", "brought"), [("navigate", True), ("cors", False)])
def test_only_a_page_that_is_opened_prolongs_the_session(sign_in, mode, brought):
    client = sign_in("marie")
    client.get("/home")
    answer = client.get("/home", headers={"Sec-Fetch-Mode": mode})
    assert answer.status_code == 200
    assert ("Set-Cookie" in answer.headers) is brought


@pytest.mark.parametrize("header", [{"Sec-Fetch-Mode": "cors"}, {"HX-Request": "true"}])
def test_an_open_page_whose_session_has_ended_begins_none(app, task, header):
    refused = app.test_client().get(f"/tasks/{task}", headers=header)
    assert refused.status_code == 401
    assert "Set-Cookie" not in refused.headers
