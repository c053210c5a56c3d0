"""Columns copied from a spreadsheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from workflows.grade_transfer.pasting import marks_from

STUDENTS = [(1, "Ortega Inés"), (2, "Müller Jürgen"), (3, "O’Brien Ana María")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ortega Inés\t12,5\nMüller Jürgen\tABI\n", {1: "12,5", 2: "ABI"}),
        ("ines ORTEGA;14\r\n\r\n", {1: "14"}),
        ("o brien, ana maria;9", {3: "9"}),
        ("Ortega Inés\tLEA501\t\t12", {1: "12"}),
        ("12\n\nABJ", {1: "12", 2: "", 3: "ABJ"}),
    ],
)
def test_names_in_any_order_and_spelling(text, found):
    assert marks_from(text, STUDENTS) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        (" \n ", "required"),
        ("12\n" * 10_000, "too_many_lines:1000:10000"),
        ("12\n13", "lines_do_not_fit:3:2"),
        ("Nobody\t12", "no_such_student:1:Nobody"),
        ("x" * 100_001, "too_many_lines:1000:1"),
        ("Ortega\x00 Inés\t12", "invalid_characters"),
    ],
)
def test_what_does_not_fit_is_refused_whole(text, code):
    with pytest.raises(InvalidInput) as refusal:
        marks_from(text, STUDENTS)
    assert refusal.value.errors == {"paste_text": [code]}


def test_two_students_of_one_name_are_not_guessed():
    with pytest.raises(InvalidInput) as refusal:
        marks_from("Ana Ruiz\t12", [(1, "Ruiz Ana"), (2, "RUIZ ANA")])
    assert refusal.value.errors == {"paste_text": ["two_of_this_name:1:Ana Ruiz"]}


@given(st.text(max_size=300))
def test_any_text_is_taken_or_refused(text):
    try:
        found = marks_from(text, STUDENTS)
    except InvalidInput:
        found = {}
    assert set(found) <= {1, 2, 3}
