"""`passerelle user`."""

import pytest

from workflows.people.services import authenticate

PASSWORD = "correct horse battery"
ADA = ("--given-names", "Ada", "--family-name", "Lovelace", "--email", "ada@example.org")


@pytest.fixture
def ada(cli):
    answer = cli("user", "add", "Ada", *ADA, "--group", "ri", "--password-stdin", stdin=PASSWORD)
    assert (answer.code, answer.err) == (0, "")


def test_an_added_account_can_sign_in(cli, ada, engine):
    with engine.reading() as session:
        assert authenticate(session, "ada", PASSWORD).name == "Ada Lovelace"


def test_the_list_tells_everything_but_the_password(cli, ada):
    (row,) = cli("user", "list", "--json").json
    assert row == {
        "login": "ada",
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "locale": None,
        "active": True,
        "groups": ["ri"],
    }
    assert "Ada Lovelace" in cli("user", "list").out


def test_an_empty_list_is_empty_json(cli):
    assert cli("user", "list", "--json").json == []


def test_a_login_that_is_taken_is_refused(cli, ada):
    answer = cli("user", "add", "ADA", *ADA, "--password-stdin", stdin=PASSWORD)
    assert answer.code == 1
    assert "login: taken" in answer.err


def test_a_short_password_is_refused_and_nobody_is_added(cli):
    answer = cli("user", "add", "ada", *ADA, "--password-stdin", stdin="short")
    assert answer.code == 1
    assert "password" in answer.err
    assert cli("user", "list", "--json").json == []


def test_a_new_password_replaces_the_old_one(cli, ada, engine):
    answer = cli("user", "password", "ada", "--password-stdin", stdin="another long password\n")
    assert answer.code == 0
    with engine.reading() as session:
        assert authenticate(session, "ada", PASSWORD) is None
        assert authenticate(session, "ada", "another long password") is not None


def test_groups_are_added_and_removed(cli, ada):
    answer = cli("user", "groups", "ada", "--add", "admin", "--remove", "ri", "--json")
    assert answer.json == [{"group": "admin"}]
    assert cli("user", "groups", "ada", "--json").json == [{"group": "admin"}]


def test_an_unknown_login_is_a_sentence(cli):
    answer = cli("user", "groups", "nobody")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "passerelle: There is no account called nobody.\n"
