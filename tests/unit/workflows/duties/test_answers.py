"""Reading what people send in: every kind of field, and what is wrong with it."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from workflows.answers import Answers
from workflows.office_work.local_time import ZONE

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def wrong(read, value):
    answers = Answers({"x": value})
    read(answers)
    return answers.errors.get("x", [])


@pytest.mark.parametrize(
    ("value", "amount"),
    [("1600", "1600.00"), ("1 600,5", "1600.50"), ("0.01", "0.01"), ("1\u202f600,00", "1600.00")],
)
def test_amounts_are_read_as_people_write_them(value, amount):
    answers = Answers({"x": value})
    assert answers.amount("x") == Decimal(amount)
    answers.check()


@pytest.mark.parametrize(
    "value", ["-1", "1e3", "0.001", "NaN", "١٢", "1.600,00", "99999999", "Infinity", "1,2,3", "+1"]
)
def test_what_is_no_amount_is_refused(value):
    assert wrong(lambda a: a.amount("x"), value) == ["not_an_amount"]


@pytest.mark.parametrize(
    ("value", "code"),
    [("2026-02-29", "not_a_date"), ("29/02/2028", "not_a_date"), ("0026-01-01", "not_a_date"),
     ("20260101", "not_a_date"), (20260101, "wrong_type"), ("2026-W01-1", "not_a_date")],
)  # fmt: skip
def test_what_is_no_day_is_refused(value, code):
    assert wrong(lambda a: a.day("x"), value) == [code]


@pytest.mark.parametrize(
    ("value", "ticked"),
    [(True, True), ("true", True), ("on", True), (False, False), ("false", False), ("", False)],
)
def test_a_box_is_ticked_or_not(value, ticked):
    answers = Answers({"x": value})
    assert answers.flag("x") is ticked
    answers.check()


@pytest.mark.parametrize("value", ["perhaps", "\x00", 7, ["true"], {"true": True}])
def test_what_is_no_tick_is_refused(value):
    assert wrong(lambda a: a.flag("x"), value) == ["not_a_boolean"]


def test_a_leap_day_is_a_day():
    assert Answers({"x": "2028-02-29"}).day("x") == date(2028, 2, 29)


@pytest.mark.parametrize(
    "value", ["2026-03-29T02:30", "2026-03-29", "2026-03-28T24:00", "2026-03-28T14:00Z", "14:00"]
)
def test_a_time_that_the_clocks_skip_is_no_time(value):
    assert wrong(lambda a: a.moment("x"), value) == ["not_a_moment"]


def test_a_time_that_comes_twice_is_the_first():
    found = Answers({"x": "2026-10-25T02:30"}).moment("x")
    assert found == datetime(2026, 10, 25, 2, 30, tzinfo=ZONE)
    assert found.utcoffset().total_seconds() == 7200


def test_ticks_and_lists():
    answers = Answers({"a": "true", "b": "", "c": False, "d": ["y", "x", "x"], "e": "x"})
    assert [answers.flag(name) for name in "abc"] == [True, False, False]
    assert answers.listed("d", ("x", "y", "z")) == ["x", "y"]
    assert answers.listed("e", ("x",)) == ["x"]
    answers.check()


def test_every_error_is_told_and_unread_fields_too():
    answers = Answers({"a": "", "b": "x" * 9, "evil": "1"})
    answers.text("a", most=5, required=True)
    answers.text("b", most=5)
    with pytest.raises(InvalidInput) as refused:
        answers.check()
    assert refused.value.errors == {
        "a": ["required"],
        "b": ["too_long:5"],
        "evil": ["unknown_field"],
    }


@given(JSON)
def test_nothing_that_json_can_say_breaks_a_reader(value):
    answers = Answers({"x": value})
    answers.text("x", most=10, required=True)
    answers.option("x", ("a",))
    answers.flag("x")
    answers.whole("x", 0, 10, required=True)
    answers.amount("x")
    answers.day("x")
    answers.moment("x")
    answers.listed("x", ("a",), required=True)
    assert set(answers.errors) <= {"x"}
