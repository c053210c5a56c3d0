"""Anchors that go out by mail and are time-stamped by an authority outside."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError

from engine import SYSTEM, Engine
from engine.history.anchor_files import AnchorFile
from engine.history.anchoring import AnchorUnusable
from engine.history.jobs import history_jobs, keep_anchoring
from engine.history.keys import KeyRing
from engine.history.stamping import Authority, StampRefused
from engine.registry import Registry
from engine.tables import history_anchor_stamp, incident
from tests.builders_record import Record
from tests.builders_smtp import MailServer, running
from tests.builders_tsa import time_authority
from workflows.mail import outbox
from workflows.mail.models import MailAttachment, MailMessage
from workflows.record import mailing

DAY = timedelta(days=1)
ISSUER = "univ-tlse2.fr"
KEEPERS = ("archives@example.org", "notary@example.org")


@pytest.fixture(scope="module")
def tsa(tmp_path_factory):
    with time_authority(tmp_path_factory.mktemp("tsa")) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_again(tsa):
    tsa.down = tsa.other = False


@dataclasses.dataclass
class Office:
    engine: Engine
    keys: KeyRing
    folder: object
    authority: Authority

    def anchor(self, times=1):
        with self.engine.unit(SYSTEM) as unit:
            keep_anchoring(unit, DAY)
        for _ in range(times):
            self.engine.clock.advance(DAY)
            self.work()

    def work(self):
        while self.engine.run_due_jobs(worker="tests"):
            pass

    def file(self):
        return AnchorFile(max(self.folder.iterdir()))

    def verified(self, authority=None):
        return self.engine.verify_history(
            self.keys, self.file(), authority=authority or self.authority
        )


@pytest.fixture
def office(database, clock, tmp_path, tsa):
    with database.engine.begin() as connection:
        Record.written(connection)
    keys, folder = KeyRing(tmp_path / "keys"), tmp_path / "anchors"
    authority = Authority(tsa.url, tsa.certificate)
    jobs = {
        **history_jobs(keys, ISSUER, folder, DAY, authority, mailing.KIND),
        mailing.KIND: mailing.AnchorMail(KEEPERS, ISSUER),
        outbox.KIND: outbox.MailJob(None, "http://localhost"),
    }
    return Office(Engine(database, Registry(job_kinds=jobs), clock=clock), keys, folder, authority)


def test_an_anchor_is_stamped_and_its_file_carries_the_stamp(office, tsa):
    office.anchor()
    found = office.verified()
    assert found.intact
    assert found.stamp.trusted
    assert "Time of the tests" in found.stamp.authority
    newest = office.engine.verify_history(office.keys, authority=office.authority)
    assert newest.stamp == found.stamp


def test_an_authority_that_is_away_delays_neither_file_nor_mail_and_is_asked_again(office, tsa):
    tsa.down = True
    office.anchor()
    assert office.verified().stamp is None
    with office.engine.reading() as session:
        assert len(session.scalars(select(MailMessage)).all()) == len(KEEPERS)
    tsa.down = False
    office.engine.clock.advance(timedelta(minutes=5))
    office.work()
    assert office.verified().stamp is not None
    with office.engine.reading() as session:
        assert session.execute(select(incident)).all() == []


def test_each_keeper_gets_the_file_and_once_more_when_it_is_stamped(office):
    office.anchor()
    with office.engine.reading() as session:
        mails = session.scalars(select(MailMessage).order_by(MailMessage.id)).all()
        assert sorted(mail.to for mail in mails) == sorted(KEEPERS * 2)
        assert [("horodaté" in mail.subject) for mail in mails] == [False, False, True, True]
        last = session.get_one(MailAttachment, mails[-1].id)
    assert last.content == max(office.folder.iterdir()).read_bytes()
    assert (last.filename, last.media_type) == (
        max(office.folder.iterdir()).name,
        "application/jsonl",
    )


def test_the_outbox_sends_the_file_with_the_mail(office):
    with running(MailServer()) as server:
        kinds = office.engine.registry.job_kinds
        job = outbox.MailJob(server.url(), "http://localhost")
        office.engine.registry = dataclasses.replace(
            office.engine.registry, job_kinds={**kinds, outbox.KIND: job}
        )
        office.anchor()
    (first, *_) = server.mails
    (part,) = first.iter_attachments()
    assert part.get_filename().startswith("anchor-000001-")
    assert part.get_content().startswith(b'{"format":"passerelle-anchor/1"')


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_anchor_too_large_for_a_mail_sends_its_signed_statement(office, monkeypatch, tmp_path):
    monkeypatch.setattr(mailing, "MOST_BYTES", 100)
    office.anchor()
    with office.engine.reading() as session:
        content = session.scalars(select(MailAttachment.content)).first()
    assert content.count(b"\n") == 2
    (tmp_path / "mailed.jsonl").write_bytes(content)
    file = AnchorFile(tmp_path / "mailed.jsonl")
    assert office.engine.verify_history(office.keys, file).intact
    with office.engine.database.engine.begin() as connection:
        Record(connection).drop_triggers()
        connection.execute(text("DELETE FROM history_anchored WHERE instance_id = 101"))
    with pytest.raises(AnchorUnusable, match="heads are not those"):
        office.engine.verify_history(office.keys, file)


def test_a_stamp_of_something_else_is_not_kept(office, tsa):
    tsa.other = True
    with pytest.raises((StampRefused, OSError)):
        office.authority.stamp(b"a statement")
    office.anchor()
    assert office.verified().stamp is None


def test_a_stamp_that_was_changed_or_moved_is_told(office, tsa):
    office.anchor(times=2)
    first, second = (path.read_bytes().split(b"\n") for path in sorted(office.folder.iterdir()))
    path = max(office.folder.iterdir())
    path.write_bytes(b"\n".join([second[0], _with_stamp_of(second[1], first[1]), *second[2:]]))
    with pytest.raises(AnchorUnusable, match="time stamp is of something else"):
        office.verified()
    path.write_bytes(b"\n".join([second[0], second[1].replace(b'"30', b'"31', 1), *second[2:]]))
    with pytest.raises(AnchorUnusable):
        office.verified()


def _with_stamp_of(proof, other):
    import orjson

    return orjson.dumps({**orjson.loads(proof), "timestamp": orjson.loads(other)["timestamp"]})


def test_a_stamp_that_no_configured_certificate_vouches_for_is_refused(office, tmp_path):
    from tests.builders_tsa import authority

    office.anchor()
    assert not office.verified(Authority(None)).stamp.trusted
    (tmp_path / "other").mkdir()
    stranger, _ = authority(tmp_path / "other", office.verified().stamp.at)
    with pytest.raises(AnchorUnusable, match="vouches for"):
        office.verified(Authority(None, stranger))
    with pytest.raises(AnchorUnusable, match="cannot be read"):
        office.verified(Authority(None, tmp_path / "none.pem"))


def test_a_stamp_cannot_be_taken_away(office):
    office.anchor()
    with pytest.raises(DatabaseError, match="append-only"), office.engine.unit(SYSTEM) as unit:
        unit.connection.execute(delete(history_anchor_stamp))
