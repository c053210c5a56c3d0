"""`passerelle db`."""

import sqlite3

from web import migrations


def test_upgrade_creates_the_schema_and_says_so(cli, tmp_path):
    url = f"sqlite:///{tmp_path / 'deep' / 'new.sqlite3'}"
    given = {"PASSERELLE_DATABASE_URL": url, "PASSERELLE_DATA_DIR": str(tmp_path / "deep")}
    assert cli("db", "status", "--json", **given).json["up_to_date"] is False
    first = cli("db", "upgrade", **given)
    assert (first.code, first.err) == (0, "")
    assert f"to {migrations.head()}" in first.out
    assert "up to date" in cli("db", "upgrade", **given).out
    status = cli("db", "status", "--json", **given)
    assert status.code == 0
    assert status.json["revision"] == status.json["newest"] == migrations.head()


def test_status_exits_with_1_while_the_schema_is_missing(cli, tmp_path):
    answer = cli("db", "status", PASSERELLE_DATABASE_URL=f"sqlite:///{tmp_path}/new.sqlite3")
    assert answer.code == 1
    assert "up to date  no" in answer.out


def test_status_tells_no_password(cli):
    url = "postgresql://passerelle:hunter2@127.0.0.1:1/none"
    answer = cli("db", "status", PASSERELLE_DATABASE_URL=url)
    assert answer.code == 1
    assert "hunter2" not in answer.out + answer.err


def test_backup_copies_a_database_in_use(cli, sqlite_url, tmp_path, database):
    copy = tmp_path / "copy.sqlite3"
    if not database.is_sqlite:
        answer = cli("db", "backup", copy)
        assert (answer.code, copy.exists()) == (1, False)
        assert "pg_dump" in answer.err
        return
    cli("user", "add", "ada", *PERSON, stdin="a long enough password\n")
    with database.write():
        assert cli("db", "backup", copy).code == 0
    assert sqlite3.connect(copy).execute("SELECT login FROM person").fetchall() == [("ada",)]
    again = cli("db", "backup", copy)
    assert again.code == 1
    assert "exists already" in again.err


PERSON = (
    "--given-names",
    "Ada",
    "--family-name",
    "Lovelace",
    "--email",
    "ada@example.org",
    "--password-stdin",
)
