"""Exports of the history from the database: at once, in the background, and who took them."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from engine import SYSTEM, Actor, Engine, InvalidInput, InvalidState, NotFound, Wrong, exporting
from engine.history.access_log import IN_FULL, LOG
from engine.history.export.model import Order
from engine.history.filters import HistoryFilter
from engine.history.keys import KeyRing
from engine.history.verifying import verify
from engine.registry import Exports, Registry
from engine.runtime.export_orders import ATTEMPTS
from engine.runtime.jobs import LEASE_SECONDS
from engine.tables import access_refused, identity_link, instance
from tests.builders_record import CASES, LENGTH, Record

AUDITOR = Actor("person:5", groups=frozenset({"auditor"}), oversees=True)
OTHER = Actor("person:6", groups=frozenset({"auditor"}), oversees=True)
ALL = Order("csv", HistoryFilter())
KEPT = timedelta(days=7)


@pytest.fixture
def record(database):
    """A record of three cases of eight events."""
    with database.engine.begin() as connection:
        return Record.written(connection)


@pytest.fixture
def engine(database, record, clock, tmp_path):
    exports = Exports(tmp_path / "exports", b"a secret", KEPT)
    return Engine(database, Registry(exports=exports), clock=clock)


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def rows(engine, order=ALL, actor=AUDITOR):
    return table(b"".join(engine.export(order, actor=actor)))


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def kinds(engine):
    return [event.kind for event in engine.accesses(limit=99)]


def files(tmp_path):
    return sorted(path.name for path in (tmp_path / "exports").glob("*"))


def test_every_event_is_exported_case_by_case_in_order(engine):
    found = [(int(row["instance"]), int(row["seq"])) for row in rows(engine)]
    assert found == [(case, seq) for case in CASES for seq in range(1, LENGTH + 1)]


def test_a_filter_narrows_what_is_exported(engine):
    wanted = HistoryFilter(business_key="M-102", kinds=("work_item_completed",))
    found = rows(engine, Order("csv", wanted))
    assert {(row["business_key"], row["kind"]) for row in found} == {
        ("M-102", "work_item_completed")
    }
    assert len(found) == engine.count_events(wanted, actor=AUDITOR, most=99) == LENGTH // 2
    assert engine.count_events(wanted, actor=AUDITOR, most=2) == 2


def test_whom_a_case_is_about_is_told_by_a_pseudonym(engine, database):
    with database.write() as connection:
        links = [("ri", 101), ("person:0", 102), ("person:1", 102)]
        for group, case in links:
            connection.execute(insert(identity_link).values(group=group, instance_id=case))
    found = {row["instance"]: row for row in rows(engine)}
    assert found["101"]["concerns"] == found["103"]["concerns"] == ""
    assert len(found["102"]["concerns"].split()) == 2
    log = json.loads(b"".join(engine.export(Order("ocel", HistoryFilter()), actor=AUDITOR)))

    relations = {each["id"]: each["relationships"] for each in log["objects"]}
    concerned = [
        each["objectId"] for each in relations["case:102"] if each["qualifier"] == "concerns"
    ]
    assert len(concerned) == 2
    assert set(concerned) <= relations.keys()


def test_an_export_is_of_one_moment(engine, database, record):
    pieces = engine.export(Order("ocel", HistoryFilter()), actor=AUDITOR)
    told = next(pieces) + next(pieces)
    assert b"objectTypes" in told
    with database.write() as connection:
        record.connection = connection
        record.go_on(103, 2)
        record.add_case(104)
    log = json.loads(told + b"".join(pieces))
    cases = [each["id"] for each in log["objects"] if each["type"] == "case"]
    assert cases == [f"case:{case}" for case in CASES]
    assert len(log["events"]) == len(CASES) * LENGTH


def test_restricted_cases_are_left_out_for_whoever_has_no_part_in_them(engine, database):
    with database.write() as connection:
        connection.execute(update(instance).where(instance.c.id == 102).values(restricted=True))
    assert {row["instance"] for row in rows(engine)} == {"101", "103"}
    assert {row["instance"] for row in rows(engine, actor=SYSTEM)} == {"101", "102", "103"}
    engine.order_export(ALL, actor=AUDITOR)
    work(engine)
    _, path = engine.fetch_export(engine.exports(limit=1)[0].id, actor=AUDITOR)
    assert {row["instance"] for row in table(path.read_bytes())} == {"101", "103"}


@pytest.mark.parametrize(
    "order", [Order("pdf", HistoryFilter()), Order("csv", HistoryFilter(), columns=("secret",))]
)
def test_what_there_is_not_cannot_be_ordered(order, engine):
    with pytest.raises(InvalidInput):
        engine.export(order, actor=AUDITOR)
    with pytest.raises(InvalidInput):
        engine.order_export(order, actor=AUDITOR)
    assert kinds(engine) == []


def test_each_export_says_in_the_log_what_was_taken_and_whether_with_names(engine):
    engine.export(Order("xes", HistoryFilter(processes=("approval",)), named=True), actor=AUDITOR)
    [event] = engine.accesses(limit=9)
    assert (event.kind, event.actor) == ("history_exported", AUDITOR.id)
    assert event.payload["format"] == "xes"
    assert event.payload["people"] == "names"
    assert event.payload["filter"] == "process=approval"


def refusals(engine):
    """What the log tells of refusals, the first first: number, number in the hour before."""
    told = [each for each in engine.accesses(limit=99) if each.kind == "access_denied"]
    return [(each.payload.get("times"), each.payload.get("before")) for each in reversed(told)]


def test_of_many_refusals_within_an_hour_few_events_tell_how_many(engine, clock):
    for number in range(41):
        engine.note_refused("case", {"path": f"/cases/{number}"}, actor=OTHER)
    more = [(times, None) for times in (20, 40)]
    assert refusals(engine) == [(None, None)] * IN_FULL + more
    clock.advance(timedelta(hours=1))
    engine.note_refused("case", {}, actor=OTHER)
    assert refusals(engine)[len(more) + IN_FULL :] == [(None, 41)]


def test_each_person_and_each_policy_has_a_count_of_its_own(engine):
    for policy, actor in (("case", OTHER), ("case", AUDITOR), ("auditor", OTHER)):
        for _ in range(IN_FULL + 1):
            engine.note_refused(policy, {}, actor=actor)
    assert refusals(engine) == [(None, None)] * 3 * IN_FULL


def test_refusals_at_once_are_counted_each(engine, database):
    with ThreadPoolExecutor(4) as pool:
        for _ in range(20):
            pool.submit(engine.note_refused, "case", {}, actor=OTHER)
    with database.engine.connect() as connection:
        assert connection.scalar(select(access_refused.c.times)) == 20
    assert refusals(engine) == [(None, None)] * IN_FULL + [(20, None)]


def test_the_log_of_accesses_is_verified_and_anchored_as_cases_are(engine, database, tmp_path):
    keys = KeyRing(tmp_path / "keys")
    engine.export(ALL, actor=AUDITOR)
    engine.export(ALL, actor=OTHER)
    engine.make_anchor(keys, issuer="univ-tlse2.fr")
    found = engine.verify_history(keys)
    assert found.intact
    assert (found.instances, found.events) == (len(CASES) + 1, len(CASES) * LENGTH + 2)
    with database.engine.connect() as connection, connection.begin() as superuser:
        record = Record(connection)
        record.drop_triggers()
        record.change(LOG, 1, actor="person:7")
        record.delete(LOG, 2)
        [fault] = verify(connection).faults
        superuser.rollback()
    assert (fault.instance_id, fault.seq, fault.wrong) == (LOG, 1, Wrong.CHANGED_EVENT)


def test_an_export_in_the_background_ends_in_a_file_for_who_ordered_it(engine, tmp_path, clock):
    number = engine.order_export(ALL, actor=AUDITOR)
    [waiting] = engine.exports(limit=9)
    assert (waiting.running, waiting.kept, waiting.total) == (True, False, len(CASES) * LENGTH)
    with pytest.raises(NotFound):
        engine.fetch_export(number, actor=AUDITOR)
    work(engine)
    [done] = engine.exports(limit=9)
    assert (done.running, done.kept, done.done) == (False, True, done.total)
    with pytest.raises(NotFound):
        engine.fetch_export(number, actor=OTHER)
    fetched, path = engine.fetch_export(number, actor=AUDITOR)
    assert len(table(path.read_bytes())) == done.total
    assert fetched.size == path.stat().st_size
    assert kinds(engine) == ["export_downloaded", "export_ordered"]
    clock.advance(KEPT)
    work(engine)
    assert files(tmp_path) == []
    assert not engine.exports(limit=9)[0].kept
    with pytest.raises(NotFound):
        engine.fetch_export(number, actor=AUDITOR)


def test_a_cancelled_export_leaves_nothing(engine, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "BEAT_SECONDS", -1)
    number = engine.order_export(ALL, actor=AUDITOR)
    with pytest.raises(NotFound):
        engine.cancel_export(number, actor=OTHER)
    written = exporting.Found.written

    def cancelled(found):
        for piece in written(found):
            engine.cancel_export(number, actor=AUDITOR)
            yield piece

    monkeypatch.setattr(exporting.Found, "written", cancelled)
    work(engine)
    [export] = engine.exports(limit=9)
    assert (export.running, export.kept) == (False, False)
    assert export.cancelled_at is not None
    assert files(tmp_path) == []


def test_what_is_written_can_no_longer_be_cancelled(engine):
    number = engine.order_export(ALL, actor=AUDITOR)
    work(engine)
    with pytest.raises(InvalidState):
        engine.cancel_export(number, actor=AUDITOR)


def test_a_killed_export_begins_anew_and_half_a_file_is_never_fetched(
    engine, tmp_path, clock, monkeypatch
):
    class Killed(BaseException):
        """The process is gone: nothing after this runs."""

    number = engine.order_export(ALL, actor=AUDITOR)
    written = exporting.Found.written

    def killed(found):
        yield next(written(found))
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(exporting.Found, "written", killed)
        patched.setattr("pathlib.Path.unlink", lambda *_, **__: None)
        with pytest.raises(Killed):
            engine.run_due_jobs(worker="dead")
    [half] = files(tmp_path)
    assert half.startswith(f"{number}.csv.")
    assert not engine.exports(limit=1)[0].kept
    clock.advance(timedelta(seconds=LEASE_SECONDS + 1))
    work(engine)
    assert files(tmp_path) == [f"{number}.csv"]
    _, path = engine.fetch_export(number, actor=AUDITOR)
    assert len(table(path.read_bytes())) == len(CASES) * LENGTH


def test_an_export_keeps_its_job_however_long_it_takes(engine, clock, monkeypatch):
    monkeypatch.setattr(exporting, "BEAT_SECONDS", -1)
    engine.order_export(ALL, actor=AUDITOR)
    written = exporting.Found.written
    others = []

    def slow(found):
        for piece in written(found):
            clock.advance(timedelta(seconds=LEASE_SECONDS - 1))
            yield piece
            others.append(engine.run_due_jobs(worker="other"))

    monkeypatch.setattr(exporting.Found, "written", slow)
    work(engine)
    assert others
    assert not any(others)
    assert engine.exports(limit=1)[0].kept


def test_an_export_that_cannot_be_written_ends_in_an_incident(engine, clock, monkeypatch):
    def full(found):
        raise OSError("No space left on device")

    monkeypatch.setattr(exporting.Found, "written", full)
    engine.order_export(ALL, actor=AUDITOR)
    for _ in range(ATTEMPTS):
        work(engine)
        clock.advance(timedelta(days=1))
    assert not engine.exports(limit=1)[0].running
    [incident] = engine.incidents(actor=SYSTEM).items
    assert "No space left" in incident.detail
