"""The command line as a whole: exit codes, sentences instead of tracebacks."""

import subprocess
import sys

import pytest

from web.migrations import head

FAMILIES = ("contract", "db", "demo", "doctor", "instance", "process", "up", "user", "worker")


def test_help_lists_every_family(cli):
    answer = cli("--help")
    assert answer.code == 0
    assert [family for family in FAMILIES if f"  {family} " not in answer.out] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("db", "nonsense"),
        ("process", "lint"),
        ("process", "lint", "/no/such/file.bpmn"),
        ("instance", "show", "not-a-number"),
        ("instance", "show", "0"),
        ("instance", "show", str(2**63)),
        ("instance", "list", "--limit", "0"),
        ("user", "add", "ada"),
    ],
)
def test_wrong_usage_is_told_and_exits_with_2(cli, arguments):
    answer = cli(*arguments)
    assert answer.code == 2
    assert answer.err.startswith("Usage: passerelle")
    assert answer.out == ""


def test_a_missing_secret_is_one_sentence(cli):
    answer = cli("instance", "list", PASSERELLE_SECRET_KEY="")
    assert answer.code == 1
    assert answer.err.startswith("passerelle: PASSERELLE_SECRET_KEY is not set")
    assert len(answer.err.splitlines()) == 1


def test_a_database_without_a_schema_says_what_to_do(cli, tmp_path):
    answer = cli("instance", "list", PASSERELLE_DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3")
    assert (answer.code, answer.out) == (1, "")
    assert "passerelle db upgrade" in answer.err


def test_a_database_that_is_away_is_one_sentence(cli, tmp_path):
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    answer = cli("instance", "list", PASSERELLE_DATABASE_URL=url)
    assert answer.code == 1
    assert answer.err.startswith("passerelle: The database cannot be used")
    assert len(answer.err.splitlines()) == 1


def test_a_database_address_that_is_none_is_one_sentence(cli):
    answer = cli("instance", "list", PASSERELLE_DATABASE_URL="what is this")
    assert answer.code == 1
    assert answer.err.startswith("passerelle: ")
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("db", "upgrade"), ("instance", "list")])
def test_a_data_folder_that_cannot_be_made_is_one_sentence(cli, tmp_path, arguments):
    (tmp_path / "file").write_text("")
    answer = cli(*arguments, PASSERELLE_DATA_DIR=str(tmp_path / "file" / "var"))
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith(f"passerelle: The data folder {tmp_path}/file/var cannot be made")
    assert len(answer.err.splitlines()) == 1


@pytest.fixture
def newer_database(database):
    """The database as a later version of the program leaves it."""
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    yield
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{head()}'")


def test_a_database_of_a_newer_program_is_left_alone(cli, newer_database):
    for arguments in [("instance", "list"), ("db", "upgrade")]:
        answer = cli(*arguments)
        assert answer.code == 1
        assert "newer than this program" in answer.err


def test_the_installed_program_starts():
    program = [sys.executable, "-m", "web.cli", "--version"]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("passerelle, version ")
