"""`passerelle doctor`."""

from engine.identity import SYSTEM
from tests.builders import approvals
from tests.servers import free_port

CHECKS = [
    "configuration",
    "data folder",
    "database",
    "schema",
    "processes",
    "broker",
    "assets",
    "expressions",
    "mail",
    "seal",
]


def test_a_healthy_installation(cli, engine):
    engine.deploy(approvals().bundle(), actor=SYSTEM)
    answer = cli("doctor", "--json")
    assert [row for row in answer.json if not row["ok"]] == []
    assert [row["check"] for row in answer.json] == CHECKS
    assert answer.code == 0
    lines = cli("doctor").out.splitlines()
    assert len(lines) == len(CHECKS)
    assert all(line.startswith("ok") for line in lines)


def test_what_is_missing_is_told_with_its_remedy(cli, tmp_path):
    answer = cli(
        "doctor",
        "--json",
        PASSERELLE_DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3",
        PASSERELLE_BROKER_URL=f"redis://127.0.0.1:{free_port()}/0",
    )
    assert answer.code == 1
    assert answer.err == ""
    failed = {row["check"]: row["detail"] for row in answer.json if not row["ok"]}
    assert set(failed) == {"schema", "processes", "broker"}
    assert "passerelle db upgrade" in failed["schema"]


def test_a_database_that_is_away_fails_in_a_line(cli, tmp_path):
    url = f"postgresql://nobody@/nothing?host={tmp_path}"
    answer = cli("doctor", PASSERELLE_DATABASE_URL=url)
    assert answer.code == 1
    assert len(answer.out.splitlines()) == len(CHECKS)
    assert "FAIL  database" in answer.out


def test_a_broken_configuration_is_the_only_line(cli):
    answer = cli("doctor", "--json", PASSERELLE_SECRET_KEY="short")
    assert answer.code == 1
    (row,) = answer.json
    assert row["check"] == "configuration"
    assert "PASSERELLE_SECRET_KEY" in row["detail"]


def test_a_data_folder_that_is_a_file_fails_in_a_line(cli, tmp_path):
    (tmp_path / "file").write_text("")
    answer = cli("doctor", "--json", PASSERELLE_DATA_DIR=str(tmp_path / "file"))
    assert answer.code == 1
    (row,) = [row for row in answer.json if row["check"] == "data folder"]
    assert not row["ok"]


def test_the_seal_is_told_with_its_certificate(cli, seal_pkcs12, tmp_path):
    def seal(**variables):
        (row,) = [
            row for row in cli("doctor", "--json", **variables).json if row["check"] == "seal"
        ]
        return row["ok"], row["detail"]

    assert seal() == (True, "no document can be sealed: PASSERELLE_SEAL_PKCS12_FILE is not set")
    ok, said = seal(PASSERELLE_SEAL_PKCS12_FILE=str(seal_pkcs12))
    assert ok
    assert "demonstration seal" in said
    assert "2099-12-31" in said
    ok, said = seal(PASSERELLE_SEAL_PKCS12_FILE=str(tmp_path / "missing.p12"))
    assert not ok
    assert "missing.p12" in said
