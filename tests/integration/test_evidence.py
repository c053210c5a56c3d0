"""The evidence of a case: verified by its own program alone, refused after any change."""

import io
import json
import random
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, text

from engine import Actor, InvalidState, NotFound
from engine.history import evidence_verifier as verifier
from engine.history.evidence_verifier import Refused, signed_by, verified
from engine.history.keys import KeyRing
from engine.tables import history_payload
from tests.builders import approvals

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ISSUER = "univ-tlse2.fr"


@dataclass
class Case:
    """A case whose evidence is exported."""

    office: object
    keys: KeyRing
    id: int

    def export(self, actor=None) -> bytes:
        return self.office.engine.export_evidence(
            self.id,
            actor=actor or self.office.chief,
            keys=self.keys,
            issuer=ISSUER,
            files={"documents.json": b"[]"},
        )


@pytest.fixture
def case(office, tmp_path):
    office.deploy(approvals())
    for _ in range(3):
        started = office.start()
        office.complete(started.work_items[0], outcome="approve")
    return Case(office, KeyRing(tmp_path / "keys"), started.instance_id)


def alone(folder, bundle, *options):
    """What the bundle's own program says, outside this house."""
    (folder / "evidence.zip").write_bytes(bundle)
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        (folder / "verify.py").write_bytes(archive.read("verify.py"))
    command = [sys.executable, "-I", "verify.py", "evidence.zip", *map(str, options)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_bundle_verifies_with_its_own_program_and_nothing_else(case, tmp_path):
    bundle = case.export()
    said = alone(tmp_path, bundle, "--key", case.keys.signer().public.hex())
    assert (said.returncode, said.stderr) == (0, "")
    assert "5 events in an unbroken chain, 0 with erased content." in said.stdout
    assert "Sealed by anchor 1" in said.stdout
    assert said.stdout.endswith("The bundle holds.\n")


def test_a_bundle_of_a_case_that_was_moved_holds_every_version_it_has_followed(case, tmp_path):
    engine = case.office.engine
    for version in (1, 2):
        case.office.deploy(approvals(steps=5 + version))
        route = engine.migration_route("approval", version, version + 1, {})
        engine.migrate(route, actor=case.office.chief)
        case.office.work()
    bundle = case.export()
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        about = json.loads(archive.read("case.json"))
        folders = {name.split("/")[1] for name in archive.namelist() if "process/" in name}
    assert folders == {"approval-1", "approval-2", "approval-3"}
    assert [each["version"] for each in about["versions"]] == [1, 2, 3]
    assert about["version"] == 3
    assert alone(tmp_path, bundle).returncode == 0


def test_a_bundle_holds_the_events_the_process_and_what_the_domain_adds(case):
    with zipfile.ZipFile(io.BytesIO(case.export())) as archive:
        names = set(archive.namelist())
        events = [json.loads(line) for line in archive.read("events.jsonl").splitlines()]
        about = json.loads(archive.read("case.json"))
    assert names == {
        "verify.py",
        "case.json",
        "events.jsonl",
        "anchor.json",
        "documents.json",
        "process/approval-1/approval.bpmn",
    }
    assert (about["process"], about["version"], about["issuer"]) == ("approval", 1, ISSUER)
    assert events[-1]["kind"] == "evidence_exported"
    assert json.loads(events[0]["payload"])["variables"] == {"department": "lea"}


def test_an_export_is_an_event_and_the_next_bundle_shows_it(case):
    case.export()
    case.export()
    events = case.office.engine.history(case.id, actor=case.office.chief)
    assert [event.kind for event in events][-2:] == ["evidence_exported"] * 2
    assert case.office.engine.verify_history(case.keys).intact


def test_evidence_can_be_given_of_a_case_whose_content_was_erased(case):
    with case.office.engine.database.write() as connection:
        own = history_payload.c.instance_id == case.id
        erased = connection.execute(delete(history_payload).where(own)).rowcount
    assert any(f" {erased} with erased content" in line for line in verified(case.export()))


def test_no_evidence_is_given_of_a_case_that_was_altered(case):
    own = f"WHERE instance_id = {case.id} AND seq = 1"
    with case.office.engine.database.write() as connection:
        connection.execute(text(f"DELETE FROM history_payload {own}"))
        connection.execute(
            history_payload.insert(),
            {"instance_id": case.id, "seq": 1, "salt": b"x" * 16, "payload": b"{}"},
        )
    with pytest.raises(InvalidState, match="not what was written"):
        case.export()


def test_who_may_not_see_the_case_gets_no_evidence_of_it(case):
    with pytest.raises(NotFound):
        case.export(Actor("person:5", "Nobody"))


@ON_SQLITE
def test_no_byte_can_be_changed(case):
    bundle = case.export()
    seed = random.randrange(2**32)
    places = random.Random(seed).sample(range(len(bundle)), 60)
    places += [0, len(bundle) - 1, len(bundle) - verifier.SEAL_LENGTH - 1]
    places += range(len(bundle) - verifier.SEAL_LENGTH, len(bundle), 9)
    for place in places:
        changed = bytearray(bundle)
        changed[place] ^= 1 << random.Random(place).randrange(8)
        with pytest.raises(Refused):
            verified(bytes(changed))
            pytest.fail(f"byte {place} was changed, seed {seed}")


@ON_SQLITE
def test_what_is_no_bundle_of_ours_is_refused_with_a_clear_sentence(case, tmp_path):
    bundle = case.export()
    other = Case(case.office, KeyRing(tmp_path / "other"), case.id).export()
    ours = case.keys.signer().public.hex()
    older = bundle[: -verifier.SEAL_LENGTH] + b"passerelle-evidence/0 ab cd"
    for given, sentence in (
        (other, "another university"),
        (bundle[: len(bundle) // 2], "not a whole one"),
        (bundle + b"\n", "not a whole one"),
        (b"", "not a whole one"),
        (older, "format is 0, this program knows 1"),
    ):
        with pytest.raises(Refused, match=sentence):
            verified(given, ours)
    said = alone(tmp_path, bundle, "--key", KeyRing(tmp_path / "other").signer().public.hex())
    assert (said.returncode, said.stdout.startswith("REFUSED: ")) == (1, True)
    assert said.stderr == ""


@ON_SQLITE
def test_a_bundle_can_be_compared_with_an_anchor_kept_elsewhere(case, tmp_path):
    bundle = case.export()
    engine = case.office.engine
    for number, status in ((1, 0), (2, 1)):
        if number == 2:
            engine.make_anchor(case.keys, issuer=ISSUER)
        engine.export_anchor(engine.anchor(number), tmp_path / "kept.jsonl")
        said = alone(tmp_path, bundle, "--anchor", tmp_path / "kept.jsonl")
        assert (said.returncode, said.stderr) == (status, "")
    assert alone(tmp_path, bundle, "--anchor", tmp_path / "none").returncode == 1


@ON_SQLITE
def test_a_seal_does_not_help_who_seals_something_else(case):
    """Whoever steals the key can seal, but not make a chain or an anchor out of nothing."""
    bundle = case.export()
    events = _inside(bundle, "events.jsonl").splitlines(keepends=True)
    statement = json.loads(_inside(bundle, "anchor.json"))
    for name, content, sentence in (
        ("events.jsonl", b"".join(events[1:]), "event 1 is missing"),
        ("events.jsonl", b"".join(events[:-1]), "does not seal the case"),
        ("events.jsonl", b"".join(events).replace(b"lea", b"his", 1), "content of event 1"),
        ("events.jsonl", b"".join(events).replace(b"person:1", b"person:2", 1), "is not what"),
        ("events.jsonl", b"[]\n", "cannot be read"),
        ("anchor.json", json.dumps({**statement, "index": 0}).encode(), "does not seal"),
        ("anchor.json", json.dumps({**statement, "signature": "00" * 64}).encode(), "signature"),
        ("anchor.json", b"{}", "cannot be read"),
    ):
        with pytest.raises(Refused, match=sentence):
            verified(_resealed(bundle, case.keys, name, content))


def _inside(bundle, name):
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return archive.read(name)


def _resealed(bundle, keys, name, content):
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(bundle)) as archive,
        zipfile.ZipFile(target, "w") as changed,
    ):
        changed.comment = b" " * verifier.SEAL_LENGTH
        for each in archive.namelist():
            changed.writestr(each, content if each == name else archive.read(each))
    signed = target.getvalue()[: -verifier.SEAL_LENGTH]
    signer = keys.signer()
    signature = signer.sign(b"passerelle-evidence/1\0" + signed)
    return signed + f"passerelle-evidence/1 {signer.public.hex()} {signature.hex()}".encode()


@ON_SQLITE
def test_the_command_line_writes_a_bundle(case, cli, tmp_path):
    answer = cli("history", "evidence", case.id, "--to", tmp_path / "given.zip")
    assert (answer.code, answer.err) == (0, "")
    assert "Written to" in answer.out
    assert verified((tmp_path / "given.zip").read_bytes())
    assert cli("history", "evidence", 1).code == 1
    assert "cannot be written" in cli("history", "evidence", case.id, "--to", tmp_path / "a/b").err


def test_the_programs_own_ed25519_agrees_with_the_library():
    for number in range(8):
        key = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public, message = key.public_key().public_bytes_raw(), b"m" * number
        signature = key.sign(message)
        assert signed_by(public, signature, message)
        assert not signed_by(public, signature, message + b"x")
        scalar = int.from_bytes(signature[32:], "little") + verifier.ORDER
        assert not signed_by(public, signature[:32] + scalar.to_bytes(32, "little"), message)
    assert not signed_by(b"\xff" * 32, signature, message)
    assert not signed_by(public, signature[:-1], message)
