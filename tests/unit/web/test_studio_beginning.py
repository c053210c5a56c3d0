"""A lifecycle that has no version yet: begun, looked at, published, discarded."""

from __future__ import annotations

import io

import pytest

from engine import SYSTEM
from engine.definitions import Bundle, Severity, to_zip
from tests.builders import approvals
from tests.builders_domain import ROOT
from tests.builders_web import application, text_of

PEOPLE = {"sam": ("admin",), "anne": ("auditor",), "claire": ("ri",)}
NAMES = {"name_fr": "École d’été", "name_en": "Summer school", "name_es": "Escuela de verano"}
SUMMER = {"key": "summer", "source": "", **NAMES}


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, PEOPLE)


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def begin(client, **typed):
    return client.post("/new-lifecycle", data={**SUMMER, **typed}, follow_redirects=True)


def bring(client, *files, key=""):
    sent = [(io.BytesIO(data), name) for name, data in files]
    return client.post(
        "/new-lifecycle/files", data={"bring_key": key, "files": sent}, follow_redirects=True
    )


def revision(engine, key="summer"):
    return engine.definition_draft(key).revision


@pytest.mark.parametrize("source", ["", "contract"])
def test_what_is_begun_can_be_published_as_it_is(sam, engine, source):
    page = begin(sam, source=source)
    assert "Draft of the first version Summer school" in text_of(page)
    draft = engine.definition_draft("summer").bundle
    assert [each for each in engine.lint(draft) if each.severity is Severity.ERROR] == []
    question = text_of(sam.get("/processes/summer/draft/publish"))
    assert "It becomes version 1 of a new lifecycle" in question
    typed = {"revision": revision(engine), "in_force": 0, "note": "The first one"}
    answer = sam.post("/processes/summer/draft/publish", data=typed, follow_redirects=True)
    assert "Version 1 is in force." in text_of(answer)
    definition = engine.version("summer", 1)
    assert definition.model.process_id == "summer"
    assert definition.model.names == {
        "fr": NAMES["name_fr"],
        "en": NAMES["name_en"],
        "es": NAMES["name_es"],
    }


def test_a_blank_lets_a_case_go_from_start_to_end(sam, engine):
    begin(sam)
    typed = {"revision": revision(engine), "in_force": 0, "note": "The first one"}
    sam.post("/processes/summer/draft/publish", data=typed)
    case = engine.start("summer", actor=SYSTEM, business_key="S-1", variables={})
    (item,) = engine.instance(case.instance_id, actor=SYSTEM).open_items
    assert item.candidate == "ri"


def test_a_copy_has_the_files_of_the_other_but_not_its_stories(sam, engine):
    begin(sam, source="contract")
    copy = engine.definition_draft("summer").bundle
    contract = Bundle.from_folder(ROOT / "bpmn" / "contract")
    assert "summer.bpmn" in copy.files
    assert b'"contract"' not in copy.files["summer.bpmn"]
    kept = {name for name in copy.files if name != "summer.bpmn"}
    others = {each for each in contract.files if not each.startswith("scenarios/")}
    assert kept == others - {"contract.bpmn"}
    assert all(copy.files[name] == contract.files[name] for name in kept)


def test_a_lifecycle_without_a_version_is_seen_as_a_draft_only(sam, sign_in, engine):
    begin(sam)
    for client in (sam, sign_in("anne")):
        library = text_of(client.get("/processes"))
        assert "Not published yet Summer school summer" in library
        assert "no version yet" in text_of(client.get("/processes/summer"))
        assert client.get("/processes/summer/draft").status_code == 200
        assert client.get("/processes/summer/draft/diagram.bpmn").status_code == 200
        assert client.get("/processes/summer/versions/1").status_code == 404
    assert sign_in("claire").get("/processes/summer").status_code == 403
    assert [each.key for each in engine.definitions()] == ["contract"]


def test_discarding_it_leaves_nothing(sam, engine):
    begin(sam)
    question = text_of(sam.get("/processes/summer/draft/discard"))
    assert "nothing of it is left" in question
    typed = {"revision": revision(engine)}
    answer = sam.post("/processes/summer/draft/discard", data=typed, follow_redirects=True)
    assert "The draft is discarded." in text_of(answer)
    assert sam.get("/processes/summer").status_code == 404


def test_files_are_brought_to_it_and_a_stale_save_is_refused(sam, engine):
    begin(sam)
    old = revision(engine)

    def save():
        data = {"revision": old, "files": [(io.BytesIO(b"title: x"), "story.yaml")]}
        return sam.post("/processes/summer/draft", data=data, follow_redirects=True)

    assert "A new lifecycle, last saved by Sam" in text_of(save())
    assert "scenarios/story.yaml" in engine.definition_draft("summer").bundle.files
    stale = save()
    assert stale.status_code == 409
    assert "no version yet" in text_of(stale)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"key": ""}, "Key: Please use lower-case letters"),
        ({"key": "Été 2026"}, "Key: Please use lower-case letters"),
        ({"key": "x" * 64}, "Key: Please use lower-case letters"),
        ({"key": "contract"}, "Key: Another lifecycle has this key"),
        ({"key": "begun"}, "Key: Another lifecycle has this key"),
        ({"name_es": " "}, "Name in Spanish: Please fill this in"),
        ({"name_en": "x" * 101}, "Name in English: At most 100"),
        ({"name_en": "a\0b"}, "Name in English"),
        ({"source": "nothing"}, "Begin with:"),
    ],
)
def test_what_cannot_be_begun_is_told_at_its_field_and_kept(sam, engine, typed, sentence):
    begin(sam, key="begun")
    answer = begin(sam, **typed)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "École d’été" in answer.text
    assert set(engine.definition_drafts()) == {"begun"}


def test_a_name_with_markup_is_only_text(sam, engine):
    evil = '"><script>alert(1)</script>&'
    page = begin(sam, name_fr=evil, name_en=evil, name_es=evil)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert engine.lint(engine.definition_draft("summer").bundle) == []


def test_an_archive_is_begun_under_its_own_key_or_another(sam, engine):
    bundle = approvals("approval").bundle()
    assert "Draft of the first version" in text_of(bring(sam, ("any.zip", to_zip(bundle))))
    assert "main" not in engine.definition_drafts()
    assert engine.definition_draft("approval").bundle.files.keys() >= bundle.files.keys()
    bring(sam, ("any.zip", to_zip(bundle)), key="other")
    assert set(engine.definition_drafts()) == {"approval", "other"}


def test_a_diagram_names_the_lifecycle_it_begins(sam, engine):
    bring(sam, ("Été à Séville 2.bpmn", approvals("approval").xml()))
    assert set(engine.definition_drafts()) == {"ete_a_seville_2"}


@pytest.mark.parametrize(
    ("files", "key", "sentence"),
    [
        ([], "", "Files: Please fill this in"),
        ([("a.dmn", b"<x/>")], "", "Key: Please use lower-case letters"),
        ([("a.bpmn", b"<x/>")], "contract", "Key: Another lifecycle has this key"),
        ([("contract.zip", to_zip(Bundle("contract", {"a.bpmn": b"1"})))], "", "has this key"),
        ([("a.png", b"1"), ("a.bpmn", b"1")], "", "a process has no files of this kind"),
        ([("a.zip", b"no archive")], "", "not a readable ZIP archive"),
        ([("a.zip", to_zip(Bundle("a", {"../x.bpmn": b"1"})))], "", "not accepted"),
    ],
)
def test_what_is_no_lifecycle_is_refused(sam, engine, files, key, sentence):
    answer = bring(sam, *files, key=key)
    assert answer.status_code == 422
    assert sentence in text_of(answer), text_of(answer)[:400]
    assert engine.definition_drafts() == {}


def test_a_version_deployed_under_the_same_key_meanwhile_is_not_overridden_unseen(sam, engine):
    begin(sam)
    engine.deploy(approvals("summer").bundle(), actor=SYSTEM)
    assert "has deployed a lifecycle under the same key" in text_of(
        sam.get("/processes/summer/draft")
    )
    typed = {"revision": revision(engine), "in_force": 0, "note": "x"}
    assert sam.post("/processes/summer/draft/publish", data=typed).status_code == 409
    assert len(engine.versions("summer")) == 1
