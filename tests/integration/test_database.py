"""How a database is opened."""

from engine import Database


def test_what_is_committed_to_sqlite_survives_a_loss_of_power(tmp_path, pragmas, monkeypatch):
    monkeypatch.setattr("engine.database.PRAGMAS", pragmas)
    database = Database(f"sqlite:///{tmp_path}/own.sqlite3")
    with database.read() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {each}").scalar() for each in asked]
    database.dispose()
    assert found == ["wal", 2, 1]
