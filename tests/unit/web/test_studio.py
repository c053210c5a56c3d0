"""The pages of the process studio: versions, drafts, publication, going back."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from xml.sax.saxutils import escape

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from engine import SYSTEM
from engine.definitions import Bundle, to_zip
from engine.definitions.codes import CODES
from tests.builders_domain import ROOT
from tests.builders_web import actor_of, application, text_of
from tests.security import hostile_zip
from web.words.lint import MEANINGS

CONTRACT = Bundle.from_folder(ROOT / "bpmn" / "contract")
DEADLINES = CONTRACT.files["deadlines.dmn"]
CHANGED = DEADLINES.replace(b'"P7D"', b'"P8D"', 1)
assert CHANGED != DEADLINES
DIAGRAM = CONTRACT.files["contract.bpmn"]
RENAMED = DIAGRAM.replace(b'id="draft" name="', b'id="draft" name="x')
assert RENAMED != DIAGRAM
PEOPLE = {"sam": ("admin",), "ada": ("admin",), "anne": ("auditor",), "claire": ("ri",), "lea": ()}


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, PEOPLE)


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def hidden(answer, name) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.get_data(as_text=True))
    return found[1] if found else ""


def upload(client, *files, revision=None):
    """Bring files to the draft as it is now, or as it was at a revision."""
    if revision is None:
        revision = hidden(client.get("/processes/contract/draft"), "revision")
    sent = [FileStorage(io.BytesIO(data), name) for name, data in files]
    # A large form that the test client itself encodes leaves a file open.
    boundary, body = encode_multipart({"revision": revision, "files": sent})
    return client.post(
        "/processes/contract/draft",
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        follow_redirects=True,
    )


def publish(client, note="Eight days are needed", follow_redirects=True):
    page = client.get("/processes/contract/draft/publish")
    typed = {"note": note, **{name: hidden(page, name) for name in ("revision", "in_force")}}
    return client.post(
        "/processes/contract/draft/publish", data=typed, follow_redirects=follow_redirects
    )


def numbers(engine):
    return [each.number for each in engine.versions("contract")]


def test_the_office_leads_administrators_and_auditors_to_the_library(sign_in):
    for login, shown in {"sam": True, "anne": True, "claire": False}.items():
        assert ("/processes" in sign_in(login).get("/office", follow_redirects=True).text) == shown


def test_the_library_tells_what_runs_on_what(sam, engine, settings):
    variables = {"department": "lea"}
    for number in range(2):
        engine.start("contract", actor=SYSTEM, business_key=f"M-{number}", variables=variables)
    engine.deploy(Bundle("contract", {**CONTRACT.files, "deadlines.dmn": CHANGED}), actor=SYSTEM)
    engine.start("contract", actor=SYSTEM, business_key="M-3", variables=variables)
    page = text_of(sam.get("/processes"))
    assert re.search(r"Learning agreement contract 2 .* Passerelle \(automatic\) 1 2 –", page), page
    upload(sam, ("deadlines.dmn", DEADLINES))
    assert "Draft by Sam" in text_of(sam.get("/processes"))


def test_the_library_takes_as_many_statements_for_many_cases(sam, engine, count_statements):
    def statements():
        with count_statements(engine.database) as sent:
            assert sam.get("/processes").status_code == 200
        return len(sent)

    statements()
    before = statements()
    for number in range(20):
        engine.start(
            "contract",
            actor=SYSTEM,
            business_key=f"M-{number}",
            variables={"department": "lea"},
        )
    assert statements() == before


def test_a_version_shows_diagram_text_files_and_differences(sam, engine):
    engine.deploy(
        Bundle("contract", {**CONTRACT.files, "deadlines.dmn": CHANGED}),
        actor=actor_of(engine, "ada"),
        note="Eight days",
    )
    page = sam.get("/processes/contract/versions/2")
    said = text_of(page)
    assert "/processes/contract/versions/2/diagram.bpmn" in page.text
    assert "Eight days" in said
    assert "Ada Test" in said
    assert "user task" in said
    assert re.search(r"changed deadlines.dmn changed rule .*&#34;P7D&#34; &#34;P8D&#34;", said), (
        said
    )
    assert (
        sam.get("/processes/contract/versions/2/diagram.bpmn").data
        == CONTRACT.files["contract.bpmn"]
    )


def test_any_two_states_are_compared_beside_each_other(sam, engine):
    engine.deploy(
        Bundle("contract", {**CONTRACT.files, "contract.bpmn": RENAMED}),
        actor=actor_of(engine, "ada"),
        note="Other words",
    )
    page = sam.get("/processes/contract/compare")
    assert "Version 2 · Other words" in text_of(page)
    for number in (1, 2):
        assert f"/processes/contract/versions/{number}/diagram.bpmn" in page.text
    assert 'data-marks=\'{"draft": "changed"}\'' in page.text
    assert 'element=draft#pictures" data-element="draft"' in page.text
    upload(sam, ("deadlines.dmn", CHANGED))
    page = sam.get("/processes/contract/compare?before=1&after=draft")
    assert "/processes/contract/draft/diagram.bpmn" in page.text
    assert "changed rule" in text_of(page)
    assert "Nothing." in text_of(sam.get("/processes/contract/compare?before=1&after=1"))


@pytest.mark.parametrize("asked", ["before=9", "after=draft", "after=x", "before=-1", "after=%00"])
def test_what_is_not_there_is_not_compared(sam, asked):
    assert sam.get(f"/processes/contract/compare?{asked}").status_code == 404


def test_an_export_is_the_bundle_and_the_same_bytes_each_time(sam):
    answer = sam.get("/processes/contract/versions/1/export.zip")
    assert Bundle.from_zip(answer.data) == CONTRACT
    assert answer.headers["Content-Disposition"] == "attachment; filename=contract-1.zip"
    assert sam.get("/processes/contract/versions/1/export.zip").data == answer.data


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "nothing/draft",
        "contract/versions/9",
        "Contract",
        "contract/versions/0",
        f"contract/versions/{2**62}",
    ],
)
def test_what_is_not_there_is_not_found(sam, path):
    assert sam.get(f"/processes/{path}").status_code == 404


def test_a_file_brought_shows_what_differs_and_is_published_with_a_note(sam, engine):
    page = text_of(upload(sam, ("deadlines.dmn", CHANGED)))
    assert "The draft is saved. Nothing is published yet." in page
    assert "changed rule" in page
    assert numbers(engine) == [1]
    question = text_of(sam.get("/processes/contract/draft/publish"))
    assert "0 running cases stay on the version they were started with." in question
    assert "2 things differ from version 1." in question
    assert "Version 2 is in force." in text_of(publish(sam))
    assert numbers(engine) == [2, 1]
    assert engine.versions("contract")[0].note == "Eight days are needed"
    begun = text_of(sam.get("/processes/contract/draft"))
    assert "No draft yet" in begun
    assert "Edit and try the tables deadlines.dmn" in begun


@pytest.mark.parametrize(
    ("note", "sentence"),
    [(" ", "Please fill this in."), ("x" * 1001, "At most 1000 characters"), ("\0", "cannot be")],
)
def test_nothing_is_published_without_a_usable_note(sam, engine, note, sentence):
    upload(sam, ("deadlines.dmn", CHANGED))
    answer = publish(sam, note)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert numbers(engine) == [1]


def test_half_a_file_is_kept_and_named_and_cannot_be_published(sam, engine):
    diagram = CONTRACT.files["contract.bpmn"]
    page = text_of(upload(sam, ("contract.bpmn", diagram[: len(diagram) // 2])))
    assert "not well-formed XML" in page
    assert "contract.bpmn:" in page
    assert "Cannot be published while it has errors" in page
    assert "There is no diagram that can be read" in page
    assert "cannot be published" in text_of(sam.get("/processes/contract/draft/publish"))
    draft = engine.definition_draft("contract")
    typed = {"note": "x", "revision": draft.revision, "in_force": 1}
    assert sam.post("/processes/contract/draft/publish", data=typed).status_code == 422
    assert numbers(engine) == [1]
    assert engine.definition_draft("contract").revision == draft.revision


def test_a_problem_leads_to_its_element(sam):
    diagram = CONTRACT.files["contract.bpmn"].replace(b"bpmn:serviceTask", b"bpmn:scriptTask")
    page = upload(sam, ("contract.bpmn", diagram))
    link = re.search(r'href="([^"]*\?element=(\w+))#diagram"', page.text)
    chosen = sam.get(link[1])
    assert f'data-active="{link[2]}"' in chosen.text
    assert 'data-active=""' in sam.get("/processes/contract/draft?element=%22><script>").text


def test_every_code_of_the_lint_has_its_words():
    assert {code: each.meaning for code, each in CODES.items()} == {
        code: str(text) for code, text in MEANINGS.items()
    }


def test_a_problem_is_said_in_the_reader_s_language(sam):
    upload(sam, ("contract.bpmn", b"<half"))
    sam.post("/language", data={"language": "fr"})
    page = text_of(sam.get("/processes/contract/draft"))
    assert "Le fichier n’est pas du XML bien formé. The file is not well-formed XML" in page


def test_scripts_in_every_text_of_a_diagram_are_only_text(sam):
    evil = "<script>alert(1)</script>"
    written = escape(evil).encode()
    hostile = re.sub(rb' (name|value)="[^"]*"', rb' \1="' + written + b'"', DIAGRAM)
    hostile = re.sub(
        rb"(<bpmn:(?:conditionExpression|time\w+)[^>]*>)[^<]*", rb"\1" + written, hostile
    )
    hostile = re.sub(
        rb"(<bpmn:userTask [^>]*>)",
        rb"\1<bpmn:documentation>" + written + b"</bpmn:documentation>",
        hostile,
    )
    assert upload(sam, ("contract.bpmn", hostile)).status_code == 200
    for place in ("draft", "draft/edit/contract.bpmn", "compare?before=1&after=draft"):
        page = sam.get(f"/processes/contract/{place}")
        assert page.status_code == 200
        assert evil not in page.text
        assert re.search(r"(&lt;|u003c)script", page.text), place


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("picture.png", b"\x89PNG", "a process has no files of this kind"),
        ("contract.bpmn", b"", "the file is empty"),
        ("contract.bpmn", b"<x>" * 1_700_000, "too large, at most 2 MB"),
        ("contract.zip", b"no archive", "not a readable ZIP archive"),
        ("x.zip", to_zip(Bundle("x", {"../../evil.bpmn": b"x", "a.bpmn": b"x"})), "not accepted"),
        ("<script>.bpmn", b"x", "not accepted"),
    ],
)
def test_what_no_bundle_may_hold_is_refused_and_loses_nothing(sam, engine, name, data, sentence):
    upload(sam, ("deadlines.dmn", CHANGED))
    before = engine.definition_draft("contract")
    answer = upload(sam, (name, data))
    assert answer.status_code == 422
    assert sentence in text_of(answer), text_of(answer)[:500]
    assert "The draft is what it was." in text_of(answer)
    assert engine.definition_draft("contract") == before


def test_a_bomb_is_refused(sam, engine):
    for _name, make, _codes in list(hostile_zip.bombs())[:1]:
        assert upload(sam, ("bomb.zip", make())).status_code == 422
    assert engine.definition_draft("contract") is None


def test_the_archive_of_another_process_is_refused(sam, engine):
    grant = Bundle.from_folder(ROOT / "bpmn" / "grant")
    engine.deploy(grant, actor=SYSTEM)
    answer = upload(sam, ("any.zip", to_zip(grant)))
    assert "This is the archive of another process: grant." in text_of(answer)


def test_an_archive_replaces_all_and_files_are_taken_out(sam, engine):
    upload(sam, ("any.zip", to_zip(Bundle("anything", {"contract.bpmn": b"<x/>", "a.dmn": b"1"}))))
    assert set(engine.definition_draft("contract").bundle.files) == {"contract.bpmn", "a.dmn"}
    revision = engine.definition_draft("contract").revision
    typed = {"revision": revision, "name": "a.dmn"}
    assert sam.post("/processes/contract/draft/take-out", data=typed).status_code == 302
    assert set(engine.definition_draft("contract").bundle.files) == {"contract.bpmn"}
    assert sam.post("/processes/contract/draft/take-out", data=typed).status_code == 409


def test_discarding_asks_first(sam, engine):
    upload(sam, ("deadlines.dmn", CHANGED))
    question = sam.get("/processes/contract/draft/discard")
    assert "is lost for good" in text_of(question)
    assert engine.definition_draft("contract") is not None
    typed = {"revision": hidden(question, "revision")}
    sam.post("/processes/contract/draft/discard", data=typed)
    assert engine.definition_draft("contract") is None


def test_who_comes_too_late_is_told_and_loses_nothing(sam, sign_in, engine):
    ada = sign_in("ada")
    old = hidden(upload(sam, ("deadlines.dmn", CHANGED)), "revision")
    upload(ada, ("contract.bpmn", CONTRACT.files["contract.bpmn"] + b"\n"))
    kept = engine.definition_draft("contract")
    answer = upload(sam, ("deadlines.dmn", DEADLINES), revision=old)
    assert answer.status_code == 409
    assert "Somebody was faster" in text_of(answer)
    assert "Ada Test" in text_of(answer)
    typed = {"revision": old, "in_force": 1, "note": "My long note"}
    answer = sam.post("/processes/contract/draft/publish", data=typed)
    assert answer.status_code == 409
    assert "My long note" in answer.text
    assert engine.definition_draft("contract") == kept
    assert numbers(engine) == [1]


def test_a_version_deployed_meanwhile_is_pointed_out(sam, engine):
    upload(sam, ("deadlines.dmn", CHANGED))
    other = {**CONTRACT.files, "contract.bpmn": CONTRACT.files["contract.bpmn"] + b"\n"}
    engine.deploy(Bundle("contract", other), actor=SYSTEM)
    page = text_of(sam.get("/processes/contract/draft"))
    assert "Version 2 has come into force since this draft was begun from version 1" in page
    typed = {
        "revision": engine.definition_draft("contract").revision,
        "in_force": 1,
        "note": "x",
    }
    assert sam.post("/processes/contract/draft/publish", data=typed).status_code == 409


def test_a_draft_that_says_the_same_has_nothing_to_publish(sam):
    assert "Nothing to publish" in text_of(upload(sam, ("deadlines.dmn", DEADLINES)))


def test_going_back_publishes_the_earlier_version_again(sam, engine):
    upload(sam, ("deadlines.dmn", CHANGED))
    publish(sam)
    address = "/processes/contract/versions/1/go-back"
    question = sam.get(address)
    assert "Version 1 is published again as version 3." in text_of(question)
    typed = {"in_force": hidden(question, "in_force"), "note": ""}
    assert sam.post(address, data=typed).status_code == 422
    answer = sam.post(address, data={**typed, "note": "Seven were enough"}, follow_redirects=True)
    assert "Version 3 is in force." in text_of(answer)
    assert engine.versions("contract")[0].note == "Seven were enough"
    assert engine.version("contract", 3).bundle == CONTRACT
    assert sam.post(address, data={**typed, "note": "x"}).status_code == 409


def test_what_is_no_longer_installed_is_not_gone_back_to(sam, engine, monkeypatch):
    upload(sam, ("deadlines.dmn", CHANGED))
    publish(sam)
    monkeypatch.setattr(engine, "registry", replace(engine.registry, services={}))
    answer = sam.post(
        "/processes/contract/versions/1/go-back", data={"in_force": 2, "note": "It was better"}
    )
    assert answer.status_code == 422
    assert "needs what is no longer installed here" in text_of(answer)
    assert "It was better" in answer.text
    assert numbers(engine) == [2, 1]


def test_auditors_see_all_and_change_nothing(sign_in, sam):
    upload(sam, ("deadlines.dmn", CHANGED))
    anne = sign_in("anne")
    for path in ("", "/contract", "/contract/versions/1", "/contract/draft"):
        page = anne.get(f"/processes{path}")
        assert page.status_code == 200
        main = re.search(r"<main.*</main>", page.text, re.DOTALL)[0]
        assert "<form" not in main
        assert "go-back" not in main
        assert "/publish" not in main
