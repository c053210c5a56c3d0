"""A validation plan as its page sends it: read strictly, complete or refused by path."""

from decimal import Decimal

import pytest

from engine.errors import InvalidInput
from tests.builders_domain import agreement
from workflows.mobility.agreement import Agreement
from workflows.validation_plan.plans import read_plan
from workflows.validation_plan.policy import plan_errors, plan_warnings

TEACHERS = frozenset({3, 4})


def unit(title="Traduction", **changes):
    return {
        "unit_title": title,
        "credits": "6",
        "term": "semester_2",
        "teacher_id": "3",
        "disposition": "replaced",
        "failure_rule": "host_resit",
        "courses": [{"title": "Curso", "credits": "6"}],
        **changes,
    }


def plan(rows=None, **changes):
    return {
        "start_date": "2026-09-01",
        "end_date": "2027-01-31",
        "conversion_method": "grid",
        "rows": [unit()] if rows is None else rows,
        **changes,
    }


def errors_of(data, *, partner_signs=False, known=None):
    written = read_plan(data, known or agreement())
    return plan_errors(
        written.agreement,
        written.rows,
        written.conversion_method,
        teachers=TEACHERS,
        partner_signs=partner_signs,
    )


def refused(data):
    with pytest.raises(InvalidInput) as refusal:
        read_plan(data, agreement())
    return refusal.value.errors


def test_a_complete_plan_is_read_and_has_no_errors():
    written = read_plan(plan(), agreement())
    (row,) = written.rows
    assert (row.credits, row.credits_text, row.teacher_id) == (Decimal(6), "6", 3)
    assert row.courses[0].title == "Curso"
    assert written.agreement.end_date == "2027-01-31"
    assert errors_of(plan()) == {}


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"rows": []}, {"rows": ["required"]}),
        ({"conversion_method": ""}, {"conversion_method": ["required"]}),
        ({"conversion_method": "dice"}, {"conversion_method": ["not_an_option"]}),
        ({"start_date": ""}, {"start_date": ["required"]}),
        ({"end_date": "2026-08-01"}, {"end_date": ["before_start"]}),
        ({"receiving_contact_email": "nobody"}, {"receiving_contact_email": ["invalid"]}),
        ({"rows": [unit("")]}, {"rows.0.unit_title": ["required"]}),
        ({"rows": [unit(credits="")]}, {"rows.0.credits": ["required"]}),
        ({"rows": [unit(credits="-1")]}, {"rows.0.credits": ["negative"]}),
        ({"rows": [unit(teacher_id="")]}, {"rows.0.teacher_id": ["required"]}),
        ({"rows": [unit(teacher_id="99")]}, {"rows.0.teacher_id": ["not_an_option"]}),
        ({"rows": [unit(disposition="")]}, {"rows.0.disposition": ["required"]}),
        ({"rows": [unit(disposition="lost")]}, {"rows.0.disposition": ["not_an_option"]}),
        ({"rows": [unit(term="")]}, {"rows.0.term": ["required"]}),
        ({"rows": [unit(term="june")]}, {"rows.0.term": ["not_an_option"]}),
        ({"rows": [unit(failure_rule="")]}, {"rows.0.failure_rule": ["required"]}),
        ({"rows": [unit(courses=[])]}, {"rows.0.courses": ["course_required"]}),
        (
            {"rows": [unit(disposition="waived", failure_rule="")]},
            {"rows.0.courses": ["course_not_allowed"]},
        ),
        (
            {"rows": [unit(courses=[{"credits": "3"}])]},
            {"rows.0.courses.0.title": ["required"]},
        ),
        (
            {"rows": [unit(courses=[{"title": "x", "credits": "-3"}])]},
            {"rows.0.courses.0.credits": ["negative"]},
        ),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else None,
)
def test_what_is_missing_is_named_by_its_path(changes, errors):
    assert errors_of(plan(**changes)) == errors


@pytest.mark.parametrize("disposition", ["kept_distance", "kept_onsite", "waived"])
def test_a_unit_that_is_not_replaced_needs_no_course(disposition):
    kept = unit(disposition=disposition, failure_rule="", courses=[])
    assert errors_of(plan([kept])) == {}


def test_a_partner_that_signs_has_an_address():
    known = Agreement.of({**agreement().present(), "receiving_contact_email": None})
    assert errors_of(plan(), known=known) == {}
    assert errors_of(plan(), known=known, partner_signs=True) == {
        "receiving_contact_email": ["required"]
    }


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"admin": "1"}, {"admin": ["unknown_field"]}),
        ({"receiving_hei_id": "x.org"}, {"receiving_hei_id": ["unknown_field"]}),
        ({"rows": "all"}, {"rows": ["wrong_type"]}),
        ({"rows": [unit()] * 61}, {"rows": ["too_many:60"]}),
        ({"rows": ["x"]}, {"rows.0": ["wrong_type"]}),
        ({"rows": [unit(mark="20")]}, {"rows.0.mark": ["unknown_field"]}),
        ({"rows": [unit(credits="six")]}, {"rows.0.credits": ["not_a_number"]}),
        ({"rows": [unit(credits="1001")]}, {"rows.0.credits": ["out_of_range:0:1000"]}),
        ({"rows": [unit(teacher_id="3 or 4")]}, {"rows.0.teacher_id": ["not_an_option"]}),
        ({"rows": [unit(teacher_id="9" * 40)]}, {"rows.0.teacher_id": ["not_an_option"]}),
        ({"rows": [unit(teacher_id=[3])]}, {"rows.0.teacher_id": ["wrong_type"]}),
        ({"rows": [unit("a\x00")]}, {"rows.0.unit_title": ["invalid_characters"]}),
        ({"rows": [unit("x" * 1001)]}, {"rows.0.unit_title": ["too_long:1000"]}),
        ({"rows": [unit(courses={"title": "x"})]}, {"rows.0.courses": ["wrong_type"]}),
        ({"rows": [unit(courses=[{}] * 21)]}, {"rows.0.courses": ["too_many:20"]}),
        ({"rows": [unit(courses=[7])]}, {"rows.0.courses.0": ["wrong_type"]}),
        ({"conversion_note": "x" * 4001}, {"conversion_note": ["too_long:4000"]}),
    ],
    ids=lambda value: None,
)
def test_what_cannot_be_kept_is_refused_by_its_path(data, errors):
    assert refused(plan(**data)) == errors


def test_two_rows_never_share_a_name():
    twins = [unit(lineage="a"), unit(lineage="a")]
    first, second = read_plan(plan(twins), agreement()).rows
    assert first.lineage == "a"
    assert second.lineage != "a"


def test_warnings_tell_and_never_block():
    written = read_plan(plan([unit(courses=[{"title": "Curso"}])]), agreement())
    found = plan_warnings(written.rows, Decimal(6), Decimal(0))
    assert [each.code for each in found] == ["abroad_below_home", "course_without_credits"]
    assert plan_warnings(written.rows, Decimal(0), Decimal(0))[0].code == "course_without_credits"
