"""What may stand in a cell of a grade sheet, and what it means."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.grade_transfer.marks import EMPTY, Absence, Mark, Status, Unreadable, read_mark
from workflows.grading.scales import SCALES

FR = SCALES["FR"]
TYPED = st.text(alphabet="0123456789.,+-eE RCABIJabcrNV\t\u0661\u202f", max_size=24)


@pytest.mark.parametrize(
    ("typed", "kept", "status"),
    [
        ("12", "12", Status.PASSED),
        ("12,50", "12.5", Status.PASSED),
        (" 9.99\u202f", "9.99", Status.FAILED),
        ("10", "10", Status.PASSED),
        ("0", "0", Status.FAILED),
        ("20.00", "20", Status.PASSED),
        ("abi", "ABI", Status.FAILED),
        ("ABJ", "ABJ", Status.FAILED),
        ("R", "R", Status.PENDING),
        ("7 r", "7 R", Status.PENDING),
        ("ABI R", "ABI R", Status.PENDING),
        ("9,5 c", "9.5 C", Status.PASSED),
        ("", "", Status.PENDING),
    ],
)
def test_a_cell_is_read_and_written_in_one_way(typed, kept, status):
    mark = read_mark(typed, FR)
    assert mark.text == kept
    assert mark.status(FR) is status
    assert read_mark(mark.text, FR) == mark


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("20.01", "off_scale:0:20"),
        ("-1", "off_scale:0:20"),
        ("200", "off_scale:0:20"),
        ("12.345", "too_many_decimals:2"),
        ("douze", "not_a_mark"),
        ("12 13", "not_a_mark"),
        ("1e1", "not_a_mark"),
        ("NaN", "not_a_mark"),
        ("١٢", "not_a_mark"),
        ("A", "not_a_mark"),
        ("ABS", "absence_unclear"),
        ("12 C", "nothing_to_compensate"),
        ("ABI C", "nothing_to_compensate"),
        ("1" * 21, "too_long:20"),
    ],
)
def test_what_is_no_mark_is_refused_with_a_reason(typed, code):
    with pytest.raises(Unreadable) as refusal:
        read_mark(typed, FR)
    assert refusal.value.code == code


def test_a_course_without_grades_is_passed_or_not():
    scale = SCALES["FR-V"]
    assert read_mark("v", scale).status(scale) is Status.PASSED
    assert read_mark("NV", scale).status(scale) is Status.FAILED
    for typed in ("12", "A"):
        with pytest.raises(Unreadable):
            read_mark(typed, scale)


def test_nothing_is_an_empty_mark():
    assert read_mark("  ", FR) == EMPTY
    assert EMPTY.empty
    assert Mark(absence=Absence.JUSTIFIED).empty is False


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-999, max_value=999))
def test_exactly_the_grades_of_the_scale_are_taken(value):
    typed = format(value, "f")
    inside = 0 <= value <= 20 and not (value == 0 and typed.startswith("-"))
    if inside:
        assert Decimal(read_mark(typed, FR).grade or "") == value
    else:
        with pytest.raises(Unreadable):
            read_mark(typed, FR)


@given(TYPED, st.sampled_from(sorted(SCALES)))
def test_whatever_is_typed_is_refused_or_kept_stably(typed, code):
    scale = SCALES[code]
    try:
        mark = read_mark(typed, scale)
    except Unreadable:
        return
    assert read_mark(mark.text, scale) == mark
    if mark.grade is not None:
        assert scale.contains(mark.grade)
        number = scale.number(mark.grade)
        if number is not None and scale.best is not None and scale.worst is not None:
            assert min(scale.best, scale.worst) <= number <= max(scale.best, scale.worst)


@given(TYPED)
def test_a_fail_never_counts_as_passed_without_compensation(typed):
    try:
        mark = read_mark(typed, FR)
    except Unreadable:
        return
    if mark.status(FR) is Status.PASSED and not mark.compensated:
        assert Decimal(mark.grade or "0") >= 10
    if mark.status(FR) is Status.FAILED and mark.grade:
        assert Decimal(mark.grade) < 10
