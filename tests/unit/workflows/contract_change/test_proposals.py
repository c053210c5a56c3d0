"""What a proposed change amounts to, and every way in which it can be wrong."""

from dataclasses import replace

import pytest

from engine.errors import InvalidInput
from tests.builders_contract_change import removed
from tests.builders_domain import agreement, course, row
from workflows.contract.components import applied
from workflows.contract.views import Change, Part
from workflows.contract_change.proposals import Base, read_proposal

STUDIED = [row(Part.STUDIED, "Uno"), row(Part.STUDIED, "Dos")]
BASE = Base((*STUDIED, row(Part.RECOGNISED, "UE", "12")), agreement(), "semester")
WHY = {"reason_code": "not-available"}
NEW = course("Tres", reason_code="substituting-deleted")


def read(about="components", **data):
    return read_proposal(data, BASE, about=about)


def refused(about="components", **data):
    with pytest.raises(InvalidInput) as refusal:
        read(about, **data)
    return refusal.value.errors


def test_removed_and_added_rows_are_the_change_list():
    proposal = read(earlier=[removed("Dos", **WHY)], studied=[NEW])
    assert [(r.title, r.status, r.reason_code) for r in proposal.rows] == [
        ("Dos", "deleted", "not-available"),
        ("Tres", "inserted", "substituting-deleted"),
    ]
    assert proposal.agreement == BASE.agreement
    table = applied([r for r in proposal.rows if r.part is Part.STUDIED], STUDIED)
    assert [(r.title, r.change) for r in table] == [
        ("Uno", Change.KEPT),
        ("Dos", Change.REMOVED),
        ("Tres", Change.ADDED),
    ]


def test_two_components_that_look_alike_are_told_apart():
    twins = [replace(row(Part.STUDIED, "Uno"), lineage=name) for name in "ab"]
    base = replace(BASE, components=(*twins, BASE.components[-1]))
    proposal = read_proposal({"earlier": [removed("a", **WHY)]}, base, about="components")
    table = applied(list(proposal.rows), twins)
    assert [(r.lineage, r.change) for r in table] == [("b", Change.KEPT), ("a", Change.REMOVED)]


def test_entries_that_are_not_ticked_are_left_aside():
    proposal = read(earlier=[{"lineage": "Uno", "remove": "", **WHY}], studied=[NEW])
    assert [r.status for r in proposal.rows] == ["inserted"]


def test_words_are_a_reason_too_and_an_added_row_gets_a_name_of_its_own():
    stolen = course("Tres", lineage="Uno", reason_text="  It fits better. ")
    (added,) = read(studied=[stolen]).rows
    assert (added.reason_code, added.reason_text) == (None, "It fits better.")
    assert added.lineage != "Uno"


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({}, {"_schema": ["no_change"]}),
        ({"studied": [course("Tres")]}, {"studied.0.reason_code": ["required"]}),
        ({"earlier": [removed("Uno")]}, {"earlier.0.reason_code": ["required"]}),
        (
            {"earlier": [removed("Uno", reason_code="extending-mobility")]},
            {"earlier.0.reason_code": ["not_an_option"]},
        ),
        (
            {"studied": [course("Tres", reason_code="not-available")]},
            {"studied.0.reason_code": ["not_an_option"]},
        ),
        ({"earlier": [removed("Tres", **WHY)]}, {"earlier.0": ["not_an_option"]}),
        (
            {"earlier": [removed("Uno", **WHY), removed("Uno", **WHY)]},
            {"earlier.1": ["not_an_option"]},
        ),
        ({"earlier": "all"}, {"earlier": ["wrong_type"]}),
        ({"earlier": [["Uno"]]}, {"earlier.0": ["wrong_type"]}),
        ({"earlier": [removed("Uno", **WHY, title="x")]}, {"earlier.0": ["wrong_type"]}),
        ({"language": "fr"}, {"language": ["unknown_field"]}),
        ({"end_date": "2027-06-30"}, {"end_date": ["unknown_field"]}),
        (
            {"studied": [course(" ", reason_code="substituting-deleted")]},
            {"studied.0.title": ["required"]},
        ),
        (
            {"studied": [course("Tres", "x", reason_code="substituting-deleted")]},
            {"studied.0.credits.0.value": ["not_a_number"]},
        ),
        (
            {"virtual": [course("Web", reason_code="adding-virtual-component")]},
            {"virtual.0.short_description": ["required"]},
        ),
        (
            {"earlier": [removed("UE", **WHY)]},
            {"recognised": ["required"]},
        ),
        (
            {"studied": [course("Tres", reason_text="x" * 1001)]},
            {"studied.0.reason_text": ["too_long:1000"], "studied.0.reason_code": ["required"]},
        ),
        (
            {"studied": [course("Tres", reason_text="a\x00b")]},
            {
                "studied.0.reason_text": ["invalid_characters"],
                "studied.0.reason_code": ["required"],
            },
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_named_by_its_path(data, errors):
    assert refused(**data) == errors


def test_too_many_rows_are_refused_at_once():
    assert refused(studied=[NEW] * 101) == {"studied": ["too_many:100"]}
    assert refused(earlier=[removed("Uno", **WHY)] * 501) == {"earlier": ["wrong_type"]}


@pytest.mark.parametrize(
    ("end", "errors"),
    [
        ("2027-06-30", None),
        ("2027-01-31", ["not_later"]),
        ("2026-12-01", ["not_later"]),
        ("", ["required"]),
        ("soon", ["not_a_date"]),
        (7, ["wrong_type"]),
    ],
)
def test_an_extension_ends_later(end, errors):
    if errors is None:
        assert read("extension", end_date=end).agreement.end_date == end
    else:
        assert refused("extension", end_date=end)["end_date"] == errors


def test_what_was_signed_with_gaps_is_not_called_in_question():
    old = replace(row(Part.STUDIED, "Uno"), term_number=None, total_terms=None)
    base = replace(BASE, components=(old, *BASE.components[1:]))
    assert read_proposal({"studied": [NEW]}, base, about="components").rows
