"""Evidence of many cases in one file: made in the background, verified by its own program."""

import dataclasses
import io
import json
import random
import zipfile

import pytest
from sqlalchemy import text

from engine import Actor, InvalidInput, NotFound
from engine.history import evidence_verifier as verifier
from engine.history.evidence_verifier import Refused, verified
from engine.history.filters import HistoryFilter
from engine.history.jobs import EXPORT, Exporting
from engine.history.keys import KeyRing
from tests.builders import approvals
from workflows.evidence import bundles
from workflows.evidence.models import EvidenceBundle

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ISSUER = "univ-tlse2.fr"


@dataclasses.dataclass
class Desk:
    """An auditor who asks for bundles."""

    office: object
    keys: KeyRing
    folder: object
    cases: list

    def ask(self, **chosen):
        with self.office.engine.unit(self.office.chief) as unit:
            return bundles.ask(unit, HistoryFilter(**chosen), "fr")

    def make(self, **chosen):
        number = self.ask(**chosen)
        self.office.work()
        with self.office.engine.reading() as session:
            return session.get_one(EvidenceBundle, number)

    def bytes(self, **chosen):
        return (self.folder / self.make(**chosen).file_name).read_bytes()


@pytest.fixture
def desk(office, tmp_path):
    office.deploy(approvals())
    cases = []
    for _ in range(5):
        started = office.start()
        office.complete(started.work_items[0], outcome="approve")
        cases.append(started.instance_id)
    keys, folder = KeyRing(tmp_path / "keys"), tmp_path / "evidence"
    kinds = {
        **office.engine.registry.job_kinds,
        **bundles.Making(folder, keys, ISSUER).job_kinds(),
        EXPORT: Exporting(tmp_path / "anchors", None, stamps=False),
    }
    office.engine.registry = dataclasses.replace(office.engine.registry, job_kinds=kinds)
    office.engine.__dict__.pop("_runner", None)
    return Desk(office, keys, folder, cases)


def inside(bundle, name):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name)


def test_a_bundle_of_many_cases_holds_and_says_what_it_proves(desk):
    bundle = desk.make()
    content = (desk.folder / bundle.file_name).read_bytes()
    said = verified(content, desk.keys.signer().public.hex())
    assert "5 cases, chosen by: all" in said
    assert (bundle.total, bundle.done, bundle.size) == (5, 5, len(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    assert {"cases.pdf", "documents.jsonl", "people.json", "verify.py"} <= names
    assert "process/approval-1/approval.bpmn" in names
    assert inside(content, "cases.pdf").startswith(b"%PDF-")


def test_every_case_of_a_bundle_notes_that_its_evidence_was_handed_out(desk):
    desk.make()
    chief = desk.office.chief
    for case in desk.cases:
        last = desk.office.engine.history(case, actor=chief)[-1]
        assert (last.kind, last.actor) == ("evidence_exported", chief.id)
    assert desk.office.engine.verify_history(desk.keys).intact


def test_a_case_that_goes_on_is_in_the_bundle_as_the_anchor_seals_it(desk):
    number = desk.ask()
    for _ in range(len(desk.cases) + 1):
        desk.office.engine.run_due_jobs(worker="tests", limit=1)
    desk.office.engine.terminate(desk.cases[0], actor=desk.office.chief, reason="Afterwards")
    desk.office.work()
    content = (desk.folder / f"evidence-bundle-{number}.zip").read_bytes()
    assert verified(content)
    assert b"Afterwards" not in inside(content, "events.jsonl")


def test_only_what_the_filter_finds_and_the_asker_may_see_is_in_it(desk):
    with pytest.raises(InvalidInput):
        desk.ask(processes=("another",))
    stranger = Actor("person:77", "Nobody")
    with pytest.raises(InvalidInput), desk.office.engine.unit(stranger) as unit:
        bundles.ask(unit, HistoryFilter(), "fr")


def test_a_bundle_is_given_to_who_asked_for_it_and_is_gone_after_a_week(desk):
    bundle = desk.make()
    engine = desk.office.engine
    with engine.reading() as session:
        assert bundles.ready(session, desk.office.chief, bundle.id).sha256 == bundle.sha256
        with pytest.raises(NotFound):
            bundles.ready(session, Actor("person:77"), bundle.id)
    engine.clock.advance(bundles.KEPT)
    desk.office.work()
    assert list(desk.folder.iterdir()) == []
    with engine.reading() as session, pytest.raises(NotFound):
        bundles.ready(session, desk.office.chief, bundle.id)


def test_a_case_that_was_altered_is_left_out_and_named(desk):
    with desk.office.engine.database.write() as connection:
        connection.execute(
            text(f"UPDATE instance SET head = :no WHERE id = {desk.cases[1]}"), {"no": bytes(32)}
        )
    bundle = desk.make()
    assert json.loads(bundle.altered) == [desk.cases[1]]
    content = (desk.folder / bundle.file_name).read_bytes()
    assert json.loads(inside(content, "selection.json"))["left_out"] == [desk.cases[1]]
    assert any(line.startswith("4 cases") for line in verified(content))


def test_more_than_fits_into_one_job_is_refused_before_anything_is_written(desk, monkeypatch):
    monkeypatch.setattr(bundles, "MOST_EVENTS", 3)
    with pytest.raises(InvalidInput):
        desk.ask()


@ON_SQLITE
def test_no_byte_of_a_bundle_can_be_changed(desk):
    content = desk.bytes()
    seed = random.randrange(2**32)
    places = random.Random(seed).sample(range(len(content)), 40)
    places += [0, len(content) - 1, len(content) - verifier.SEAL_LENGTH - 1]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << random.Random(place).randrange(8)
        with pytest.raises(Refused):
            verified(bytes(changed))
            pytest.fail(f"byte {place} was changed, seed {seed}")


@ON_SQLITE
def test_what_is_no_bundle_of_ours_is_refused_with_a_clear_sentence(desk, tmp_path):
    content = desk.bytes()
    ours = desk.keys.signer().public.hex()
    other = KeyRing(tmp_path / "other")
    for given, key, sentence in (
        (content, other.signer().public.hex(), "another university"),
        (content[: len(content) // 2], ours, "not a whole one"),
        (content + b"\n", ours, "not a whole one"),
        (content[: -verifier.SEAL_LENGTH] + b"passerelle-evidence/0 ab cd", ours, "format is 0"),
        (content[: -verifier.SEAL_LENGTH] + b"passerelle-evidence/3 ab cd", ours, "format is 3"),
    ):
        with pytest.raises(Refused, match=sentence):
            verified(given, key)


@ON_SQLITE
def test_a_seal_does_not_help_who_seals_other_cases(desk, tmp_path):
    """Whoever steals the key can seal, but not make chains or an anchor out of nothing."""
    content = desk.bytes()
    events = inside(content, "events.jsonl").splitlines(keepends=True)
    cases = inside(content, "cases.jsonl").splitlines(keepends=True)
    for name, changed, sentence in (
        ("events.jsonl", b"".join(events[:-1]), "does not seal the case"),
        ("events.jsonl", b"".join([*events, events[0]]), "events of no case"),
        ("events.jsonl", b"".join(events).replace(b"lea", b"his", 1), "the content of event 1"),
        ("cases.jsonl", b"".join(cases[:-1]), "events of no case"),
        ("cases.jsonl", b"".join([cases[1], cases[0], *cases[2:]]), "another case"),
        ("selection.json", inside(content, "selection.json").replace(b": 5", b": 6"), "6 cases"),
    ):
        with pytest.raises(Refused, match=sentence):
            verified(resealed(content, desk.keys, name, changed, tmp_path))


def resealed(bundle, keys, name, content, folder):
    from engine.history import evidence_bundle

    path = folder / "forged.zip"
    with zipfile.ZipFile(io.BytesIO(bundle)) as old, zipfile.ZipFile(path, "w") as new:
        new.comment = b" " * verifier.SEAL_LENGTH
        for each in old.namelist():
            new.writestr(each, content if each == name else old.read(each))
    evidence_bundle._seal(path, keys)
    return path.read_bytes()
