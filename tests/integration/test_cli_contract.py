"""`passerelle contract import`."""

import pytest

from tests.builders_domain import SAMPLES
from tests.builders_house import House


@pytest.fixture(autouse=True)
def _house(database, settings, clock):
    """Departments and a partner, with the process deployed."""
    House.built(database, settings, clock)


def test_an_agreement_is_imported_once(cli):
    file = SAMPLES / "ola-ex1.xml"
    first = cli("contract", "import", file, "--json")
    assert (first.code, first.err) == (0, "")
    (row,) = first.json
    assert (row["file"], row["created"], row["unchanged"]) == (str(file), 1, 0)
    assert row["errors"] == []
    shown = cli("instance", "show", row["instance_ids"][0], "--json")
    assert shown.json["process"] == "contract"

    (again,) = cli("contract", "import", file, "--json").json
    assert (again["created"], again["unchanged"]) == (0, 1)
    assert again["mobility_ids"] == row["mobility_ids"]


def test_several_files_are_one_table(cli):
    files = sorted(SAMPLES.glob("ola-*.xml"))
    answer = cli("contract", "import", *files)
    assert (answer.code, answer.err) == (0, "")
    assert [name for name in files if str(name) not in answer.out] == []


def test_a_wrong_file_is_refused_with_its_lines_and_stores_nothing(cli, tmp_path):
    broken = tmp_path / "broken.xml"
    broken.write_bytes((SAMPLES / "ola-ex1.xml").read_bytes()[:-200])
    answer = cli("contract", "import", broken, "--json")
    assert answer.code == 1
    assert answer.err == ""
    (row,) = answer.json
    assert row["errors"]
    assert row["errors"][0]["line"] > 0
    assert cli("instance", "list", "--json").json == []
    lines = cli("contract", "import", broken).out.splitlines()
    assert any(line.startswith(f"{broken}:") for line in lines)
