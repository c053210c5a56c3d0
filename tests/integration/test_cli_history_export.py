"""``passerelle history export``, on both databases."""

import csv

import pytest

from engine.history.access_log import LOG
from engine.tables import history_event, history_payload
from tests.builders_record import CASES, LENGTH, Record


@pytest.fixture(autouse=True)
def record(database):
    """A record of three cases of eight events."""
    with database.engine.begin() as connection:
        Record.written(connection)


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_all_events_are_written_into_a_file(cli, tmp_path):
    path = tmp_path / "all.csv"
    answer = cli("history", "export", "--format", "csv", "--to", str(path))
    assert answer.code == 0
    assert answer.out == f"Written to {path} ({path.stat().st_size} bytes).\n"
    assert len(table(path)) == len(CASES) * LENGTH


def test_a_filter_columns_and_names_are_chosen(cli, tmp_path, database):
    path = tmp_path / "some.csv"
    filters = ("--business-key", "M-101", "--business-key", "", "--kind", "work_item_completed")
    chosen = ("--columns", "business_key,actor,payload", "--names")
    cli("history", "export", "--format", "csv", "--to", str(path), *filters, *chosen)
    rows = table(path)
    assert {row["business_key"] for row in rows} == {"M-101"}
    assert {row["actor"] for row in rows} == {"person:0", "person:1", "person:2"}
    noted = noted_in(database)
    assert noted.kind == "history_exported"
    assert noted.actor.startswith("operator:")
    assert b'"people":"names"' in noted.payload


def noted_in(database):
    """The one event of the log of accesses."""
    own = history_event.c
    joined = history_event.join(
        history_payload,
        (history_payload.c.instance_id == own.instance_id) & (history_payload.c.seq == own.seq),
    )
    statement = joined.select().where(own.instance_id == LOG)
    with database.read() as connection:
        return connection.execute(statement).one()


@pytest.mark.parametrize(
    "wrong",
    [
        ("--format", "csv", "--columns", "password"),
        ("--format", "csv", "--version", "x"),
        ("--format", "exe"),
    ],
)
def test_what_there_is_not_is_refused_and_nothing_written(cli, tmp_path, wrong):
    path = tmp_path / "none"
    assert cli("history", "export", "--to", str(path), *wrong).code in {1, 2}
    assert not path.exists()


def test_no_file_is_written_over(cli, tmp_path):
    path = tmp_path / "kept"
    path.write_text("kept")
    answer = cli("history", "export", "--format", "xes", "--to", str(path))
    assert answer.code == 1
    assert "exists already" in answer.err
    assert path.read_text() == "kept"
