"""An anchor finds what a chain cannot tell by itself: its end cut off, an instance gone, the
database an old copy, a chain written anew. Against any anchor, even an early one.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, update

from engine import SYSTEM, Wrong
from engine.history import anchoring
from engine.history.anchor_files import AnchorFile, export
from engine.history.anchoring import AnchorUnusable
from engine.history.keys import KeyRing
from engine.history.proving import prove
from engine.tables import history_anchor, history_anchored, history_event, instance
from engine.unit import Unit
from tests.builders_record import CASES, LENGTH, Record

BEFORE, CASE, AFTER = CASES
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Anchored:
    """A record with keys, and what is proved of it against anchors."""

    def __init__(self, record: Record, folder) -> None:
        self.record = record
        self.keys = KeyRing(folder / "keys")
        self.folder = folder

    def anchor(self) -> AnchorFile:
        """Make an anchor and read its file."""
        connection = self.record.connection
        made = anchoring.make(Unit(connection, SYSTEM, NOON), self.keys, "univ-tlse2.fr")
        path = self.folder / f"{made.number}.jsonl"
        export(connection, made, path)
        return AnchorFile(path)

    def found(self, file=None, **options):
        """What is found against an anchor's file, or the newest anchor of the database."""
        return prove(self.record.connection, self.keys, file, **options)

    def named(self, file=None, **options):
        """The faults of it."""
        return [(f.instance_id, f.seq, f.wrong) for f in self.found(file, **options).faults]

    def cut(self, case: int, first: int) -> None:
        """Cut a tail and set the instance back, so that nothing shows in the chain."""
        self.record.delete(case, *range(first, LENGTH + 20))
        if first == 1:
            self.record.connection.execute(delete(instance).where(instance.c.id == case))
        else:
            self.record.set_head(case, first - 1, self.record.event(case, first - 1)["hash"])


@pytest.fixture
def anchored(record, tmp_path):
    return Anchored(record, tmp_path)


def test_an_untouched_record_agrees_with_every_anchor_however_far_it_goes_on(anchored):
    first = anchored.anchor()
    anchored.record.go_on(CASE, 3)
    second = anchored.anchor()
    anchored.record.go_on(AFTER, 2)
    anchored.record.add_case(104)
    for file in (first, second, None):
        for since in (False, True):
            found = anchored.found(file, since=since)
            assert (found.intact, found.instances) == (True, 4)
    assert anchored.found(second, since=True).events == 2 + LENGTH
    assert anchored.found(first, since=True).events == 3 + 2 + LENGTH


def test_an_anchor_tells_who_sealed_what_and_follows_the_one_before(anchored):
    first = anchored.anchor().anchor
    second = json.loads(anchored.anchor().anchor.statement)
    assert json.loads(first.statement) == {
        "format": "passerelle-anchor/1",
        "issuer": "univ-tlse2.fr",
        "number": 1,
        "at": "2026-03-02T12:00:00+00:00",
        "instances": 3,
        "root": first.root.hex(),
        "previous": None,
        "key": first.key_id,
    }
    assert second["number"] == 2
    assert second["previous"] is not None


@pytest.mark.parametrize("since", [False, True])
def test_a_cut_tail_is_found_against_any_anchor_made_before(anchored, since):
    first = anchored.anchor()
    anchored.record.go_on(BEFORE, 3)
    second = anchored.anchor()
    anchored.cut(CASE, 5)
    assert anchored.record.found().intact
    # What is anchored now must not excuse what was done before.
    third = anchored.anchor()
    for file in (first, second, third, None):
        assert anchored.named(file, since=since) == [(CASE, 5, Wrong.CUT_TAIL)]


@pytest.mark.parametrize("since", [False, True])
def test_a_deleted_instance_is_found_against_any_anchor_made_before(anchored, since):
    first = anchored.anchor()
    anchored.cut(AFTER, 1)
    anchored.cut(BEFORE, 1)
    assert anchored.record.found().intact
    second = anchored.anchor()
    for file in (first, second, None):
        assert anchored.named(file, since=since) == [
            (BEFORE, 1, Wrong.MISSING_INSTANCE),
            (AFTER, 1, Wrong.MISSING_INSTANCE),
        ]


def test_a_chain_written_anew_is_found_against_any_anchor_made_before(anchored):
    record = anchored.record
    first = anchored.anchor()
    record.delete(CASE, *range(3, LENGTH + 1))
    record.heads[CASE] = (2, record.event(CASE, 2)["hash"])
    record.go_on(CASE, LENGTH)
    assert record.found().intact
    second = anchored.anchor()
    for file in (first, second, None):
        assert anchored.named(file) == [(CASE, LENGTH, Wrong.DIFFERS_FROM_ANCHOR)]
        assert anchored.named(file, since=True) != []


def test_an_old_copy_of_the_database_is_found(anchored):
    with anchored.record.attempt():
        anchored.record.go_on(CASE, 3)
        anchored.record.add_case(104)
        file = anchored.anchor()
    found = anchored.found(file)
    assert [(f.instance_id, f.seq, f.wrong) for f in found.faults] == [
        (CASE, LENGTH + 1, Wrong.CUT_TAIL),
        (104, 1, Wrong.MISSING_INSTANCE),
    ]
    assert "does not know anchor 1" in found.anchor_trouble


def test_an_old_copy_is_found_though_no_case_went_on_since(anchored):
    with anchored.record.attempt():
        file = anchored.anchor()
    found = anchored.found(file)
    assert (found.broken, found.intact) == (0, False)


def test_anchors_altered_in_the_database_are_found(anchored):
    anchored.anchor()
    connection = anchored.record.connection
    for change, said in (
        (update(history_anchored).values(head=b"x" * 32), "heads are not those"),
        (delete(history_anchored), "heads are not those"),
        (update(history_anchor).values(signature=b"x" * 64), "signature"),
        (update(history_anchor).values(public_key=b"x" * 32), "none of this installation's"),
        (update(history_anchor).values(statement=b"{}"), "not what an anchor says"),
    ):
        with anchored.record.attempt():
            connection.execute(change)
            assert said in anchored.found().anchor_trouble
            with pytest.raises(AnchorUnusable):
                anchored.found(since=True)


def test_nothing_can_be_verified_since_an_anchor_that_is_not_there(anchored):
    assert anchored.found().intact
    with pytest.raises(AnchorUnusable, match="no anchor"):
        anchored.found(since=True)


def test_what_came_since_is_verified_and_broken_cases_are_named(anchored):
    anchored.anchor()
    anchored.record.go_on(CASE, 4)
    anchored.record.change(CASE, LENGTH + 2, kind="never_seen")
    assert anchored.named(since=True) == [(CASE, LENGTH + 2, Wrong.CHANGED_EVENT)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_not_this_anchor_is_refused_with_a_sentence(anchored, tmp_path):
    whole = anchored.anchor()
    lines = (tmp_path / "1.jsonl").read_bytes().splitlines(keepends=True)
    other = Anchored(anchored.record, tmp_path / "other")
    other.folder.mkdir()
    older = lines[0].replace(b"anchor/1", b"anchor/0")
    for content, said in (
        (b"", "not the file of an anchor"),
        (b"".join(lines)[:200], "not the file of an anchor"),
        (b"\xff\xfe\n\n", "not the file of an anchor"),
        (b"".join([b"[]\n", *lines[1:]]), "not what an anchor says"),
        (b"".join([older, *lines[1:]]), "format is passerelle-anchor/0"),
        (b"".join(lines)[:-40], "this is no head"),
        (b"".join(lines[:-1]), "heads are not those"),
        (b"".join([lines[0].replace(b"univ", b"evil"), *lines[1:]]), "signature"),
        ((other.folder / "2.jsonl") if other.anchor() else b"", "none of this installation's"),
    ):
        path = tmp_path / "given.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
        with pytest.raises(AnchorUnusable, match=said):
            anchored.found(AnchorFile(path))
    with pytest.raises(AnchorUnusable, match="cannot be read"):
        AnchorFile(tmp_path / "none.jsonl")
    assert anchored.found(whole).anchor == 1


def test_after_the_key_was_replaced_earlier_anchors_still_hold(anchored):
    first = anchored.anchor()
    anchored.keys.rotate()
    second = anchored.anchor()
    assert first.anchor.key_id != second.anchor.key_id
    assert anchored.found(first).intact
    assert anchored.found(second).intact


def test_the_database_refuses_to_change_anchors(database, tmp_path):
    with database.engine.connect() as connection, connection.begin() as transaction:
        record = Record.written(connection)
        Anchored(record, tmp_path).anchor()
        for table in (history_anchor, history_anchored, history_event):
            for change in (update(table).values(dict.fromkeys(["number"], 7)), delete(table)):
                if table is history_event and change.is_update:
                    continue
                with (
                    pytest.raises(Exception, match="append-only"),
                    connection.begin_nested(),
                ):
                    connection.execute(change)
        transaction.rollback()


def test_anchor_and_verify_on_the_command_line(cli, database, settings, tmp_path):
    with database.engine.begin() as connection:
        Record.written(connection)
    made = cli("history", "anchor", "--json").json
    assert (made["number"], made["instances"]) == (1, 3)
    assert [path.name[:13] for path in (settings.data_dir / "anchors").iterdir()] == [
        "anchor-000001"
    ]
    elsewhere = tmp_path / "kept" / "second.jsonl"
    assert cli("history", "anchor", "--to", elsewhere).code == 0
    assert "exists already" in cli("history", "anchor", "--to", elsewhere).err
    assert "signed with key" in cli("history", "rotate-key").out
    for options in ((), ("--since",), ("--anchor", elsewhere), ("--anchor", elsewhere, "--since")):
        answer = cli("history", "verify", *options)
        assert answer.code == 0, answer
        assert "compared with anchor 2" in answer.out
    with database.engine.begin() as connection:
        connection.execute(delete(instance).where(instance.c.id == CASE))
        connection.execute(instance.delete().where(instance.c.id == AFTER))
    broken = cli("history", "verify", "--since", "--anchor", elsewhere)
    assert broken.code == 1
    assert f"Instance {CASE}, event 1: the instance is missing." in broken.out
    refused = cli("history", "verify", "--anchor", settings.data_dir / "none")
    assert (refused.code, refused.err.startswith("passerelle: ")) == (1, True)
