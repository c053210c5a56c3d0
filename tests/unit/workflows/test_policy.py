"""What stops a submission, and what only informs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.builders_domain import agreement, row
from workflows.contract.policy import REQUIRED, expected_ects, structure_errors, warnings_for
from workflows.contract.views import Part


def parts(studied=None, recognised=None, **more):
    return {
        Part.STUDIED: [row(credits_="30")] if studied is None else studied,
        Part.RECOGNISED: [row(Part.RECOGNISED, credits_="30")]
        if recognised is None
        else recognised,
        **{Part(name): rows for name, rows in more.items()},
    }


def errors(mobility_type="semester", contents=None, **changes):
    contents = parts() if contents is None else contents
    return structure_errors(agreement(**changes), mobility_type, contents)


def codes(contents=None, **changes):
    contents = parts() if contents is None else contents
    return {(w.code, w.path) for w in warnings_for(agreement(**changes), "semester", contents)}


def test_a_complete_contract_has_neither_errors_nor_warnings():
    assert errors() == {}
    assert codes() == set()


@pytest.mark.parametrize("name", REQUIRED)
def test_a_mandatory_field_is_missed_by_its_name(name):
    assert errors(**{name: None})[name] == ["required"]
    assert "required" in errors(**{name: "  "})[name]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("student_email", "lea.martin", "invalid"),
        ("receiving_academic_year_id", "2026-2027", "invalid"),
        ("receiving_academic_year_id", "2026/2028", "invalid"),
        ("student_citizenship", "fr", "invalid"),
        ("student_gender", "3", "invalid"),
        ("eqf_level_studied_at_departure", "9", "invalid"),
        ("isced_f_code", "langues", "invalid"),
        ("cefr_level", "D1", "invalid"),
        ("student_birth_date", "2003-02-29", "not_a_date"),
        ("learning_outcomes_url", "javascript:alert(1)", "invalid"),
        ("start_date", "demain", "not_a_date"),
        ("end_date", "2026-08-31", "before_start"),
        ("end_year_month", "2027-01", "one_of_two"),
    ],
)
def test_a_wrong_field_is_named(name, value, code):
    assert code in errors(**{name: value})[name]


def test_months_may_stand_for_days():
    months = {
        "start_date": None,
        "end_date": None,
        "start_year_month": "2026-09",
        "end_year_month": "2027-01",
    }
    assert errors(**months) == {}
    assert errors(**{**months, "end_year_month": "2026-08"}) == {"end_year_month": ["before_start"]}


@pytest.mark.parametrize(
    ("component", "path", "code"),
    [
        (row(title=" "), "studied.0.title", "required"),
        (row(term_number="3"), "studied.0.term_number", "term_after_total"),
        (row(term_number=""), "studied.0.term_number", "required"),
        (row(total_terms="0"), "studied.0.total_terms", "out_of_range:1:9"),
        (row(credits_="-1"), "studied.0.credits.0.value", "negative"),
        (row(short_description="x"), "studied.0.short_description", "not_allowed"),
        (row(recognition_conditions="x"), "studied.0.recognition_conditions", "not_allowed"),
    ],
)
def test_a_wrong_component_is_named_by_its_path(component, path, code):
    assert errors(contents=parts(studied=[component]))[path] == [code]


def test_a_virtual_component_needs_a_short_description_and_no_term():
    bare = row(Part.VIRTUAL, term_number="", total_terms="")
    assert errors(contents=parts(virtual=[bare])) == {"virtual.0.short_description": ["required"]}
    described = row(Part.VIRTUAL, term_number="", total_terms="", short_description="Online")
    assert errors(contents=parts(virtual=[described])) == {}


def test_both_tables_of_a_semester_need_a_row():
    assert errors(contents=parts(studied=[], recognised=[])) == {
        "studied": ["required"],
        "recognised": ["required"],
    }


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("2026-09-04", {"end_date": ["days_out_of_range:5:30"]}),
        ("2026-09-05", {}),
        ("2026-09-30", {}),
        ("2026-10-01", {"end_date": ["days_out_of_range:5:30"]}),
    ],
)
def test_a_blended_stay_lasts_five_to_thirty_days(end, expected):
    contents = {Part.BLENDED: [row(Part.BLENDED, short_description="Online")]}
    assert errors("blended", contents, end_date=end) == expected


def test_a_blended_mobility_needs_its_virtual_component_and_exact_days():
    contents = {Part.BLENDED: [row(Part.BLENDED)]}
    found = errors("blended", contents, end_date=None, end_year_month="2026-09")
    assert found == {"blended": ["virtual_required"], "end_date": ["day_required"]}


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        ([("1", "2")], "30"),
        ([("1", "2"), ("2", "2")], "60"),
        ([("1", "1")], "60"),
        ([("2", "3")], "20"),
        ([("1", "2"), ("1", "2")], "30"),
        ([("1", "1"), ("1", "2")], "60"),
    ],
)
def test_expected_credits_follow_the_terms(terms, expected):
    rows = [row(term_number=number, total_terms=total) for number, total in terms]
    assert expected_ects(rows) == Decimal(expected)


def test_too_few_credits_warn_and_never_block():
    few = parts(studied=[row(credits_="24.5")], recognised=[row(Part.RECOGNISED, credits_="30")])
    assert errors(contents=few) == {}
    (warning,) = warnings_for(agreement(), "semester", few)
    assert (warning.code, warning.path) == ("ects_below_expected", "studied")
    assert warning.params == {"total": "24.5", "expected": "30"}


def test_virtual_credits_count_for_what_is_studied():
    virtual = row(Part.VIRTUAL, credits_="5.5", short_description="Online")
    assert codes(parts(studied=[row(credits_="24.5")], virtual=[virtual])) == set()


def test_what_else_a_reader_should_know():
    odd = parts(
        studied=[row(credits_="36")],
        recognised=[row(Part.RECOGNISED, credits_="30", recognition_conditions="an oral exam")],
    )
    found = codes(
        odd,
        learning_outcomes_url=None,
        provisions_url=None,
        student_global_id="12345",
        end_date="2028-01-31",
    )
    assert found == {
        ("missing_catalogue_url", "learning_outcomes_url"),
        ("missing_provisions_url", "provisions_url"),
        ("not_an_esi", "student_global_id"),
        ("stay_out_of_range", "end_date"),
        ("recognised_below_studied", "recognised"),
        ("not_automatically_recognised", "recognised.0"),
    }
