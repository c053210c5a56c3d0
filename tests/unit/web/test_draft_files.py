"""An editor in the browser fetches one file of a draft and keeps it while somebody works."""

from __future__ import annotations

import pytest

from engine import SYSTEM
from engine.definitions import Bundle
from engine.definitions.guard import MAX_FILE_BYTES
from tests.builders_domain import ROOT
from tests.builders_web import application

CONTRACT = Bundle.from_folder(ROOT / "bpmn" / "contract")
DIAGRAM = CONTRACT.files["contract.bpmn"]
ADDRESS = "/processes/contract/draft/files/contract.bpmn"


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, {"sam": ("admin",), "ada": ("admin",)})


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def keep(client, data, tag=None, address=ADDRESS):
    headers = {"If-None-Match": "*"} if tag is None else {"If-Match": f'"{tag}"'}
    return client.put(address, data=data, headers=headers)


def tag_of(answer):
    return answer.get_etag()[0]


def test_without_a_draft_the_file_in_force_is_fetched_and_the_first_save_begins_one(sam, engine):
    fetched = sam.get(ADDRESS)
    assert fetched.data == DIAGRAM
    assert tag_of(fetched) == "v1"
    kept = keep(sam, DIAGRAM + b"\n", tag_of(fetched))
    draft = engine.definition_draft("contract")
    assert kept.status_code == 200
    assert kept.json["revision"] == tag_of(kept) == str(draft.revision)
    assert kept.json["saved_by"] == "Sam Test"
    assert draft.based_on == 1
    assert draft.bundle.files == {**CONTRACT.files, "contract.bpmn": DIAGRAM + b"\n"}
    again = sam.get(ADDRESS)
    assert (again.data, tag_of(again)) == (DIAGRAM + b"\n", str(draft.revision))


def test_a_file_of_a_new_name_joins_the_others(sam, engine):
    kept = keep(sam, b"{}", address="/processes/contract/draft/files/forms/new.json")
    assert kept.status_code == 200
    assert engine.definition_draft("contract").bundle.files["forms/new.json"] == b"{}"


def test_a_new_file_joins_a_draft_that_others_change(sam, sign_in, engine):
    keep(sign_in("ada"), DIAGRAM + b"\n")
    address = "/processes/contract/draft/files/forms/new.json"
    assert keep(sam, b"{}", address=address).status_code == 200
    assert keep(sam, b"[]", address=address).status_code == 412
    assert engine.definition_draft("contract").bundle.files["forms/new.json"] == b"{}"


def test_half_a_diagram_is_kept_and_its_problem_told_in_the_reader_s_language(sam, engine):
    sam.post("/language", data={"language": "fr"})
    kept = keep(sam, DIAGRAM[: len(DIAGRAM) // 2])
    assert kept.status_code == 200
    (said,) = (each for each in kept.json["problems"] if each["code"] == "xml_malformed")
    assert said["sentence"] == "Le fichier n’est pas du XML bien formé."
    assert (said["severity"], said["file"]) == ("error", "contract.bpmn")
    assert said["line"] > 0
    assert "not well-formed" in said["detail"]
    assert engine.version("contract", 1).bundle == CONTRACT


def test_a_diagram_whose_sending_breaks_off_is_refused_and_nothing_is_kept(sam, engine):
    """A browser that says how much it sends, and sends half of it."""
    sent = sam.put(
        ADDRESS,
        data=DIAGRAM[: len(DIAGRAM) // 2],
        headers={"If-Match": tag_of(sam.get(ADDRESS))},
        # As gunicorn hands it over, which leaves it to the application to count.
        environ_overrides={"CONTENT_LENGTH": str(len(DIAGRAM)), "wsgi.input_terminated": True},
    )
    assert sent.status_code == 400
    assert engine.definition_draft("contract") is None


@pytest.mark.parametrize("stale", [None, "v1", "1"])
def test_a_text_made_from_another_state_is_refused_and_changes_nothing(sam, sign_in, engine, stale):
    keep(sign_in("ada"), DIAGRAM + b"\n")
    before = engine.definition_draft("contract")
    answer = keep(sam, DIAGRAM + b"\n\n", stale)
    assert answer.status_code == 412
    assert answer.mimetype == "application/problem+json"
    assert answer.json["saved_by"] == "Ada Test"
    assert answer.json["revision"] == str(before.revision)
    assert engine.definition_draft("contract") == before


def test_a_text_made_from_a_replaced_version_is_refused(sam, engine):
    tag = tag_of(sam.get(ADDRESS))
    engine.deploy(
        Bundle("contract", {**CONTRACT.files, "contract.bpmn": DIAGRAM + b"\n"}), actor=SYSTEM
    )
    assert keep(sam, DIAGRAM, tag).status_code == 412
    assert engine.definition_draft("contract") is None


@pytest.mark.parametrize(
    ("name", "data", "status", "said"),
    [
        ("..%2fevil.bpmn", b"x", 422, "unsafe_file_name"),
        ("a%00.bpmn", b"x", 422, "unsafe_file_name"),
        ("<script>.bpmn", b"x", 422, "unsafe_file_name"),
        ("CONTRACT.bpmn", b"x", 422, "duplicate_file_name"),
        ("picture.png", b"x", 422, "a process has no files of this kind"),
        ("contract.bpmn", b"", 422, "the file is empty"),
        ("contract.bpmn", b"x" * (MAX_FILE_BYTES + 1), 413, "2 MB"),
    ],
)
def test_what_no_bundle_may_hold_is_refused(sam, engine, name, data, status, said):
    answer = keep(sam, data, address=f"/processes/contract/draft/files/{name}")
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert said in answer.text
    assert engine.definition_draft("contract") is None


def test_a_text_that_names_no_state_is_refused(sam, engine):
    answer = sam.put(ADDRESS, data=DIAGRAM)
    assert answer.status_code == 428
    assert "does not say what it was made from" in answer.text
    assert engine.definition_draft("contract") is None


def test_what_is_not_there_is_not_found(sam):
    assert sam.get("/processes/contract/draft/files/none.bpmn").status_code == 404
    assert sam.get("/processes/nothing/draft/files/contract.bpmn").status_code == 404
    assert keep(sam, b"x", address="/processes/nothing/draft/files/a.bpmn").status_code == 404
