"""The audit trail's page: verify the record, take its anchors away."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from sqlalchemy import text

from engine import Actor, InstanceQuery
from engine.history.anchor_files import AnchorFile
from engine.history.evidence_verifier import verified
from engine.history.keys import KeyRing
from tests.builders_papers import text_of
from tests.builders_web import application, open_leas_agreement
from web.audit import record

SYSTEM_EYES = Actor("person:9", "Chief", oversees=True)
PEOPLE = {"anne": ("auditor",), "claire": ("ri",), "lea": ()}


@pytest.fixture
def app(engine, settings):
    """The application with one case of Léa's."""
    app = application(settings, engine, PEOPLE)
    open_leas_agreement(engine, settings)
    return app


@pytest.fixture
def anne(sign_in):
    return sign_in("anne")


@pytest.fixture
def keys(settings):
    return KeyRing(settings.anchor_keys_dir)


def anchor(engine, keys):
    return engine.make_anchor(keys, issuer="univ-tlse2.fr")


def work(engine):
    while engine.run_due_jobs(worker="tests"):
        pass


def read(client, address="/record"):
    """The words of the page."""
    main = re.search(r"<main.*</main>", client.get(address).text, re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_an_auditor_verifies_the_record_and_watches(anne, engine, keys):
    anchor(engine, keys)
    assert "Nobody has verified the record yet" in read(anne)
    assert anne.post("/record/verify").status_code == 302
    said = read(anne)
    assert "The record is being verified" in said
    assert "0 of 1 cases" in said
    assert "Verify now" not in said
    assert 'hx-trigger="every 2s"' in anne.get("/record").text
    work(engine)
    said = read(anne)
    assert "Intact, and in agreement with anchor 1" in said
    assert "Anne Test intact" in said
    assert "hx-trigger" not in anne.get("/record").text


def test_an_altered_case_is_named_with_what_is_wrong(anne, engine):
    with engine.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER history_event_no_update"))
        connection.execute(text("UPDATE history_event SET actor = '<b>eve' WHERE seq = 2"))
    anne.post("/record/verify")
    work(engine)
    said = read(anne)
    assert "The record was altered" in said
    assert "1 case is not what was written" in said
    assert re.search(r"\d+ 2 the event was changed \( actor \)", said)


def test_an_anchor_that_is_not_in_order_is_told(anne, engine, keys, settings):
    anchor(engine, keys)
    for path in settings.anchor_keys_dir.glob("*.pub"):
        path.unlink()
    anne.post("/record/verify")
    work(engine)
    assert "The newest anchor in the database is not in order" in read(anne)


def test_the_file_of_an_anchor_can_be_taken_away(anne, engine, keys, tmp_path):
    anchor(engine, keys)
    answer = anne.get("/record/anchors/1")
    said = answer.headers["Content-Disposition"]
    assert re.fullmatch(r"attachment; filename=anchor-000001-[0-9a-f]{8}\.jsonl", said)
    file = tmp_path / "kept.jsonl"
    file.write_bytes(answer.data)
    assert engine.verify_history(keys, AnchorFile(file)).intact
    assert anne.get("/record/anchors/2").status_code == 404


def test_many_anchors_are_read_page_by_page(anne, engine, keys, monkeypatch):
    monkeypatch.setattr(record, "ANCHORS", 2)
    for _ in range(3):
        anchor(engine, keys)
    first = read(anne)
    assert "anchor-000003" in first
    assert "anchor-000001" not in first
    assert 'href="/record?before=2"' in anne.get("/record").text
    assert "anchor-000001" in read(anne, "/record?before=2")
    assert read(anne, "/record?before=x") == first


def test_an_auditor_takes_the_evidence_of_a_case_away(anne, engine, sign_in):
    case = engine.instances(actor=SYSTEM_EYES, query=InstanceQuery()).items[0]
    address = f"/cases/{case.id}/evidence"
    assert address in anne.get(f"/cases/{case.id}").text
    answer = anne.post(address)
    assert answer.headers["Content-Disposition"].endswith(f"evidence-{case.id}.zip")
    assert verified(answer.data)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        people = json.loads(archive.read("people.json"))
        assert json.loads(archive.read("documents.json")) == []
        said = text_of(archive.read("case.pdf"))
    assert "History of a case" in said
    assert "Case opened" in said
    assert "Lea Test" in said
    assert sorted(people.values()) == ["Anne Test", "Lea Test"]
    assert "Evidence of this case exported" in read(anne, f"/cases/{case.id}")
    assert sign_in("claire").post(address).status_code == 403
    assert address not in sign_in("claire").get(f"/cases/{case.id}").text
    assert anne.post("/cases/1/evidence").status_code == 404


def test_the_office_has_no_part_in_it(sign_in):
    claire = sign_in("claire")
    assert claire.get("/record").status_code == 403
    assert claire.post("/record/verify").status_code == 403
