"""The form editor: a list of fields that saves itself, and the form as its task will show it."""

from __future__ import annotations

import html
import json
import re

import pytest

from engine.definitions import Bundle
from engine.forms import editing
from tests.builders_domain import ROOT
from tests.builders_web import application
from tests.unit.forms.test_editing import RICH

CONTRACT = Bundle.from_folder(ROOT / "bpmn" / "contract")
FILE = "forms/administrative_check.json"
ADDRESS = "/processes/contract/draft/forms/administrative_check"


@pytest.fixture
def app(engine, settings):
    return application(
        settings, engine, {"sam": ("admin",), "ada": ("admin",), "anne": ("auditor",)}
    )


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def sent_by(page) -> dict[str, str]:
    """What the page's form sends when nobody types anything."""
    text = page.get_data(as_text=True)
    sent = {}
    for tag in re.findall(r"<input[^>]*>", text, re.DOTALL):
        name, value = (re.search(rf'\b{each}="([^"]*)"', tag) for each in ("name", "value"))
        if not name or not name[1].startswith(("c.", "base", "state", "preview")):
            continue
        if 'type="checkbox"' in tag and "checked" not in tag:
            continue
        sent[html.unescape(name[1])] = html.unescape(value[1]) if value else ""
    for name, inner in re.findall(
        r'<select[^>]*name="(c[^"]*)"[^>]*>(.*?)</select>', text, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        sent[name] = chosen[1] if chosen else ""
    return sent


def save(client, address=ADDRESS, *, by_itself=False, page=None, **typed):
    sent = sent_by(page or client.get(address))
    sent |= {name.replace("__", "."): value for name, value in typed.items()}
    headers = {"HX-Request": "true"} if by_itself else {}
    return client.post(address, data=sent, headers=headers)


def form_now(engine, file=FILE):
    return json.loads(engine.definition_draft("contract").bundle.files[file])


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


@pytest.mark.parametrize("schema", [json.loads(CONTRACT.files[FILE]), RICH], ids=lambda s: s["id"])
def test_a_form_that_nobody_changes_stays_byte_for_byte(sam, engine, schema):
    data = json.dumps(schema, indent=3).encode()
    sam.put(f"/processes/contract/draft/files/{FILE}", data=data, headers={"If-None-Match": "*"})
    revision = engine.definition_draft("contract").revision
    assert save(sam).status_code == 302
    draft = engine.definition_draft("contract")
    assert (draft.bundle.files[FILE], draft.revision) == (data, revision)


def test_looking_begins_no_draft_and_the_first_change_does(sam, engine):
    assert save(sam).status_code == 302
    assert engine.definition_draft("contract") is None
    answer = save(sam, by_itself=True, c__n0__label__es="Seguro visto", c__n3__maxLength="500")
    assert "The draft was saved at" in text_of(answer)
    assert engine.definition_draft("contract").based_on == 1
    form = form_now(engine)
    assert form["components"][0]["properties"]["label.es"] == "Seguro visto"
    assert form["components"][3]["validate"] == {"maxLength": 500}


def test_saving_what_says_the_same_leaves_the_page_alone(sam):
    answer = save(sam, by_itself=True)
    assert (answer.status_code, answer.data) == (204, b"")


def test_each_answer_carries_the_state_that_the_next_save_is_made_from(sam, engine):
    page = sam.get(ADDRESS)
    first = save(sam, page=page, by_itself=True, c__n0__key="insured")
    second = save(sam, page=page, by_itself=True, c__n0__key="covered", **state_in(first))
    assert second.status_code == 200
    assert form_now(engine)["components"][0]["key"] == "covered"


def state_in(answer):
    return {"state": re.search(r'name="state" value="([^"]*)"', answer.text)[1]}


def test_fields_are_added_moved_and_taken_out(sam, engine):
    added = save(sam, row_action="add:select")
    assert added.headers["Location"].endswith("#c4")
    save(sam, row_action="add_option:4")
    save(sam, row_action="up:4", c__n4__values__1__label__en="Second")
    fields = form_now(engine)["components"]
    assert [each["id"] for each in fields][3:] == ["field_1", "field_admin_comment"]
    assert fields[3]["values"][1] == {"value": "option_2", "label.en": "Second"}
    save(sam, row_action="remove_option:3:0")
    save(sam, row_action="remove:0")
    fields = form_now(engine)["components"]
    assert [each["value"] for each in fields[2]["values"]] == ["option_2"]
    assert len(fields) == 4


def test_a_field_named_like_a_routing_variable_is_told_at_the_field(sam):
    answer = save(sam, by_itself=True, c__n1__key="department")
    at_field = re.search(r'id="c1-problems".*?</div>', answer.text, re.DOTALL)[0]
    assert "would set a routing variable" in at_field
    assert re.search(r'id="c0-problems"[^>]*>\s*</div>', answer.text)


def test_a_bound_that_is_no_number_is_kept_and_told(sam, engine):
    save(sam, c__n3__maxLength="many")
    assert form_now(engine)["components"][3]["validate"] == {"maxLength": "many"}
    page = sam.get(ADDRESS)
    assert 'value="many"' in page.text
    assert "must be a number" in re.search(r'id="c3-problems".*?</div>', page.text, re.DOTALL)[0]


@pytest.mark.parametrize("by_itself", [False, True])
def test_who_is_too_late_loses_nothing_and_may_save_over_it(sam, sign_in, engine, by_itself):
    page = sam.get(ADDRESS)
    save(sign_in("ada"), c__n0__label__fr="Le sien")
    kept = engine.definition_draft("contract")
    answer = save(sam, page=page, by_itself=by_itself, c__n0__label__fr="Le mien")
    assert "Both versions are kept." in answer.text
    assert "Ada Test saved the draft" in text_of(answer)
    assert engine.definition_draft("contract") == kept
    if not by_itself:
        assert answer.status_code == 409
        assert 'value="Le mien"' in answer.text
        page = answer
    save(sam, page=page, c__n0__label__fr="Le mien", row_action="overwrite")
    assert form_now(engine)["components"][0]["label"] == "Le mien"


@pytest.mark.parametrize(
    ("spoken", "label"),
    [("fr", "Assurance vérifiée"), ("en", "Insurance checked"), ("es", "Seguro comprobado")],
)
def test_the_preview_is_the_form_as_its_task_shows_it(sam, spoken, label):
    page = sam.get(f"{ADDRESS}?preview={spoken}")
    shown = re.search(rf'<div lang="{spoken}">(.*?)<button', page.text, re.DOTALL)[1]
    assert label in shown
    assert 'name="admin_comment"' in shown


def test_answers_are_tried_by_the_rules_of_the_server(sam):
    refused = sam.post(f"{ADDRESS}/try", data={"admin_comment": "x" * 2001})
    assert "The server would refuse these answers." in refused.text
    assert "At most 2000" in refused.text
    accepted = sam.post(f"{ADDRESS}/try", data={"admin_comment": "x", "insurance": "true"})
    assert "The server would accept these answers." in accepted.text


def test_an_auditor_reads_the_form_and_changes_nothing(sign_in):
    page = sign_in("anne").get(ADDRESS)
    main = re.search(r"<main.*</main>", page.text, re.DOTALL)[0]
    assert "Insurance checked" in main
    assert "<form" not in main


def test_a_new_form_begins_empty(sam, engine):
    answer = sam.post("/processes/contract/draft/forms", data={"name": "farewell"})
    assert answer.headers["Location"].endswith("/forms/farewell")
    assert form_now(engine, "forms/farewell.json")["components"] == []
    assert "Nothing is asked yet" in sam.get(answer.headers["Location"]).text
    bad = sam.post("/processes/contract/draft/forms", data={"name": "../x"}, follow_redirects=True)
    assert "a word of letters, digits and _" in text_of(bad)
    assert len(engine.definition_draft("contract").bundle.files) == len(CONTRACT.files) + 1


@pytest.mark.parametrize(
    "data",
    [
        b"{half",
        b"[]",
        b'{"id": "x", "components": [1, {"type": 5}, {"type": "textfield"}]}',
        b'{"id": "x", "components": [{"type": "textfield", "label": "\\ud800"}]}',
        b'{"id": "x", "components": [{"type": "number", "validate": {"min": 1e999}}]}',
        b'{"id": "x", "n": 123456789012345678901234567890, "components": []}',
        b'{"id": "<script>", "components": [{"type": "<script>", "id": "<script>alert(1)"}]}',
        b"[" * 50_000,
    ],
)
def test_a_form_that_is_none_is_shown_as_far_as_it_goes(sam, data):
    sam.put(f"/processes/contract/draft/files/{FILE}", data=data, headers={"If-None-Match": "*"})
    page = sam.get(ADDRESS)
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "typed",
    [
        {"row_action": "remove:99"},
        {"row_action": "up:x"},
        {"row_action": "add:scriptTask"},
        {"row_action": "remove_option:0:²"},
        {"c.n99.key": "x"},
        {"c.0": "x"},
        {"c": "x"},
        {"c.n0.label": "x"},
        {"c.n0.values.0": "x"},
    ],
)
def test_what_no_page_sends_changes_nothing(sam, engine, typed):
    sent = {**sent_by(sam.get(ADDRESS)), **typed}
    assert sam.post(ADDRESS, data=sent).status_code in {302, 422}
    assert engine.definition_draft("contract") is None


def test_a_form_without_a_base_is_refused(sam, engine):
    for base in ("", "[]", "{half", "[" * 50_000):
        assert sam.post(ADDRESS, data={"base": base}).status_code == 422
    assert engine.definition_draft("contract") is None


def test_every_kind_of_field_has_its_words():
    from web.words.form_editor import CHOICES, PARTS, SETTINGS, TEXTS

    assert set(PARTS) >= set(editing.SETTINGS)
    assert set(CHOICES) >= {*editing.SUBTYPES, *editing.FORMATS}
    named = {name for each in editing.SETTINGS.values() for name in each} - {"required"}
    assert set(SETTINGS) == named
    assert set(TEXTS) >= {name for type_ in editing.SETTINGS for name in editing.texts_of(type_)}
