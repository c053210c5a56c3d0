"""Decision tables of a draft: read as plain tables, tried in place, begun anew."""

from __future__ import annotations

import re

import pytest

from engine.definitions import Bundle, Severity
from tests.builders_domain import ROOT
from tests.builders_web import application, text_of
from tests.unit.feel.test_trying import CHAIN
from web.security import EDITOR_POLICY

CONTRACT = Bundle.from_folder(ROOT / "bpmn" / "contract")
ADDRESS = "/processes/contract/draft/decisions/deadlines"


@pytest.fixture
def app(engine, settings):
    return application(settings, engine, {"sam": ("admin",), "anne": ("auditor",)})


@pytest.fixture
def sam(sign_in):
    return sign_in("sam")


def put(client, data, name="deadlines.dmn"):
    answer = client.put(
        f"/processes/contract/draft/files/{name}", data=data, headers={"If-None-Match": "*"}
    )
    assert answer.status_code == 200


def lit(answer):
    """The numbers of the rules that are marked as applying."""
    return re.findall(r'<tr aria-current="true" class="is-hit"><th scope="row">(\d+)', answer.text)


def test_the_table_says_in_plain_text_what_the_editor_draws(sam):
    page = sam.get(ADDRESS)
    assert page.headers["Content-Security-Policy"] == EDITOR_POLICY
    assert "The first rule that applies counts" in page.text
    assert "&#34;usal.es&#34;" in page.text
    assert lit(page) == []


def test_values_typed_are_evaluated_and_the_rules_that_apply_are_lit(sam, engine):
    page = sam.get(f"{ADDRESS}?decision=deadlines&v.academic_year=2026/2027&v.partner=usal.es")
    decided = engine.feel.decide(
        engine.definitions()[0].decisions["deadlines"],
        {"academic_year": "2026/2027", "partner": "usal.es"},
    )
    assert "1 rule applies." in text_of(page)
    assert len(lit(page)) == len(decided.matched) == 1
    for output, value in decided.outputs.items():
        assert f"{output} &#34;{value}&#34;" in text_of(page) or f'{output} "{value}"' in text_of(
            page
        )
    assert engine.definition_draft("contract") is None


def test_what_is_missing_is_said_in_a_sentence_of_the_reader_s_language(sam):
    assert "A value that the table reads is missing." in text_of(
        sam.get(f"{ADDRESS}?decision=deadlines")
    )
    sam.post("/language", data={"language": "es"})
    assert "Falta un valor que la tabla lee." in text_of(sam.get(f"{ADDRESS}?decision=deadlines"))


def test_a_table_of_the_draft_is_tried_with_what_it_requires(sam):
    put(sam, CHAIN)
    asked = "?decision=verdict&v.late=false&v.limit=10&v.credits=6&v.factor="
    assert lit(sam.get(f"{ADDRESS}{asked}2")) == ["1"]
    assert "No rule applies" in text_of(sam.get(f"{ADDRESS}{asked}1"))


def test_rules_that_contradict_each_other_are_a_sentence(sam):
    rule = b"<rule><outputEntry><text>1</text></outputEntry></rule>"
    head, tail = CHAIN.split(b'<decision id="verdict"')[0], b"</definitions>"
    table = b'<decision id="both"><decisionTable hitPolicy="UNIQUE"><output name="x"/>'
    put(sam, head + table + 2 * rule + b"</decisionTable></decision>" + tail)
    page = text_of(sam.get(f"{ADDRESS}?decision=both"))
    assert "Several rules apply, but the hit policy allows only one answer." in page


def test_feel_that_loops_is_stopped_and_said(sam):
    loop = b"count(for x in 1..100000, y in 1..100000 return x * y)"
    put(sam, CHAIN.replace(b"credits * factor", loop))
    page = text_of(sam.get(f"{ADDRESS}?decision=points"))
    assert "The table takes too" in page or "cannot be evaluated" in page


@pytest.mark.parametrize(
    "data",
    [b"<half", b"<x/>", CHAIN.replace(b"literalExpression", b"context"), b"", b"\xff\xfe\x00"],
)
def test_a_file_that_cannot_be_read_says_so(sam, data):
    put(sam, data or b" ")
    page = sam.get(ADDRESS)
    assert page.status_code == 200
    assert "Error" in text_of(page)


@pytest.mark.parametrize("value", ["'\"><script>alert(1)</script>", "\0", "x" * 20_000, "{{7*7}}"])
def test_whatever_is_typed_is_only_a_value(sam, value):
    page = sam.get(ADDRESS, query_string={"decision": "deadlines", "v.partner": value})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_an_auditor_tries_and_edits_nothing(sign_in):
    page = sign_in("anne").get(f"{ADDRESS}?decision=deadlines&v.academic_year=x&v.partner=y")
    assert "rule applies" in text_of(page)
    assert "decision_editor" not in page.text
    main = re.search(r"<main.*</main>", page.text, re.DOTALL)[0]
    assert 'method="post"' not in main


def test_a_new_table_begins_with_one_result(sam, engine):
    answer = sam.post("/processes/contract/draft/decisions", data={"name": "points"})
    assert answer.headers["Location"].endswith("/decisions/points")
    assert sam.get(answer.headers["Location"]).status_code == 200
    draft = engine.definition_draft("contract").bundle
    assert [e for e in engine.lint(draft) if e.severity is Severity.ERROR] == []
    bad = sam.post(
        "/processes/contract/draft/decisions", data={"name": "a/b"}, follow_redirects=True
    )
    assert "a word of letters, digits and _" in text_of(bad)


def test_what_is_not_there_is_not_found(sam):
    assert sam.get("/processes/contract/draft/decisions/nothing").status_code == 404
    assert sam.get("/processes/nothing/draft/decisions/deadlines").status_code == 404
