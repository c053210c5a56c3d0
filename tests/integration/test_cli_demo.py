"""`passerelle demo`."""

DEMO = {"PASSERELLE_DEMO": "1"}


def test_only_a_demonstration_can_be_loaded_or_reset(cli):
    for arguments in [("demo", "load"), ("demo", "reset", "--yes")]:
        answer = cli(*arguments)
        assert (answer.code, answer.out) == (1, "")
        assert "PASSERELLE_DEMO=1" in answer.err


def test_reset_deletes_everything_and_loads_afresh(cli):
    added = cli(
        "user",
        "add",
        "ada",
        *("--given-names", "Ada", "--family-name", "Lovelace", "--email", "ada@example.org"),
        "--password-stdin",
        stdin="a long enough password\n",
    )
    assert added.code == 0
    answer = cli("demo", "reset", "--yes", "--size", "small", **DEMO)
    assert (answer.code, answer.err) == (0, "")
    logins = {row["login"] for row in cli("user", "list", "--json").json}
    assert logins
    assert "ada" not in logins
    cases = cli("instance", "list", "--json").json
    assert cases

    other = cli("demo", "load", "--size", "full", **DEMO)
    assert (other.code, other.out) == (1, "")
    assert "holds the small demonstration" in other.err
    assert "passerelle demo reset --size full" in other.err
    again = cli("demo", "load", **DEMO)
    assert (again.code, again.err) == (0, "")
    assert again.out == (
        "The small demonstration is loaded.\n"
        "`passerelle demo reset` deletes everything here and loads the whole university year.\n"
    )
    assert cli("instance", "list", "--json").json == cases
    assert {row["login"] for row in cli("user", "list", "--json").json} == logins


def test_reset_asks_first(cli):
    answer = cli("demo", "reset", stdin="n\n", **DEMO)
    assert answer.code != 0
    assert cli("user", "list", "--json").json == []
