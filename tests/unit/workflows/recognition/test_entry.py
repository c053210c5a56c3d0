"""A transcript as it is typed: shape, scale, dates, and nothing half-kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.errors import InvalidInput
from tests.builders_recognition import row, transcript
from workflows.recognition.entry import MAX_ROWS, read_entry

TODAY = date(2027, 3, 2)


def refusals(data) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refused:
        read_entry(data, TODAY)
    return refused.value.errors


def test_a_transcript_is_read_as_it_was_typed():
    read = read_entry(
        transcript(
            row("  Derecho \t civil ", "7,5", "4,5", isced_f="0421", code="D1", los_id="CR/1"),
            row("Deporte", "", "", status="passed"),
            row("", "", ""),
        ),
        TODAY,
    )
    assert (read.received_on, read.issued_on) == (date(2027, 3, 1), date(2027, 2, 20))
    first, second = read.courses
    assert (first.title, first.credits, first.grade) == ("Derecho civil", Decimal("4.5"), "7,5")
    assert (first.code, first.los_id, first.isced_f) == ("D1", "CR/1", "0421")
    assert (second.credits, second.grade, second.passed) == (None, "", True)


@pytest.mark.parametrize(
    ("scale", "grade", "status", "code"),
    [
        ("ES", "12", "", ("grade", "not_on_scale")),
        ("ES", "-1", "", ("grade", "not_on_scale")),
        ("ES", "7.5.1", "", ("grade", "not_on_scale")),
        ("ES", "NaN", "", ("grade", "not_on_scale")),
        ("ES", "1e1", "", ("grade", "not_on_scale")),
        ("ES", "٧", "", ("grade", "not_on_scale")),
        ("FR", "20,01", "", ("grade", "not_on_scale")),
        ("DE", "0.7", "", ("grade", "not_on_scale")),
        ("CZ", "G", "", ("grade", "not_on_scale")),
        ("ES", "", "", ("grade", "grade_or_status")),
        ("other", "quite good", "", ("status", "status_required")),
        ("ES", "7", "maybe", ("status", "not_an_option")),
        ("ES", "7", "in-progress", ("status", "not_an_option")),
    ],
)
def test_a_grade_must_lie_on_its_scale(scale, grade, status, code):
    field, said = code
    errors = refusals(transcript(row(grade=grade, status=status), scale=scale))
    assert errors == {f"rows.0.{field}": [said]}


@pytest.mark.parametrize(
    ("scale", "grade", "status"),
    [("DE", "5,0", ""), ("ES", "mh", ""), ("IT", "30L", ""), ("other", "A-", "failed")],
)
def test_scales_know_their_own_labels(scale, grade, status):
    data = transcript(row(grade=grade, status=status), scale=scale)
    assert read_entry(data, TODAY).courses[0].grade == grade


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"scale": ""}, {"scale": ["required"]}),
        ({"scale": "XX"}, {"scale": ["unknown_scale"]}),
        ({"scale": ["ES"]}, {"scale": ["wrong_type", "required"]}),
        ({"received_on": ""}, {"received_on": ["required"]}),
        ({"received_on": "2027-02-29"}, {"received_on": ["not_a_date"]}),
        ({"received_on": "2027-03-03"}, {"received_on": ["in_the_future"]}),
        ({"received_on": "1999-12-31"}, {"received_on": ["not_a_date"]}),
        ({"issued_on": "2027-03-02"}, {"issued_on": ["after_receipt"]}),
        ({"rows": []}, {"rows": ["required"]}),
        ({"rows": "Derecho"}, {"rows": ["wrong_type"]}),
        ({"rows": ["Derecho"]}, {"rows.0": ["wrong_type"]}),
        ({"jury": "me"}, {"jury": ["unknown_field"]}),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_where_it_is(changes, errors):
    found = refusals(transcript(**changes))
    assert {path: codes for path, codes in found.items() if path in errors} == errors


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"credits": "a lot"}, "credits", "not_a_number"),
        ({"credits": "1e2"}, "credits", "not_a_number"),
        ({"credits": "121"}, "credits", "out_of_range:0:120"),
        ({"title": ""}, "title", "required"),
        ({"title": "x" * 1001}, "title", "too_long:1000"),
        ({"title": "a\x00b"}, "title", "invalid_characters"),
        ({"isced_f": "12345"}, "isced_f", "invalid"),
        ({"grade": 7}, "grade", "wrong_type"),
        ({"outcome": "passed"}, "outcome", "unknown_field"),
    ],
    ids=str,
)
def test_hostile_rows_are_refused(changes, path, code):
    assert code in refusals(transcript({**row(), **changes}))[f"rows.0.{path}"]


def test_there_is_a_most_of_rows():
    assert refusals(transcript(*[row(f"C{n}") for n in range(MAX_ROWS + 1)])) == {
        "rows": [f"too_many:{MAX_ROWS}"]
    }
