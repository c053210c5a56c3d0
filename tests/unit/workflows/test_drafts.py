"""Reading what the student's page sends."""

from __future__ import annotations

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from tests.builders_domain import agreement, course, draft
from workflows.contract.components import TEXT_FIELDS
from workflows.contract.drafts import read_draft
from workflows.contract.views import Part

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
ROWS = st.lists(st.dictionaries(st.sampled_from([*TEXT_FIELDS, "credits", "lineage"]), JSON))


def refused(data):
    with pytest.raises(InvalidInput) as refusal:
        read_draft(data, agreement())
    return refusal.value.errors


def test_texts_are_kept_character_by_character():
    title = "  <b>Droit</b> & “éthique”\tα̈ 🎓 "
    read = read_draft(draft(studied=[course(title)], isced_clarification=" a  b "), agreement())
    assert read.parts[Part.STUDIED][0].title == title
    assert read.agreement.isced_clarification == " a  b "


def test_fields_that_are_not_named_stay_and_empty_ones_go():
    read = read_draft({"cefr_level": ""}, agreement())
    assert read.agreement.cefr_level is None
    assert read.agreement.language == "es"
    assert read.parts[Part.STUDIED] == []


@pytest.mark.parametrize(
    ("typed", "value", "text"),
    [("6", "6", "6"), ("4,5", "4.5", "4.5"), (" 7.50 ", "7.50", "7.50"), (3, "3", "3")],
)
def test_credits_are_exact_decimals(typed, value, text):
    read = read_draft({"studied": [course(credits_=typed)]}, agreement())
    (credit,) = read.parts[Part.STUDIED][0].credits
    assert (credit.value, credit.text, credit.scheme) == (Decimal(value), text, "ects")


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"status": "signed"}, "status", "unknown_field"),
        ({"mobility": 7}, "mobility", "unknown_field"),
        ({"receiving_hei_id": "uu.se"}, "receiving_hei_id", "immutable"),
        ({"language": ["es"]}, "language", "wrong_type"),
        ({"language": True}, "language", "wrong_type"),
        ({"student_email": "a" * 1001}, "student_email", "too_long:1000"),
        ({"student_email": "a\x00b"}, "student_email", "invalid_characters"),
        ({"studied": "all"}, "studied", "wrong_type"),
        ({"studied": [course()] * 101}, "studied", "too_many:100"),
        ({"studied": ["x"]}, "studied.0", "wrong_type"),
        ({"studied": [course(), {"titel": "x"}]}, "studied.1.titel", "unknown_field"),
        ({"studied": [course(credits_="six")]}, "studied.0.credits.0.value", "not_a_number"),
        ({"studied": [course(credits_="NaN")]}, "studied.0.credits.0.value", "not_a_number"),
        ({"studied": [course(credits_="1e9")]}, "studied.0.credits.0.value", "not_a_number"),
        ({"studied": [course(credits_="²")]}, "studied.0.credits.0.value", "not_a_number"),
        (
            {"studied": [course(credits_="1001")]},
            "studied.0.credits.0.value",
            "out_of_range:0:1000",
        ),
        ({"studied": [course(credits="6")]}, "studied.0.credits", "wrong_type"),
        ({"studied": [course(title="x" * 1001)]}, "studied.0.title", "too_long:1000"),
    ],
)
def test_what_cannot_be_kept_is_named_by_its_path(data, path, code):
    assert code in refused(data)[path]


def test_every_error_is_told_at_once():
    found = refused({"x": 1, "studied": [course(credits_="a")], "recognised": [course(los_id=[])]})
    assert set(found) == {"x", "studied.0.credits.0.value", "recognised.0.los_id"}


def test_two_rows_never_share_a_lineage():
    twins = [course(lineage="one"), course(lineage="one")]
    first, second = read_draft({"studied": twins}, agreement()).parts[Part.STUDIED]
    assert first.lineage == "one"
    assert second.lineage != "one"


@given(st.dictionaries(st.sampled_from(["studied", "virtual", "language", "x"]), JSON | ROWS))
def test_whatever_is_sent_is_read_or_refused(data):
    with contextlib.suppress(InvalidInput):
        read_draft(data, agreement())
